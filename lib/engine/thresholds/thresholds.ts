import { isObject } from '../../shared/json.ts';
import type { Milliseconds } from '../../shared/units.ts';
import type { Metric, MetricType } from '../metrics/metric.ts';
import type { MetricRegistry } from '../metrics/registry.ts';
import { badConfiguration, readBoolean, readDuration, readString, wrongType } from '../settings/fields.ts';
import { holds, parseMetricSelector, parseThresholdExpression, type ThresholdExpression } from './expression.ts';

/** One entry of a metric's list in `options.thresholds`, short or long form. */
interface ThresholdSetting {
  readonly source: string;
  readonly abortOnFail: boolean;
  /** How long a run must have lasted before this threshold may abort it; null when not set. */
  readonly delayAbortEval: Milliseconds | null;
}

/** A threshold on a metric and how it last came out. */
export interface Threshold extends ThresholdSetting {
  readonly expression: ThresholdExpression;
  ok: boolean;
}

type ThresholdSettings = Readonly<Record<string, readonly ThresholdSetting[]>>;

/**
 * Reads `options.thresholds`.
 *
 * @throws {EngineError} exit code 104 when an entry is not a list of expressions; expressions themselves are parsed later
 */
export function readThresholds(value: unknown): ThresholdSettings {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw wrongType('thresholds', value, 'map[string]metrics.Thresholds');
  return Object.fromEntries(Object.entries(value).map(([name, list]) => [name, readList(list)]));
}

function readList(value: unknown): ThresholdSetting[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw wrongType('thresholds', value, '[]metrics.thresholdConfig');
  return value.map((entry: unknown) => {
    const fields = typeof entry === 'string' ? { threshold: entry } : entry;
    if (!isObject(fields)) throw wrongType('thresholds', entry, 'metrics.rawThresholdConfig');
    return {
      source: readString(fields['threshold'], 'thresholds.threshold') ?? '',
      abortOnFail: readBoolean(fields['abortOnFail'], 'thresholds.abortOnFail'),
      delayAbortEval: readDuration(fields['delayAbortEval']) ?? null,
    };
  });
}

const METHODS: Readonly<Record<MetricType, readonly string[]>> = {
  counter: ['count', 'rate'],
  gauge: ['value'],
  rate: ['rate'],
  trend: ['avg', 'min', 'max', 'med', 'p'],
};

/**
 * Puts the thresholds on their metrics and makes the sub-metrics they name. All expressions are checked before any
 * metric is looked for, all metrics before any is changed, as k6 does.
 *
 * @returns the metrics that have an entry, even one with an empty list: that makes the metric appear in the summary
 * @throws {EngineError} exit code 104, k6's text
 */
export function setUpThresholds(settings: ThresholdSettings, registry: MetricRegistry): Metric[] {
  const parsed = Object.entries(settings).map(([name, list]) => {
    const thresholds = list.map(
      (setting): Threshold => ({ ...setting, expression: parseThresholdExpression(setting.source), ok: true }),
    );
    return { name, thresholds };
  });
  const found = parsed.map(({ name, thresholds }) => {
    const { metric: base, part } = parseMetricSelector(name);
    const metric = registry.get(base);
    if (!metric) throw badConfiguration(`invalid threshold defined on ${name}; reason: no metric name "${name}" found`);
    for (const threshold of thresholds) checkMethod(name, threshold, metric.type);
    return { thresholds, select: () => (part === null ? metric : metric.submetric(part.suffix, part.tags)) };
  });
  return found.map(({ thresholds, select }) => {
    const metric = select();
    metric.thresholds = thresholds;
    metric.observed = true;
    if (metric.parent) metric.parent.observed = true;
    return metric;
  });
}

function checkMethod(name: string, { source, expression: { method } }: Threshold, type: MetricType): void {
  const methods = METHODS[type];
  if (methods.includes(method)) return;
  throw badConfiguration(
    `invalid threshold ${JSON.stringify(source)} applied on metric ${name}; reason: ` +
      `unsupported aggregation method ${method} on metric of type ${type}. ` +
      `supported aggregation methods for this metric are: ${methods.join(', ')}`,
  );
}

interface ThresholdVerdict {
  /** Names of metrics with a crossed threshold, sorted. */
  readonly crossed: readonly string[];
  /** A crossed threshold asks to end the run. */
  readonly abort: boolean;
}

/** Compares what was measured; where a sink has no value, the threshold passes. */
export function evaluateThresholds(metrics: readonly Metric[], elapsed: Milliseconds): ThresholdVerdict {
  const crossed = new Set<string>();
  let abort = false;
  for (const metric of metrics) {
    for (const threshold of metric.thresholds) {
      const { expression, abortOnFail, delayAbortEval } = threshold;
      const value = metric.sink.read(expression.key, elapsed);
      threshold.ok = value === undefined || holds(value, expression);
      if (threshold.ok) continue;
      crossed.add(metric.name);
      if (abortOnFail && (delayAbortEval === null || delayAbortEval < elapsed)) abort = true;
    }
  }
  return { crossed: [...crossed].sort(), abort };
}

/**
 * During the run: only metrics with a threshold that can abort, and only those with samples. The others have no effect
 * before the end, and percentiles of long Trends are not free.
 */
export function evaluateAbortingThresholds(metrics: readonly Metric[], elapsed: Milliseconds): ThresholdVerdict {
  return evaluateThresholds(
    metrics.filter((metric) => canAbort(metric) && !metric.sink.empty),
    elapsed,
  );
}

export function canAbort(metric: Metric): boolean {
  return metric.thresholds.some(({ abortOnFail }) => abortOnFail);
}
