import type { Milliseconds } from '../../shared/units.ts';
import type { Metric } from '../metrics/metric.ts';

export interface ThresholdVerdict {
  /** Names of metrics with a crossed threshold, sorted. */
  readonly crossed: readonly string[];
  /** A crossed threshold asks to end the run. */
  readonly abort: boolean;
}

/** The end of the run: every threshold, empty metrics too. */
export function evaluateThresholds(metrics: readonly Metric[], elapsed: Milliseconds): ThresholdVerdict {
  return evaluate(metrics, elapsed);
}

/**
 * During the run: only metrics with a threshold that can abort, and only those with samples. The others have no effect
 * before the end, and percentiles of long Trends are not free.
 */
export function evaluateAbortingThresholds(metrics: readonly Metric[], elapsed: Milliseconds): ThresholdVerdict {
  return evaluate(
    metrics.filter((metric) => canAbort(metric) && !metric.sink.empty),
    elapsed,
  );
}

export function canAbort(metric: Metric): boolean {
  return metric.thresholds.some(({ setting }) => setting.abortOnFail);
}

function evaluate(metrics: readonly Metric[], elapsed: Milliseconds): ThresholdVerdict {
  const crossed: string[] = [];
  let abort = false;
  for (const metric of metrics) {
    const failed = metric.thresholds.filter(
      (threshold) => !threshold.judge(metric.sink.read(threshold.expression.key, elapsed)),
    );
    if (failed.length > 0) crossed.push(metric.name);
    if (failed.some((threshold) => threshold.aborts(elapsed))) abort = true;
  }
  return { crossed: crossed.sort(), abort };
}
