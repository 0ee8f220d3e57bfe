import { onlyMeasure, parseCondition } from '../conditions/parse-condition.ts';
import { readStatistic } from '../conditions/statistics.ts';
import { COMPARED_METRICS, summaryKey } from '../metrics/request-metrics.ts';
import { COMPARED_RUN_METRICS } from '../metrics/run-metrics.ts';
import type { IndexedMetric } from '../report/html/report-data.ts';
import { percentileName, SHOWN_PERCENTILES } from '../stats/shown-statistics.ts';

/** A number that `summary.json` has with an interval. */
export interface HistoryMetric extends IndexedMetric {
  /** Where it lies below `intervals`. */
  readonly keys: readonly string[];
  /** Below `summary`, of a run without records; null: nowhere. */
  readonly plainKey: string | null;
}

const STATISTICS = ['mean', ...SHOWN_PERCENTILES.map(percentileName)];

/** Every number of a run with an interval, in the order of the tables. */
export const HISTORY_METRICS: readonly HistoryMetric[] = [
  ...COMPARED_METRICS.flatMap(({ name, title, unit, key }) =>
    STATISTICS.map((statistic) => ({
      ...{ name: `${statistic}(${name})`, title: `${title}, ${statistic}`, unit },
      keys: ['timings', key, statistic],
      plainKey: statistic === 'mean' ? summaryKey({ name, unit }, 'avg') : null,
    })),
  ),
  ...COMPARED_RUN_METRICS.map(({ name, title, unit, key }) => ({ name, title, unit, keys: [key], plainKey: key })),
];

/** Position of a metric by how a condition writes it, `p99(ttft)` or `requests_per_s`; null where there is none such. */
export function findHistoryMetric(source: string): HistoryMetric | null {
  const condition = parseCondition(source);
  if (condition === null || condition.operator !== null || condition.measure.tags !== null) return null;
  const { name, args } = condition.measure;
  const inner = onlyMeasure(args);
  const wanted = args === null ? name : inner?.args === null ? `${nameStatistic(name)}(${inner.name})` : '';
  return HISTORY_METRICS.find((metric) => metric.name === wanted) ?? null;
}

function nameStatistic(name: string): string {
  const statistic = readStatistic(name);
  if (statistic?.method === 'avg') return 'mean';
  return statistic?.method === 'percentile' ? percentileName(statistic.percentile) : name;
}

/** What `--metric` takes, as one line. */
export function describeHistoryMetrics(): string {
  const timings = COMPARED_METRICS.map(({ name }) => name).join(', ');
  return `${STATISTICS.join(', ')} of ${timings}, or ${COMPARED_RUN_METRICS.map(({ name }) => name).join(', ')}`;
}
