import type { RequestMetricName } from '../metrics/request-metrics.ts';
import type { Milliseconds } from '../shared/units.ts';
import { type DriftTest, testDrift } from './drift-test.ts';
import { orderBy } from './order-by.ts';
import { pickValues, type RunData } from './run-data.ts';

/**
 * Fewer requests than this cannot tell a drift from a queue that comes and goes: so many for each stream, since those that
 * are under way together share its waits, at least four a batch, and no more than any run needs (docs/statistics.md has the
 * simulation).
 */
const FEWEST = { perStream: 40, least: 240, most: 600 } as const;
/** How much of the beginning is left out, in which a service fills up. */
const BEGINNING = 0.1;
/** A change that is smaller than this share of where it began is not news. */
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

/** Whether a run stays where it is, after its beginning. */
export interface RunDrift {
  /** `changing-load`: the load was meant to change, and times with it. */
  readonly state: 'tested' | 'too-short' | 'changing-load';
  readonly metrics: readonly MetricDrift[];
}

/** What of a run is looked at. */
interface DriftScope {
  /** Requests in flight at the same time; null where nobody told. */
  readonly streams: number | null;
  /** For how long first starts were spread, warm-up requests among them: what began within it met fewer streams. */
  readonly rampUpMs?: Milliseconds;
}

/**
 * Looks for trends and shifts in TTFT, TPOT and latency over a run, in the order in which its requests started.
 *
 * The first tenth is left out, at least a round of all streams and all of a ramp, and so are the last starts, after which the
 * load drains.
 */
export function findDrift(run: RunData, scope: DriftScope, isLoadChanging = false): RunDrift {
  if (isLoadChanging) return { state: 'changing-load', metrics: [] };
  const middle = listMiddle(run, scope);
  const metrics = METRICS.flatMap((metric): MetricDrift[] => {
    const tested = testMetric(run, metric, middle, scope);
    return tested === null ? [] : [tested];
  });
  return { state: metrics.length === 0 ? 'too-short' : 'tested', metrics };
}

const LENGTHS = ['input_tokens', 'output_tokens'] as const;

/** Prompts or answers that grew or shrank meanwhile. */
interface LengthDrift {
  readonly metric: (typeof LENGTHS)[number];
  readonly from: number;
  readonly to: number;
}

/** The lengths that changed as times may: then it is the requests that are others, and not the service. */
export function findLengthDrift(run: RunData, scope: DriftScope): LengthDrift[] {
  const middle = listMiddle(run, scope);
  return LENGTHS.flatMap((metric) => {
    const tested = testMetric(run, metric, middle, scope);
    return tested === null || tested.alarm === null ? [] : [{ metric, from: tested.from, to: tested.to }];
  });
}

function listMiddle(run: RunData, { streams, rampUpMs = 0 }: DriftScope): Uint32Array {
  const starts = run.column('start_ms');
  const order = orderBy(starts);
  const edge = Math.min(streams ?? 0, run.count);
  const rampedUp = rampUpMs === 0 ? 0 : (run.warmups?.firstStart ?? run.firstStart ?? 0) + rampUpMs;
  return order
    .subarray(Math.max(edge, Math.ceil(run.count * BEGINNING)), run.count - edge)
    .filter((request) => (starts[request] as number) >= rampedUp);
}

function testMetric<Name extends RequestMetricName>(
  run: RunData,
  metric: Name,
  middle: Uint32Array,
  { streams }: DriftScope,
): (Omit<MetricDrift, 'metric'> & { readonly metric: Name }) | null {
  const column = run.values(metric);
  const requests = middle.filter((request) => !Number.isNaN(column[request]));
  const ofStreams = (streams ?? Number.POSITIVE_INFINITY) * FEWEST.perStream;
  if (requests.length < Math.min(FEWEST.most, Math.max(FEWEST.least, ofStreams))) return null;
  const { found, place, ...test } = testDrift(pickValues(column, requests));
  const isLarge = Math.abs(test.to - test.from) >= SMALLEST_CHANGE * Math.max(0, Math.min(test.from, test.to));
  const alarm = isLarge ? found : null;
  const first = place === null ? undefined : requests[place];
  const at_ms = alarm !== 'shift' || first === undefined ? null : (run.column('start_ms')[first] as number);
  return { metric, ...test, alarm, at_ms };
}
