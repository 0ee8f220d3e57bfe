import type { Milliseconds } from '../../shared/units.ts';
import type { Metric } from '../metrics/metric.ts';
import type { Run } from '../run.ts';
import type { Group } from './groups.ts';

interface SummaryMetric {
  type: string;
  contains: string;
  values: Record<string, number>;
  thresholds?: Record<string, { ok: boolean }>;
}

/** What `handleSummary` gets. The shape is k6's own. */
export interface SummaryData {
  root_group: Group;
  options: { summaryTrendStats: readonly string[]; summaryTimeUnit: string; noColor: boolean };
  state: { isStdOutTTY: boolean; isStdErrTTY: boolean; testRunDurationMs: Milliseconds };
  setup_data?: unknown;
  metrics: Record<string, SummaryMetric>;
}

export function createSummaryData(run: Run, isStdOutTTY: boolean, isStdErrTTY: boolean): SummaryData {
  const { summaryTrendStats, summaryTimeUnit } = run.settings;
  const duration = run.elapsed();
  const summarize = ({ type, contains, sink, thresholds }: Metric): SummaryMetric => ({
    type,
    contains,
    values: sink.summarize(summaryTrendStats, duration),
    ...(thresholds.length === 0
      ? {}
      : { thresholds: Object.fromEntries(thresholds.map(({ source, ok }) => [source, { ok }])) }),
  });
  return {
    root_group: structuredClone(run.groups.root),
    options: { summaryTrendStats: [...summaryTrendStats], summaryTimeUnit, noColor: false },
    state: { isStdOutTTY, isStdErrTTY, testRunDurationMs: duration },
    metrics: Object.fromEntries(run.registry.observed().map((metric) => [metric.name, summarize(metric)])),
    ...(run.setupData === null ? {} : { setup_data: JSON.parse(run.setupData) as unknown }),
  };
}
