import type { PercentileRow, RunSummary } from '../../../stats/run-summary.ts';
import { successRatio } from '../../../stats/run-summary.ts';
import type { SweepPoint } from '../report-data.ts';
import { COLORS } from './figure.ts';

/** A line of a chart against the load. */
interface SweepLine {
  readonly name: string;
  readonly color: string;
  readonly value: (point: SweepPoint) => number | null;
}

/** A chart against the load. */
export interface SweepMetric {
  readonly id: string;
  readonly title: string;
  /** The title in short, for the axis. */
  readonly axis: string;
  readonly unit: string;
  readonly lines: readonly SweepLine[];
}

/** What was asked for: the rate of an open loop, else the concurrency. */
export function loadOf({ rate, parallel }: SweepPoint): number {
  return rate ?? parallel;
}

export function percentileOf(
  summary: RunSummary,
  percent: number,
  column: Exclude<keyof PercentileRow, 'percentile'>,
): number | null {
  return summary.percentiles.find(({ percentile }) => percentile === percent)?.[column] ?? null;
}

/** How fast text appears for one user once it has begun: 1 / mean TPOT. */
export function tokensPerUser({ summary }: SweepPoint): number | null {
  return summary.tpot_avg_ms === null || summary.tpot_avg_ms <= 0 ? null : 1000 / summary.tpot_avg_ms;
}

function timeLines(
  mean: (summary: RunSummary) => number | null,
  p50: (summary: RunSummary) => number | null,
  p99: (summary: RunSummary) => number | null,
): SweepLine[] {
  return [
    { name: 'mean', color: COLORS.main, value: ({ summary }) => mean(summary) },
    { name: 'p50', color: COLORS.second, value: ({ summary }) => p50(summary) },
    { name: 'p99', color: COLORS.third, value: ({ summary }) => p99(summary) },
  ];
}

function oneLine(value: SweepLine['value']): SweepLine[] {
  return [{ name: 'value', color: COLORS.main, value }];
}

/** Every chart against the load. */
export const SWEEP_METRICS: readonly SweepMetric[] = [
  {
    id: 'output-tokens',
    title: 'Output tokens per second',
    axis: 'throughput',
    unit: 'tokens/s',
    lines: oneLine(({ summary }) => summary.output_tokens_per_s),
  },
  {
    id: 'requests',
    title: 'Requests per second',
    axis: 'throughput',
    unit: 'requests/s',
    lines: oneLine(({ summary }) => summary.requests_per_s),
  },
  {
    id: 'user-speed',
    title: 'Tokens per second of one user',
    axis: 'speed',
    unit: 'tokens/s',
    lines: oneLine(tokensPerUser),
  },
  {
    id: 'ttft',
    title: 'Time to first token',
    axis: 'TTFT',
    unit: 'ms',
    lines: timeLines(
      (summary) => summary.ttft_avg_ms,
      (summary) => percentileOf(summary, 50, 'ttft_ms'),
      (summary) => percentileOf(summary, 99, 'ttft_ms'),
    ),
  },
  {
    id: 'tpot',
    title: 'Time per output token',
    axis: 'TPOT',
    unit: 'ms',
    lines: timeLines(
      (summary) => summary.tpot_avg_ms,
      (summary) => percentileOf(summary, 50, 'tpot_ms'),
      (summary) => percentileOf(summary, 99, 'tpot_ms'),
    ),
  },
  {
    id: 'itl',
    title: 'Inter-token latency',
    axis: 'ITL',
    unit: 'ms',
    lines: timeLines(
      (summary) => summary.itl_avg_ms,
      (summary) => summary.itl_p50_ms,
      (summary) => summary.itl_p99_ms,
    ),
  },
  {
    id: 'latency',
    title: 'Latency',
    axis: 'latency',
    unit: 'ms',
    lines: timeLines(
      (summary) => summary.latency_avg_ms,
      (summary) => percentileOf(summary, 50, 'latency_ms'),
      (summary) => percentileOf(summary, 99, 'latency_ms'),
    ),
  },
  {
    id: 'success',
    title: 'Success rate',
    axis: 'completed',
    unit: '%',
    lines: oneLine(({ summary }) => {
      const ratio = successRatio(summary);
      return ratio === null ? null : 100 * ratio;
    }),
  },
  {
    id: 'client-lag',
    title: 'Client lag, p99',
    axis: 'lag',
    unit: 'ms',
    lines: oneLine(({ summary }) => summary.client_lag_p99_ms),
  },
];
