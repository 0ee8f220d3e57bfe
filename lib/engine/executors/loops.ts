import type { Milliseconds } from '../../shared/units.ts';
import type { ConstantVusScenario, IterationsScenario } from '../settings/scenarios.ts';
import { now } from '../timing.ts';
import { runIteration } from '../vu/iteration.ts';
import type { Vu } from '../vu/vu.ts';
import { createDeadlines, createScenarioState, type ExecutorContext, recordDropped, withVu } from './executor.ts';
import { regularDuration } from './vu-steps.ts';

/**
 * Lets a fixed number of VUs do `work` side by side.
 *
 * @param progress 0 to 1, by the time since the scenario's start
 */
async function runVus(
  context: ExecutorContext<IterationsScenario | ConstantVusScenario>,
  progress: (elapsed: Milliseconds) => number,
  work: (vu: Vu, isOver: () => boolean) => Promise<void>,
): Promise<void> {
  const { run, scenario } = context;
  const { start, max, over } = createDeadlines(run, regularDuration(scenario), scenario.gracefulStop);
  const state = createScenarioState(scenario, () => progress(now() - start));
  const loop = (): Promise<void> => withVu(context, state, max, (vu) => work(vu, over));
  await Promise.all(Array.from({ length: scenario.vus }, loop));
  max.end();
}

/** A fixed number of VUs, each in a loop, for a fixed time. */
export function runConstantVus(context: ExecutorContext<ConstantVusScenario>): Promise<void> {
  const { duration } = context.scenario;
  return runVus(
    context,
    (elapsed) => elapsed / duration,
    async (vu, isOver) => {
      while (!isOver()) await runIteration(vu);
    },
  );
}

/** A fixed number of iterations for each VU. What a VU does not start in time is dropped. */
export function runPerVuIterations(context: ExecutorContext<IterationsScenario>): Promise<void> {
  const { vus, iterations } = context.scenario;
  let done = 0;
  return runVus(
    context,
    () => done / (vus * iterations),
    async (vu, isOver) => {
      let attempted = 0;
      for (; attempted < iterations && !isOver(); attempted++) {
        await runIteration(vu);
        done++;
      }
      recordDropped(context, iterations - attempted);
    },
  );
}

/** A fixed number of iterations, shared by the VUs: whoever is free takes the next. What does not start in time is dropped. */
export async function runSharedIterations(context: ExecutorContext<IterationsScenario>): Promise<void> {
  const { iterations } = context.scenario;
  let attempted = 0;
  let done = 0;
  await runVus(
    context,
    () => done / iterations,
    async (vu, isOver) => {
      for (; attempted < iterations && !isOver(); done++) {
        attempted++;
        await runIteration(vu);
      }
    },
  );
  recordDropped(context, iterations - attempted);
}
