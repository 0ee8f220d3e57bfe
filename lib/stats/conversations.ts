import type { RequestRecord } from '../measure/request-record.ts';
import { hasTimings } from '../metrics/metric.ts';
import { mean } from '../shared/mean.ts';
import type { Milliseconds } from '../shared/units.ts';

/** One conversation of a run, as far as its requests were sent. */
interface TalkedConversation {
  /** Turns that completed. */
  readonly completed: number;
  /** Those that were not sent, since one before them did not complete. */
  readonly abandoned: number;
  /** Whether all of its turns completed. */
  readonly isWhole: boolean;
  readonly numbers: Readonly<Record<ConversationNumber, number | null>>;
}

/**
 * What is measured of a whole conversation, as evalscope 1.14 defines it, over its turns that completed.
 *
 * `latency_ms`: last end minus first start. `first_ttft_ms`: of the first turn. `ttfat_ms`, time to the first token of the
 * final answer: start of the last turn plus its TTFT, minus first start. `decode_per_s`: mean over turns of (output tokens -
 * 1) / (latency - TTFT). `cached`: cached tokens / input tokens. `eligible_cached`: the same of later turns, over what could
 * have been cached: input and output tokens of the turn before. Cached tokens are the server's alone, where evalscope makes
 * some up.
 */
export const CONVERSATION_NUMBERS = [
  'latency_ms',
  'first_ttft_ms',
  'ttfat_ms',
  'decode_per_s',
  'cached',
  'eligible_cached',
] as const;

export type ConversationNumber = (typeof CONVERSATION_NUMBERS)[number];

/** Takes the requests of a run in any order; those that are prompts of their own count nowhere. */
export interface ConversationsBuilder {
  add(record: RequestRecord): void;
  /** Empty where no request is part of a conversation. */
  build(): TalkedConversation[];
}

/** What is kept of a turn. */
type TurnFacts = Pick<
  RequestRecord,
  'start_ms' | 'end_ms' | 'ttft_ms' | 'latency_ms' | 'input_tokens' | 'output_tokens' | 'cached_tokens' | 'outcome'
> & { readonly turn: number; readonly turns: number | null; readonly isTimed: boolean; readonly isClockSet: boolean };

/** Memory: about 150 bytes a request that is part of a conversation. */
export function createConversationsBuilder(): ConversationsBuilder {
  const conversations = new Map<string, TurnFacts[]>();
  return {
    add(record) {
      if (record.conversation === null) return;
      const { id, turn, turns } = record.conversation;
      const key = `${record.run_id ?? ''} ${id}`;
      const { start_ms, end_ms, ttft_ms, latency_ms, input_tokens, output_tokens, cached_tokens, outcome } = record;
      const facts = {
        ...{ start_ms, end_ms, ttft_ms, latency_ms, input_tokens, output_tokens, cached_tokens, outcome, turn, turns },
        isTimed: hasTimings(record),
        isClockSet: record.clock_steps !== undefined,
      };
      const known = conversations.get(key);
      if (known === undefined) conversations.set(key, [facts]);
      else known.push(facts);
    },
    build: () =>
      [...conversations.values()].map((turns) =>
        measure(turns.sort((a, b) => a.turn - b.turn || a.start_ms - b.start_ms)),
      ),
  };
}

function measure(sent: readonly TurnFacts[]): TalkedConversation {
  const completed = sent.filter(({ outcome }) => outcome === 'completed');
  const last = sent.at(-1) as TurnFacts;
  const isBroken = last.outcome !== 'completed';
  // A script says what comes next as it goes: its conversation is as long as it became.
  const turns = last.turns ?? last.turn;
  return {
    completed: completed.length,
    abandoned: isBroken ? Math.max(0, turns - last.turn) : 0,
    isWhole: !isBroken && last.turn === turns && completed.length === turns,
    numbers: {
      ...measureTimes(
        completed.filter(({ isTimed }) => isTimed),
        sent.some(({ isClockSet }) => isClockSet),
      ),
      cached: shareOf(completed.map((turn) => [turn.cached_tokens, turn.input_tokens])),
      eligible_cached: shareOf(
        completed.slice(1).map((turn, place) => [turn.cached_tokens, contextOf(completed[place] as TurnFacts)]),
      ),
    },
  };
}

/** @param isClockSet the clock was set within one of the turns, so that times from one to another are not known */
function measureTimes(
  turns: readonly TurnFacts[],
  isClockSet: boolean,
): Record<'latency_ms' | 'first_ttft_ms' | 'ttfat_ms' | 'decode_per_s', number | null> {
  const [first] = turns;
  const last = turns.at(-1);
  if (first === undefined || last === undefined) {
    return { latency_ms: null, first_ttft_ms: null, ttfat_ms: null, decode_per_s: null };
  }
  const speeds = turns.flatMap((turn) => decodeSpeed(turn) ?? []);
  return {
    latency_ms: isClockSet ? null : last.end_ms - first.start_ms,
    first_ttft_ms: first.turn === 1 ? first.ttft_ms : null,
    ttfat_ms: last.ttft_ms === null || isClockSet ? null : last.start_ms + last.ttft_ms - first.start_ms,
    decode_per_s: speeds.length === 0 ? null : mean(speeds),
  };
}

function decodeSpeed({ output_tokens, latency_ms, ttft_ms }: TurnFacts): number | null {
  const decoding: Milliseconds | null = latency_ms === null || ttft_ms === null ? null : latency_ms - ttft_ms;
  if (output_tokens === null || output_tokens < 2 || decoding === null || decoding <= 0) return null;
  return ((output_tokens - 1) / decoding) * 1000;
}

/** What a turn leaves in the service's cache: what was said, and the answer; null where nobody counted. */
function contextOf({ input_tokens, output_tokens }: TurnFacts): number | null {
  return input_tokens === null || output_tokens === null ? null : input_tokens + output_tokens;
}

/** Sum over sum of the pairs that are known, 0 to 1; null without any. */
function shareOf(pairs: readonly (readonly [part: number | null, whole: number | null])[]): number | null {
  const known = pairs.filter((pair): pair is [number, number] => pair[0] !== null && pair[1] !== null);
  const whole = known.reduce((sum, pair) => sum + pair[1], 0);
  return whole === 0 ? null : known.reduce((sum, pair) => sum + pair[0], 0) / whole;
}
