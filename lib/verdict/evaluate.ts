import type { Aggregation, ThresholdExpression } from '../conditions/thresholds.ts';

/** What a run collected for one metric or sub-metric. */
export type Sink =
  /** Values in ascending order. */
  | { readonly type: 'trend'; readonly sorted: readonly number[] | Float64Array }
  /** `duration_s`: length of the run, for the rate per second. */
  | { readonly type: 'counter'; readonly count: number; readonly duration_s: number }
  | { readonly type: 'rate'; readonly trues: number; readonly total: number }
  /** The last value, null before the first one. */
  | { readonly type: 'gauge'; readonly value: number | null };

export interface Judgement {
  readonly passed: boolean;
  /** What was compared with the limit; null without samples. */
  readonly observed: number | null;
}

/**
 * Judges one threshold as k6 does (`metrics/thresholds.go`), including what k6 does without samples: an empty Trend,
 * Counter or Gauge counts as 0 (and a Trend or a Gauge shows no value all the same), and an empty Rate, or a rate per second over no time, passes whatever the limit is.
 *
 * A method that the type of the metric does not have is a bug of the caller: `loadThresholds` refuses it.
 *
 * @throws {RangeError} in that case
 */
export function evaluateThreshold(expression: ThresholdExpression, sink: Sink): Judgement {
  const observed = aggregate(expression.aggregation, sink);
  if (observed !== null) return { passed: compare(observed, expression), observed };
  return { passed: sink.type === 'rate' || sink.type === 'counter' || compare(0, expression), observed };
}

function aggregate(aggregation: Aggregation, sink: Sink): number | null {
  const { method } = aggregation;
  switch (sink.type) {
    case 'trend':
      if (sink.sorted.length === 0) return null;
      if (method === 'p') return percentile(sink.sorted, aggregation.percentile);
      if (method === 'med') return percentile(sink.sorted, 50);
      if (method === 'min') return sink.sorted[0] as number;
      if (method === 'max') return sink.sorted.at(-1) as number;
      if (method === 'avg') return mean(sink.sorted);
      break;
    case 'counter':
      if (method === 'count') return sink.count;
      if (method === 'rate') return sink.duration_s > 0 ? sink.count / sink.duration_s : null;
      break;
    case 'rate':
      if (method === 'rate') return sink.total > 0 ? sink.trues / sink.total : null;
      break;
    case 'gauge':
      if (method === 'value') return sink.value;
      break;
    default:
      sink satisfies never;
  }
  throw new RangeError(`no ${method} of a ${sink.type}`);
}

/** k6's `TrendSink.P`: linear between the two neighbours of `(n-1)*p/100`; at least one value. */
function percentile(sorted: ArrayLike<number>, p: number): number {
  const position = (p / 100) * (sorted.length - 1);
  const low = sorted[Math.max(0, Math.floor(position))] ?? 0;
  const high = sorted[Math.max(0, Math.ceil(position))] ?? 0;
  return low + (high - low) * (position - Math.floor(position));
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}

function compare(observed: number, { operator, limit }: ThresholdExpression): boolean {
  switch (operator) {
    case '<=':
      return observed <= limit;
    case '<':
      return observed < limit;
    case '>=':
      return observed >= limit;
    case '>':
      return observed > limit;
    case '==':
    case '===':
      return observed === limit;
    case '!=':
      return observed !== limit;
    default:
      return operator satisfies never;
  }
}
