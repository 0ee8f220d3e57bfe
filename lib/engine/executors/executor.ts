import type { Milliseconds } from '../../shared/units.ts';
import type { Run } from '../run.ts';
import { Scope } from '../scope.ts';
import type { Scenario } from '../settings/scenarios.ts';
import { endAfter, now } from '../timing.ts';
import { activate, type ScenarioState } from '../vu/activation.ts';
import type { Vu } from '../vu/vu.ts';
import type { VuPool } from '../vu/vu-pool.ts';

/** What an executor works with. */
export interface ExecutorContext<S extends Scenario = Scenario> {
  readonly run: Run;
  readonly scenario: S;
  readonly pool: VuPool;
}

/** The two ends of a scenario: after `regular` no iteration starts, after `max` none goes on. */
export interface Deadlines {
  readonly start: Milliseconds;
  readonly regular: Scope;
  readonly max: Scope;
  /** Whether no iteration may start any more; by the clock too, since timers come late when the event loop is busy. */
  over(): boolean;
}

export function createDeadlines(run: Run, duration: Milliseconds, gracefulStop: Milliseconds): Deadlines {
  const start = now();
  const max = new Scope(run.scope);
  endAfter(max, duration + gracefulStop);
  const regular = new Scope(max);
  endAfter(regular, duration);
  return { start, regular, max, over: () => regular.done || now() - start >= duration };
}

/** The scenario as scripts see it, with a counter of its iterations. */
export function createScenarioState(scenario: Scenario, progress: () => number): ScenarioState {
  let iterations = 0;
  return {
    scenario,
    startTime: Date.now(),
    progress: () => Math.min(Math.max(progress(), 0), 1),
    nextIteration: () => iterations++,
  };
}

/**
 * Takes a VU out of the pool for `work` and gives it back.
 *
 * @param scope ends what the VU does
 */
export async function withVu(
  { run, pool }: ExecutorContext,
  state: ScenarioState,
  scope: Scope,
  work: (vu: Vu) => Promise<void>,
): Promise<void> {
  const vu = await pool.take();
  run.activeVus++;
  try {
    activate(vu, state, scope);
    await new Promise<void>((resolve) => run.turns.take(resolve));
    await work(vu);
  } finally {
    run.activeVus--;
    pool.giveBack(vu);
  }
}

/** Counts iterations that could not be started, unless the run was aborted. */
export function recordDropped({ run, scenario }: ExecutorContext, count: number): void {
  if (count <= 0 || run.scope.done) return;
  run.record(run.builtin.dropped_iterations, count, run.tagsOf(scenario.name));
}
