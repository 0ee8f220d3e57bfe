import type { IterationsScenario } from '../settings/scenarios.ts';
import { runIteration } from '../vu/iteration.ts';
import { createDeadlines, createScenarioState, type ExecutorContext, recordDropped, withVu } from './executor.ts';

/** A fixed number of iterations, shared by the VUs: whoever is free takes the next. What does not start in time is dropped. */
export async function runSharedIterations(context: ExecutorContext<IterationsScenario>): Promise<void> {
  const { run, scenario } = context;
  const deadlines = createDeadlines(run, scenario.maxDuration, scenario.gracefulStop);
  let attempted = 0;
  let done = 0;
  const state = createScenarioState(scenario, () => done / scenario.iterations);
  const loop = (): Promise<void> =>
    withVu(context, state, deadlines.max, async (vu) => {
      while (!deadlines.over() && attempted < scenario.iterations) {
        attempted++;
        await runIteration(vu);
        done++;
      }
    });
  await Promise.all(Array.from({ length: scenario.vus }, loop));
  deadlines.max.end();
  recordDropped(context, scenario.iterations - attempted);
}
