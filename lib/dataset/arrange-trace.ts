import type { RunConfig } from '../config/parameters.ts';
import type { Milliseconds } from '../shared/units.ts';
import { arrangeConversations } from './arrange-conversations.ts';
import type { Arranged } from './dataset.ts';
import type { Conversation, Prompt, Turn } from './prompt.ts';

type Settings = RunConfig;

/**
 * What the settings do to a trace, and when its conversations start: in the order of their times, those of the window
 * alone, the first at once, longer gaps as long as `max-gap`, all of it `speed` times as fast.
 *
 * Later turns keep a time since the first one's start (`timestamp`), or a delay since the end of the turn before
 * (`idle-gap`): the difference of their times less what the answer between took, where that was recorded.
 */
export function arrangeTrace(prompts: readonly Prompt[], config: Settings, style: 'flag' | 'env'): Arranged {
  const arranged = arrangeConversations(prompts, config, style);
  if (arranged.problems.length > 0) return arranged;
  const { startOffsetS, endOffsetS, speed } = config;
  const all = arranged.prompts as readonly Conversation[];
  const lost = all.filter(({ start_ms }) => start_ms === undefined).length;
  if (lost > 0) {
    const got = `${lost} of ${all.length} conversations have no "start_ms"`;
    const paste = style === 'flag' ? '--dataset multi-turn' : 'k6 run … dist/multi-turn.js';
    const problem = {
      key: 'DATASET_PATH (--dataset-path)',
      got,
      allowed: 'a trace: each line says when it starts',
      paste,
    };
    return { prompts: [], problems: [problem], notes: [] };
  }
  const sorted = [...all].sort((a, b) => startOf(a) - startOf(b));
  const origin = startOf(sorted[0] as Conversation);
  const [from, to] = [startOffsetS * 1000, endOffsetS === null ? Number.POSITIVE_INFINITY : endOffsetS * 1000];
  const kept = sorted.filter((conversation) => {
    const at = startOf(conversation) - origin;
    return at >= from && at < to;
  });
  if (kept.length === 0) {
    const last = Math.ceil((startOf(sorted.at(-1) as Conversation) - origin) / 1000);
    const problem = {
      key: 'START_OFFSET (--start-offset)',
      got: 'a window in which nothing starts',
      allowed: `times from 0 to ${last} s, the last start of the trace`,
      paste: style === 'flag' ? '--start-offset 0' : '-e START_OFFSET=0',
    };
    return { prompts: [], problems: [problem], notes: [] };
  }
  const wasUnsorted = sorted.some((conversation, place) => conversation !== all[place]);
  const notes = [
    ...(wasUnsorted ? ['The trace was not in the order of its times; it is played in that order.'] : []),
    ...(kept.length < all.length
      ? [`${all.length - kept.length} of ${all.length} conversations of the trace start outside of the window.`]
      : []),
  ];
  return {
    prompts: kept.map((conversation) => arrangeTurns(conversation, config)),
    problems: [],
    notes: [...arranged.notes, ...notes],
    times: listTimes(kept.map(startOf), config).map((time) => time / 1000 / speed),
  };
}

function startOf({ start_ms = 0 }: Conversation): Milliseconds {
  return start_ms;
}

/** From the first on, with gaps of at most `max-gap`. */
function listTimes(starts: readonly Milliseconds[], { maxGapS }: Pick<Settings, 'maxGapS'>): Milliseconds[] {
  const most = maxGapS === null ? Number.POSITIVE_INFINITY : maxGapS * 1000;
  let [time, before] = [0, starts[0] ?? 0];
  return starts.map((start) => {
    time += Math.min(most, start - before);
    before = start;
    return time;
  });
}

function arrangeTurns(conversation: Conversation, config: Settings): Conversation {
  const { next = [], start_ms: _, ...first } = conversation;
  const turns: readonly Turn[] = [first, ...next];
  const [head, ...rest] = turns.map((turn, place) => arrangeTurn(turn, turns[place - 1], config));
  return { ...first, ...(head as Turn), next: rest };
}

function arrangeTurn(turn: Turn, before: Turn | undefined, config: Settings): Turn {
  const { at_ms, delay_ms, duration_ms: _, ...rest } = turn;
  const { turnRule, maxGapS, speed } = config;
  const matched = config.matchOutputLength ? matchLength(rest) : rest;
  if (before === undefined) return matched;
  if (turnRule === 'timestamp' && at_ms !== undefined) return { ...matched, at_ms: at_ms / speed };
  const gap =
    delay_ms ?? (at_ms === undefined ? 0 : Math.max(0, at_ms - (before.at_ms ?? 0) - (before.duration_ms ?? 0)));
  const delay = Math.min(gap, maxGapS === null ? gap : maxGapS * 1000) / speed;
  return delay === 0 ? matched : { ...matched, delay_ms: delay };
}

/** As long as recorded, but where the body wants a form that an answer of that length may not have: evalscope's rule. */
function matchLength(turn: Turn): Turn {
  const { output_tokens, body = {} } = turn;
  if (output_tokens === undefined) return turn;
  const format = (body['response_format'] as { readonly type?: unknown } | undefined)?.type;
  const choice = body['tool_choice'];
  const isForced = choice === 'required' || (typeof choice === 'object' && choice !== null);
  if (format === 'json_object' || format === 'json_schema' || isForced) return turn;
  return { ...turn, max_tokens: output_tokens, body: { ...body, ignore_eos: true } };
}
