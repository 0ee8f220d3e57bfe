import type { IterationsScenario } from '../settings/scenarios.ts';
import { runIteration } from '../vu/iteration.ts';
import { createDeadlines, createScenarioState, type ExecutorContext, recordDropped, withVu } from './executor.ts';

/** A fixed number of iterations for each VU. What a VU does not start in time is dropped. */
export async function runPerVuIterations(context: ExecutorContext<IterationsScenario>): Promise<void> {
  const { run, scenario } = context;
  const deadlines = createDeadlines(run, scenario.maxDuration, scenario.gracefulStop);
  let done = 0;
  const state = createScenarioState(scenario, () => done / (scenario.vus * scenario.iterations));
  const loop = (): Promise<void> =>
    withVu(context, state, deadlines.max, async (vu) => {
      for (let i = 0; i < scenario.iterations; i++) {
        if (deadlines.over()) {
          recordDropped(context, scenario.iterations - i);
          return;
        }
        await runIteration(vu);
        done++;
      }
    });
  await Promise.all(Array.from({ length: scenario.vus }, loop));
  deadlines.max.end();
}
