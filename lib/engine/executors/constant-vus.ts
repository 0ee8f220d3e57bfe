import type { ConstantVusScenario } from '../settings/scenarios.ts';
import { now } from '../timing.ts';
import { runIteration } from '../vu/iteration.ts';
import { createDeadlines, createScenarioState, type ExecutorContext, withVu } from './executor.ts';

/** A fixed number of VUs, each in a loop, for a fixed time. */
export async function runConstantVus(context: ExecutorContext<ConstantVusScenario>): Promise<void> {
  const { run, scenario } = context;
  const deadlines = createDeadlines(run, scenario.duration, scenario.gracefulStop);
  const state = createScenarioState(scenario, () => (now() - deadlines.start) / scenario.duration);
  const loop = (): Promise<void> =>
    withVu(context, state, deadlines.max, async (vu) => {
      while (!deadlines.over()) await runIteration(vu);
    });
  await Promise.all(Array.from({ length: scenario.vus }, loop));
  deadlines.max.end();
}
