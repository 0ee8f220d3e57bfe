import type { Run } from '../run.ts';
import type { Scenario } from '../settings/scenarios.ts';
import { now, sleepUntil } from '../timing.ts';
import type { VuPool } from '../vu/vu-pool.ts';
import { runArrivalRate } from './arrival-rate.ts';
import { runConstantVus, runPerVuIterations, runSharedIterations } from './loops.ts';
import { runRampingVus } from './ramping-vus.ts';

/** Waits for the scenario's start time and runs it. */
export async function runScenario(run: Run, scenario: Scenario, pool: VuPool): Promise<void> {
  if (!(await sleepUntil(now() + scenario.startTime, run.scope))) return;
  const context = { run, pool };
  switch (scenario.executor) {
    case 'shared-iterations':
      return runSharedIterations({ ...context, scenario });
    case 'per-vu-iterations':
      return runPerVuIterations({ ...context, scenario });
    case 'constant-vus':
      return runConstantVus({ ...context, scenario });
    case 'ramping-vus':
      return runRampingVus({ ...context, scenario });
    case 'constant-arrival-rate':
    case 'ramping-arrival-rate':
      return runArrivalRate({ ...context, scenario });
    default:
      return scenario satisfies never;
  }
}
