import type { Milliseconds } from '../../shared/units.ts';
import type { Metric } from '../metrics/metric.ts';
import type { ScriptOptions } from '../settings/script-options.ts';
import type { Group } from './groups.ts';

export interface SummaryMetric {
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

export interface SummaryParts {
  readonly options: ScriptOptions;
  readonly rootGroup: Group;
  readonly metrics: readonly Metric[];
  readonly duration: Milliseconds;
  /** JSON of what setup returned; null when it returned nothing. */
  readonly setupData: string | null;
  readonly isStdOutTTY: boolean;
  readonly isStdErrTTY: boolean;
}

export function createSummaryData(parts: SummaryParts): SummaryData {
  const { options, metrics, duration, setupData } = parts;
  return {
    root_group: structuredClone(parts.rootGroup),
    options: {
      summaryTrendStats: [...options.summaryTrendStats],
      summaryTimeUnit: options.summaryTimeUnit,
      noColor: false,
    },
    state: { isStdOutTTY: parts.isStdOutTTY, isStdErrTTY: parts.isStdErrTTY, testRunDurationMs: duration },
    metrics: Object.fromEntries(
      metrics.map((metric) => [metric.name, summarizeMetric(metric, options.summaryTrendStats, duration)]),
    ),
    ...(setupData === null ? {} : { setup_data: JSON.parse(setupData) as unknown }),
  };
}

function summarizeMetric(metric: Metric, trendStats: readonly string[], duration: Milliseconds): SummaryMetric {
  const values = metric.sink.summarize(trendStats, duration);
  const summary: SummaryMetric = { type: metric.type, contains: metric.contains, values };
  if (metric.thresholds.length > 0) {
    summary.thresholds = Object.fromEntries(metric.thresholds.map(({ source, ok }) => [source, { ok }]));
  }
  return summary;
}
