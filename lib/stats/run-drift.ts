import type { Milliseconds } from '../shared/units.ts';
import { type DriftTest, testDrift } from './drift-test.ts';
import { orderBy } from './order-by.ts';
import { pickValues, type RunData } from './run-data.ts';

/** Fewer requests than this cannot tell a drift from a queue that comes and goes. */
const FEWEST_REQUESTS = 600;
/** How much of the beginning is left out, in which a service fills up. */
const BEGINNING = 0.1;
/** A change that is smaller than this share of where it began is no news. */
const SMALLEST_CHANGE = 0.1;
const METRICS = ['ttft', 'tpot', 'latency'] as const;

/** A metric that was tested for drift, in milliseconds. */
export interface MetricDrift extends Omit<DriftTest, 'found' | 'place'> {
  readonly metric: (typeof METRICS)[number];
  /** What happened for sure, and by 10 % or more; null: nothing. */
  readonly alarm: 'trend' | 'shift' | null;
  /** When the level shifted, on the records' clock; null where it did not. */
  readonly at_ms: Milliseconds | null;
}

/** Whether a run stays where it is, behind its beginning. */
export interface RunDrift {
  /** `changing-load`: the load was meant to change, and times with it. */
  readonly state: 'tested' | 'too-short' | 'changing-load';
  readonly metrics: readonly MetricDrift[];
}

/**
 * Looks for trends and shifts in TTFT, TPOT and latency over a run, in the order in which its requests started.
 *
 * The first tenth is left out, at least a round of all streams, and so are the last starts, behind which the load drains.
 * @param streams requests in flight at the same time; null where nobody told
 */
export function findDrift(run: RunData, streams: number | null, isLoadChanging = false): RunDrift {
  if (isLoadChanging) return { state: 'changing-load', metrics: [] };
  const order = orderBy(run.column('start_ms'));
  const edge = Math.min(streams ?? 0, run.count);
  const middle = order.subarray(Math.max(edge, Math.ceil(run.count * BEGINNING)), run.count - edge);
  const metrics = METRICS.flatMap((metric): MetricDrift[] => {
    const column = run.values(metric);
    const requests = middle.filter((request) => !Number.isNaN(column[request]));
    if (requests.length < FEWEST_REQUESTS) return [];
    const { found, place, ...test } = testDrift(pickValues(column, requests));
    const isLarge = Math.abs(test.to - test.from) >= SMALLEST_CHANGE * Math.max(0, Math.min(test.from, test.to));
    const alarm = isLarge ? found : null;
    const first = place === null ? undefined : requests[place];
    const at_ms = alarm !== 'shift' || first === undefined ? null : (run.column('start_ms')[first] as number);
    return [{ metric, ...test, alarm, at_ms }];
  });
  return { state: metrics.length === 0 ? 'too-short' : 'tested', metrics };
}
