import { floatCell, formatCell } from '../../evalscope/cell.ts';
import type { MetricUnit } from '../../metrics/metric.ts';
import { COMPARED_METRICS } from '../../metrics/request-metrics.ts';
import { COMPARED_RUN_METRICS } from '../../metrics/run-metrics.ts';
import { NO_VALUE } from '../../shared/format-digits.ts';
import type { RunDrift } from '../../stats/run-drift.ts';
import type { IntervalNumber, RunIntervals } from '../../stats/run-intervals.ts';
import type { RunSummary } from '../../stats/run-summary.ts';
import { adviseSampleSize } from '../../stats/sample-size.ts';
import type { TimingTable } from '../../stats/shown-statistics.ts';
import type { SteadyState } from '../../stats/steady-state.ts';
import { describeTokenSources } from './extra-table.ts';
import { renderGridTable } from './grid-table.ts';

/** The statistics of a single run, for the fourth table and for `summary.json`. */
export interface RunStatistics {
  readonly intervals: RunIntervals;
  readonly steady_state: SteadyState;
  readonly drift: RunDrift;
}

/** Units that a title lacks, and the factor to them; other titles have theirs. */
const SHOWN_UNITS: Readonly<Partial<Record<MetricUnit, { readonly suffix: string; readonly scale: number }>>> = {
  ms: { suffix: ' (ms)', scale: 1 },
  share: { suffix: ' (%)', scale: 100 },
};

const HEADERS = ['Metric', 'Value', '95 % interval', 'Steady state'];
const LACKS = { requests: 'too few requests', independence: 'too dependent' } as const;
/** What the second of these means. */
const DEPENDENT_NOTE =
  '"too dependent": values that come together are alike, as the gaps of one request, so they count for fewer, and it takes more requests.';
const STATISTICS = ['mean', 'p50', 'p90', 'p99'] as const;
const ONLY_MEAN = ['mean'] as const;

function format(value: number | null, digits = 3): string {
  return formatCell(floatCell(value, digits));
}

function scaled(value: number | null, scale: number): number | null {
  return value === null ? null : value * scale;
}

function formatInterval({ lacks, low, high }: IntervalNumber, scale = 1): string {
  if (low === null || high === null) return lacks === null ? NO_VALUE : LACKS[lacks];
  return `${format(low * scale)} to ${format(high * scale)}`;
}

function buildTimingRows(metric: (typeof COMPARED_METRICS)[number], statistics: RunStatistics): string[][] {
  const numbers = statistics.intervals.timings[metric.key];
  if (numbers.mean.state === 'no-value') return [];
  const steady: TimingTable<number | null> | null = statistics.steady_state.timings;
  const mean = (name: string): number | null =>
    COMPARED_METRICS.flatMap((other) =>
      other.name === name ? [statistics.intervals.timings[other.key].mean.value] : [],
    )[0] ?? null;
  if (metric.isTold?.(mean) === false) return [];
  const { suffix, scale } = SHOWN_UNITS[metric.unit] ?? { suffix: '', scale: 1 };
  const shown = metric.rows === 'mean' ? ONLY_MEAN : STATISTICS;
  return shown.map((statistic) => [
    `${metric.title}, ${statistic}${suffix}`,
    format(scaled(numbers[statistic].value, scale)),
    formatInterval(numbers[statistic], scale),
    format(scaled(steady?.[metric.key][statistic] ?? null, scale)),
  ]);
}

/** What says how far ITL and TPOT are times of tokens: chunks can hold several, and counts can be guesses. */
function buildTokenRows(summary: RunSummary, { chunks_per_token }: RunIntervals): string[][] {
  if (chunks_per_token === null) return [];
  return [
    ['Chunks per output token', format(chunks_per_token), '', ''],
    ['Output tokens counted by', describeTokenSources(summary) ?? NO_VALUE, '', ''],
  ];
}

/** The rows of the fourth table as texts: name, value, interval, value in the steady state. */
export function buildIntervalRows(summary: RunSummary, statistics: RunStatistics): string[][] {
  const { intervals, steady_state } = statistics;
  const rows = COMPARED_METRICS.flatMap((metric) => {
    const own = buildTimingRows(metric, statistics);
    return metric.name === 'itl' ? [...own, ...buildTokenRows(summary, intervals)] : own;
  });
  const known = COMPARED_RUN_METRICS.filter(({ key }) => summary.inputs === null || key !== 'output_tokens_per_s');
  const rates = known.map(({ key, title, unit }) => {
    const { suffix, scale } = SHOWN_UNITS[unit] ?? { suffix: '', scale: 1 };
    return [
      `${title}${suffix}`,
      format(scaled(intervals[key].value, scale)),
      formatInterval(intervals[key], scale),
      key === 'success_ratio' ? '' : format(steady_state[key]),
    ];
  });
  rows.push(...rates);
  return rows;
}

/**
 * The fourth table: what a single run tells about how sure its numbers are, and the same numbers without its beginning.
 *
 * A metric that was not measured has no rows.
 */
export function renderIntervalTable(summary: RunSummary, statistics: RunStatistics, columns?: number): string {
  return renderGridTable({ headers: HEADERS, rows: buildIntervalRows(summary, statistics) }, columns);
}

const STEADY_TEXTS: Readonly<Record<Exclude<SteadyState['state'], 'found'>, string>> = {
  'too-short': 'not looked for (MSER-5 needs 50 completed requests)',
  'not-settled': 'not found by MSER-5: latency never settles in this run',
};

/** What the table's columns are, a line each, and whether a p99 has the requests that it needs. */
export function describeStatistics(summary: RunSummary, statistics: RunStatistics): string[] {
  const { intervals, steady_state } = statistics;
  const { slices, replicates, seed } = intervals;
  const { completed_requests: completed } = summary;
  const isSomeDependent = buildIntervalRows(summary, statistics).some((row) => row.includes(LACKS.independence));
  const { state, from_ms, to_ms, requests, left_out_requests } = steady_state;
  const found = `${format((from_ms ?? 0) / 1000)} to ${format((to_ms ?? 0) / 1000)} s, ${requests} requests (${left_out_requests} before it left out), by MSER-5 on latency`;
  return [
    `Intervals: 95 %, from this run alone: stationary block bootstrap of ${slices} time slices, ${replicates} replicates, seed ${seed}.`,
    `Steady state: ${state === 'found' ? found : STEADY_TEXTS[state]}.`,
    ...(isSomeDependent ? [DEPENDENT_NOTE] : []),
    // Of fewer another line says that percentiles say little.
    ...(completed < 10 ? [] : [adviseSampleSize([99], completed)].filter((line) => line !== null)),
  ];
}

/** The table with its title and the lines on its columns. */
export function describeCertainty(summary: RunSummary, statistics: RunStatistics, columns?: number): string[] {
  return [
    'Certainty: ',
    renderIntervalTable(summary, statistics, columns),
    '',
    ...describeStatistics(summary, statistics),
  ];
}
