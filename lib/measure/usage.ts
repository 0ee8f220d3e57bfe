import type { Usage } from '../api/delta.ts';

/** Token counts of one request. */
export type TokenCounts = Pick<Usage, 'inputTokens' | 'outputTokens' | 'cachedTokens'>;

/** Counts as one event carried them. */
export interface UsageEvent {
  readonly usage: Usage;
  /** Whether the event has choices too. */
  readonly hasChoices: boolean;
  /** The first choice beside them, else the one that finished last. */
  readonly choice: number;
}

const NOTHING: TokenCounts = { inputTokens: null, outputTokens: null, cachedTokens: null };

/**
 * A request's token counts out of all usage its events carried: of each count the last one that is not 0, in whatever
 * event, since servers send a first event of zeros, a running count with every chunk, or half of it early and all at the
 * end. A server's timings count only for what usage lacks.
 *
 * With several choices, output is the sum over them only where the server counts so: llama.cpp sends usage of its own
 * after each, vLLM's `continuous_usage_stats` is on chunks. Whether a server means the sum or the last is decided by
 * the number of chunks: the nearer one. Usage on chunks counts only where none of its own follows.
 *
 * @param choices how many answers were asked for
 * @param chunks chunks with output, of all choices
 */
export function combineUsage(events: readonly UsageEvent[], choices: number, chunks: number): TokenCounts {
  const [first] = events;
  if (first === undefined) return NOTHING;
  if (events.length === 1) return withCache(first.usage);
  const countBy = (timings: boolean): TokenCounts =>
    combine(
      events.filter(({ usage }) => usage.isTimings === timings),
      choices,
      chunks,
    );
  const [told, timed] = [countBy(false), countBy(true)];
  return {
    inputTokens: told.inputTokens || (timed.inputTokens ?? told.inputTokens),
    outputTokens: told.outputTokens || (timed.outputTokens ?? told.outputTokens),
    cachedTokens: told.cachedTokens ?? timed.cachedTokens,
  };
}

function combine(events: readonly UsageEvent[], choices: number, chunks: number): TokenCounts {
  const last = (name: keyof TokenCounts | 'writtenTokens'): number | null =>
    lastCount(events.map(({ usage }) => usage[name] ?? null));
  const ofChoices = (own: boolean): number | null =>
    sumOfChoices(
      events.filter(({ hasChoices }) => hasChoices !== own),
      chunks,
    );
  return withCache({
    inputTokens: last('inputTokens'),
    outputTokens: choices === 1 ? last('outputTokens') : ofChoices(true) || ofChoices(false) || last('outputTokens'),
    cachedTokens: last('cachedTokens'),
    ...(events.some(({ usage }) => usage.writtenTokens !== undefined) ? { writtenTokens: last('writtenTokens') } : {}),
  });
}

/** The whole prompt, where the API counts what a cache gave or took apart: one event may tell that, and another the rest. */
function withCache(counts: Omit<Usage, 'isTimings'>): TokenCounts {
  const { inputTokens, outputTokens, cachedTokens, writtenTokens } = counts;
  const isApart = inputTokens !== null && writtenTokens !== undefined;
  const cache = isApart ? (cachedTokens ?? 0) + (writtenTokens ?? 0) : 0;
  return { inputTokens: inputTokens === null ? null : inputTokens + cache, outputTokens, cachedTokens };
}

/** The last count above 0; without one, a 0 that was there. */
function lastCount(counts: readonly (number | null)[]): number | null {
  return counts.reduce((found, count) => (count === null || (count === 0 && found !== null) ? found : count), null);
}

function sumOfChoices(events: readonly UsageEvent[], chunks: number): number | null {
  const counts = new Map<number, number>();
  for (const { usage, choice } of events) {
    if (usage.outputTokens !== null && usage.outputTokens > 0) counts.set(choice, usage.outputTokens);
  }
  const last = lastCount(events.map(({ usage }) => usage.outputTokens));
  const sum = [...counts.values()].reduce((total, count) => total + count, 0);
  return last === null || Math.abs(sum - chunks) <= Math.abs(last - chunks) ? sum : last;
}
