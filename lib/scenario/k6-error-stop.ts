import { sleep } from 'k6';
import exec from 'k6/execution';
import { errorExcess, errorRateLimit, MAX_ERROR_RATE, MAX_ERRORS } from '../conditions/stop-rules.ts';
import { isOpenLoop } from '../config/open-loop.ts';
import type { RunConfig } from '../config/parameters.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import type { Milliseconds } from '../shared/units.ts';
import type { Clock } from '../stream/received-answer.ts';
import { addSample, type K6Metrics } from './k6-metrics.ts';
import { isLastIteration } from './last-iteration.ts';

/** Feeds what the rules that end a run are judged on. */
export interface ErrorStop {
  /**
   * At the beginning of an iteration, before it waits for its time.
   *
   * @param dueMs on the run's clock; null: now
   */
  begin(clock: Clock, dueMs: Milliseconds | null): Promise<void>;
  /** Every request that finished and was measured. */
  add(record: RequestRecord): void;
}

/** Judged on fewer finished requests, a share says nothing. */
const FEWEST_FINISHED = 10;

/** How often the last request of a schedule looks whether enough have finished. */
const LOOK_S = 0.5;

/**
 * Where a rule is set. `max-error-rate` is judged from the time on when ten requests have finished, and in a closed loop as many as are in flight.
 *
 * VUs share no memory, and exactly one of them must lift the hold. An iteration starts when another one has ended, and its number
 * is its own: where F are wanted, number F + VUs - 1 is the one that starts when F have ended. In an instance with fewer iterations all
 * have started by then, and the last one of a schedule, which has a VU of its own, looks while it waits.
 * @param iterations of the run; null where only time bounds them
 */
export function createErrorStop(
  config: RunConfig,
  metrics: K6Metrics,
  iterations: number | null,
  warmups: number,
): ErrorStop {
  const { maxErrors, maxErrorRate: rate } = config;
  const fewest = Math.max(FEWEST_FINISHED, isOpenLoop(config) ? 0 : config.parallel) + warmups;
  let isLast = false;
  const lift = (): void => addSample(metrics, MAX_ERROR_RATE, errorRateLimit(rate ?? 0));
  const liftIfEnough = (more: number): void => {
    if (!isLast || exec.instance.iterationsCompleted + more < fewest) return;
    isLast = false;
    lift();
  };
  return {
    begin: async (clock, dueMs) => {
      if (rate === null) return;
      const { scenario } = exec;
      const number = scenario.iterationInInstance;
      const lifting = fewest + exec.instance.vusInitialized - 1;
      isLast = number < lifting && number + 1 >= fewest && isLastIteration(scenario, iterations);
      if (number === lifting) lift();
      while (isLast && dueMs !== null && dueMs - clock.currentTestRunDuration > LOOK_S * 2000) {
        liftIfEnough(0);
        await sleep(LOOK_S);
      }
    },
    add: ({ outcome, failure }) => {
      // Those that the end of a run closes say nothing about the service.
      if (outcome === 'cancelled' || failure?.kind === 'aborted') return;
      const failed = outcome === 'failed';
      if (maxErrors !== null && failed) addSample(metrics, MAX_ERRORS, 1);
      if (rate === null) return;
      addSample(metrics, MAX_ERROR_RATE, errorExcess(failed, rate));
      liftIfEnough(1);
    },
  };
}
