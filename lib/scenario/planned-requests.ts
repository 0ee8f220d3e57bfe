import type { RunConfig } from '../config/parameters.ts';
import { countTurns, sumTurns, turnsBefore } from '../dataset/count-turns.ts';
import type { Conversation, Prompt, Turn } from '../dataset/prompt.ts';
import type { Milliseconds } from '../shared/units.ts';
import type { LoadPlan } from './plan-load.ts';

/** How many requests the iterations of a plan have: as many as there are turns in their conversations. */
export interface RequestCounts {
  /** Measured ones; null when only time bounds them. */
  readonly expected: number | null;
  /** Before those, in no metric. */
  readonly warmups: number;
  /** The longest that an iteration may take, each request its whole limit. */
  readonly longestMs: Milliseconds;
  /** The longest wait between two turns. */
  readonly longestWaitMs: Milliseconds;
}

/** @param plan counts iterations */
export function countPlanned(
  { datasetOffset, totalTimeoutS }: Pick<RunConfig, 'datasetOffset' | 'totalTimeoutS'>,
  { expectedRequests, warmups }: Pick<LoadPlan, 'expectedRequests' | 'warmups'>,
  prompts: readonly Prompt[],
): RequestCounts {
  const sums = sumTurns(prompts);
  const count = (from: number, to: number): number =>
    turnsBefore(sums, datasetOffset + to) - turnsBefore(sums, datasetOffset + from);
  return {
    expected: expectedRequests === null ? null : count(warmups, warmups + expectedRequests),
    warmups: count(0, warmups),
    longestMs: prompts.reduce(
      (most, prompt) => Math.max(most, countTurns(prompt) * (totalTimeoutS + 1) * 1000 + waitsOf(prompt)),
      0,
    ),
    longestWaitMs: prompts.reduce((most, prompt) => Math.max(most, ...listWaits(prompt)), 0),
  };
}

/** From one turn of a user to the next, where users start them at a rate; null: as soon as it may. */
export function turnGapOf({ users, rate }: Pick<RunConfig, 'users' | 'rate'>): Milliseconds | null {
  return users == null || typeof rate !== 'number' ? null : (users / rate) * 1000;
}

function waitsOf(prompt: Prompt): Milliseconds {
  return listWaits(prompt).reduce((sum, wait) => sum + wait, 0);
}

/** From turn to turn: a delay, or the difference of two times. */
function listWaits(prompt: Prompt): Milliseconds[] {
  const { next = [] } = prompt as Conversation;
  return next.map(
    ({ delay_ms, at_ms = 0 }: Turn, place) => delay_ms ?? Math.max(0, at_ms - (next[place - 1]?.at_ms ?? 0)),
  );
}
