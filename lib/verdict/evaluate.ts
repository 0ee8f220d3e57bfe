import { holds } from '../conditions/operators.ts';
import { computeStatistic } from '../conditions/statistics.ts';
import type { Aggregation, ThresholdExpression } from '../conditions/thresholds.ts';
import { choosePercentile } from '../stats/percentile-rule.ts';
import type { SortedValues } from '../stats/sorted-values.ts';

/** What a run collected for one metric or sub-metric. */
export type Sink =
  | { readonly type: 'trend'; readonly sorted: SortedValues }
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
export function evaluateThreshold({ aggregation, operator, limit }: ThresholdExpression, sink: Sink): Judgement {
  const observed = aggregate(aggregation, sink);
  if (observed !== null) return { passed: holds(observed, operator, limit), observed };
  return { passed: sink.type === 'rate' || sink.type === 'counter' || holds(0, operator, limit), observed };
}

function aggregate(aggregation: Aggregation, sink: Sink): number | null {
  switch (aggregation.method) {
    case 'count':
      if (sink.type === 'counter') return sink.count;
      break;
    case 'rate':
      if (sink.type === 'counter') return sink.duration_s > 0 ? sink.count / sink.duration_s : null;
      if (sink.type === 'rate') return sink.total > 0 ? sink.trues / sink.total : null;
      break;
    case 'value':
      if (sink.type === 'gauge') return sink.value;
      break;
    default:
      if (sink.type === 'trend') return computeStatistic(sink.sorted, aggregation, choosePercentile('linear'));
  }
  throw new RangeError(`no ${aggregation.method} of a ${sink.type}`);
}
