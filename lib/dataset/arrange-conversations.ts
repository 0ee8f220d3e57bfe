import type { Delay } from '../config/delay-type.ts';
import type { RunConfig } from '../config/parameters.ts';
import { createRandom, type Random } from '../shared/random.ts';
import type { Milliseconds } from '../shared/units.ts';
import type { Arranged } from './dataset.ts';
import type { ChatMessage, Conversation, Prompt, Turn } from './prompt.ts';

type Settings = Pick<RunConfig, 'minTurns' | 'maxTurns' | 'history' | 'turnDelay' | 'systemPrompt' | 'seed'>;

/**
 * What the settings do to the conversations of a file: too short ones are left out and long ones cut, waits are
 * drawn by the seed, and the recorded answers stay where the history is to hold them.
 *
 * An answer that calls tools always stays, since what follows are the results of these calls.
 */
export function arrangeConversations(prompts: readonly Prompt[], config: Settings, style: 'flag' | 'env'): Arranged {
  const { minTurns, maxTurns, seed } = config;
  const all = (prompts as readonly Conversation[]).map(listTurns);
  const long = all.filter(({ turns }) => turns.length >= minTurns);
  if (long.length === 0) {
    const most = Math.max(...all.map(({ turns }) => turns.length));
    const problem = {
      key: 'MIN_TURNS (--min-turns)',
      got: `${minTurns}, and none of ${all.length} conversations has so many turns`,
      allowed: `the longest has ${most}`,
      paste: style === 'flag' ? `--min-turns ${most}` : `-e MIN_TURNS=${most}`,
    };
    return { prompts: [], problems: [problem], notes: [] };
  }
  const random = createRandom(seed);
  const arranged = long.map(({ conversation, turns }) => {
    const [first, ...next] = turns
      .slice(0, maxTurns ?? turns.length)
      .map((turn, place) => arrangeTurn(turn, place, config, random));
    const { next: _, delay_ms: __, reply: ___, ...rest } = conversation;
    return { ...rest, ...(first as Turn), next };
  });
  const left = all.length - long.length;
  return {
    prompts: arranged,
    problems: [],
    notes: left === 0 ? [] : [`--min-turns left out ${left} of ${all.length} conversations.`],
  };
}

function listTurns(conversation: Conversation): {
  readonly conversation: Conversation;
  readonly turns: readonly Turn[];
} {
  const { next = [], id, start_ms, ...first } = conversation;
  return { conversation, turns: [first, ...next] };
}

function arrangeTurn(turn: Turn, place: number, { history, turnDelay, systemPrompt }: Settings, random: Random): Turn {
  const { reply, delay_ms, ...rest } = turn;
  const keepsReply = reply !== undefined && (history === 'recorded' || Array.isArray(reply['tool_calls']));
  const delay = place === 0 ? undefined : (delay_ms ?? (turnDelay === null ? undefined : drawDelay(turnDelay, random)));
  const system: ChatMessage[] = place === 0 && systemPrompt !== null ? [{ role: 'system', content: systemPrompt }] : [];
  return {
    ...rest,
    messages: [...system, ...turn.messages],
    ...(keepsReply ? { reply } : {}),
    ...(delay === undefined ? {} : { delay_ms: delay }),
  };
}

/** One length of time, never below 0, in whole microseconds. */
export function drawDelay({ shape, meanMs, deviationMs }: Delay, random: Random): Milliseconds {
  const draw = (): number => {
    switch (shape) {
      case 'constant':
        return meanMs;
      case 'uniform':
        return meanMs + deviationMs * (2 * random.next() - 1);
      case 'exponential':
        return -meanMs * Math.log(1 - random.next());
      case 'normal':
        return meanMs + deviationMs * random.normal();
      case 'lognormal': {
        const variance = Math.log(1 + (deviationMs / meanMs) ** 2);
        return meanMs * Math.exp(Math.sqrt(variance) * random.normal() - variance / 2);
      }
      default:
        return shape satisfies never;
    }
  };
  return Math.round(Math.max(0, draw()) * 1000) / 1000;
}
