import type { Metric, MetricType } from '../metrics/metric.ts';
import type { MetricRegistry } from '../metrics/registry.ts';
import { badConfiguration } from '../settings/fields.ts';
import { parseMetricSelector } from './metric-name.ts';
import { Threshold } from './threshold.ts';
import type { ThresholdSetting } from './threshold-setting.ts';

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
export function setUpThresholds(
  settings: Readonly<Record<string, readonly ThresholdSetting[]>>,
  registry: MetricRegistry,
): Metric[] {
  const entries = Object.entries(settings).map(
    ([name, list]) => [name, list.map((setting) => new Threshold(setting))] as const,
  );
  for (const [name, thresholds] of entries) validate(name, thresholds, registry);
  return entries.map(([name, thresholds]) => {
    const metric = findMetric(name, registry);
    metric.thresholds = thresholds;
    metric.observed = true;
    if (metric.parent) metric.parent.observed = true;
    return metric;
  });
}

function validate(name: string, thresholds: readonly Threshold[], registry: MetricRegistry): void {
  const metric = registry.get(parseMetricSelector(name).metric);
  if (!metric) throw badConfiguration(`invalid threshold defined on ${name}; reason: no metric name "${name}" found`);
  for (const { setting, expression } of thresholds) {
    if (METHODS[metric.type].includes(expression.method)) continue;
    throw badConfiguration(
      `invalid threshold ${JSON.stringify(setting.source)} applied on metric ${name}; reason: ` +
        `unsupported aggregation method ${expression.method} on metric of type ${metric.type}. ` +
        `supported aggregation methods for this metric are: ${METHODS[metric.type].join(', ')}`,
    );
  }
}

function findMetric(name: string, registry: MetricRegistry): Metric {
  const { metric: base, suffix, tags } = parseMetricSelector(name);
  const metric = registry.get(base)!;
  return suffix === null || tags === null ? metric : metric.submetric(suffix, tags);
}
