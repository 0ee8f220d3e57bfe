import { formatPythonFloat, roundPython } from '../../evalscope/python-number.ts';
import { NO_VALUE } from '../../shared/format-digits.ts';
import type { Milliseconds } from '../../shared/units.ts';
import type { CostSummary } from '../../stats/cost.ts';
import type { ExperienceSummary } from '../../stats/experience.ts';
import type { GoodputPoint, GoodputSummary } from '../../stats/goodput-curve.ts';
import type { SliceSummary } from '../../stats/run-slices.ts';
import type { RunStages } from '../../stats/run-stages.ts';
import { type Column, listCells, type PageTable, percent, renderColumnTable } from './column-table.ts';
import { renderGridTable } from './grid-table.ts';
import { describeStageNumbers, listStageTables } from './stage-table.ts';

/** What users feel, what it costs, and how it went from slice to slice and from stage to stage; null or empty where nobody asked. */
export interface ExperienceReport {
  readonly experience: ExperienceSummary;
  /** A few points of the curves over the limit. */
  readonly goodput: GoodputSummary;
  readonly cost: CostSummary | null;
  readonly slices: readonly SliceSummary[];
  readonly stages: RunStages | null;
}

/** Of it, what a flag asks for: every view and every file shows it. */
export type AskedNumbers = Pick<ExperienceReport, 'cost' | 'slices' | 'stages'>;

/** Rows of which the run tells nothing are left out; no table without rows. */
export function describeExperience({ experience, goodput }: ExperienceReport, columns?: number): string[] {
  return describeRows('What users feel', [...buildExperienceRows(experience), ...buildGoodputRows(goodput)], columns);
}

/** What flags asked for: the table of stages, of slices, of what the run cost. */
export function describeAskedNumbers({ cost, slices, stages }: AskedNumbers, columns?: number): string[] {
  return [
    ...describeStageNumbers(stages, columns),
    ...(slices.length === 0 ? [] : [`${SLICES}: `, renderColumnTable(SLICE_COLUMNS, slices, columns), '']),
    ...describeRows(COST, buildCostRows(cost), columns),
  ];
}

/** The same for pages. */
export function listAskedTables({ cost, slices, stages }: AskedNumbers): PageTable[] {
  const rows = buildCostRows(cost);
  return [
    ...listStageTables(stages),
    ...(slices.length === 0 ? [] : [{ title: SLICES, ...listCells(SLICE_COLUMNS, slices) }]),
    ...(rows.length === 0 ? [] : [{ title: COST, headers: HEADERS, rows }]),
  ];
}

const HEADERS = ['Key', 'Value'];
const SLICES = 'By slice of time';
const COST = 'Cost';

function describeRows(title: string, rows: readonly Row[], columns: number | undefined): string[] {
  if (rows.length === 0) return [];
  return [`${title}: `, renderGridTable({ headers: HEADERS, rows: rows.map((row) => [...row]) }, columns), ''];
}

type Row = readonly [key: string, value: string];

function buildExperienceRows(summary: ExperienceSummary): Row[] {
  const { stalled_ratio, reader_waits_ratio, hand_over_avg_ms, hand_over_overhead_avg_ms, steady_itl_avg_ms } = summary;
  const { tokens_per_step, speculative_acceptance, time_to_output } = summary;
  const rows: readonly (readonly [string, string | null])[] = [
    ['Answers with a pause over 500 ms', formatRatio(stalled_ratio)],
    ['Answers in which a reader of 5 words/s waits', formatRatio(reader_waits_ratio)],
    ['First to second output, mean (ms)', shown(hand_over_avg_ms)],
    ['That beyond the median of later gaps, mean (ms)', shown(hand_over_overhead_avg_ms)],
    ['ITL after the second output, mean (ms)', shown(steady_itl_avg_ms)],
    [
      'Tokens a chunk after the first, mean',
      tokens_per_step !== null && tokens_per_step > 1 ? shown(tokens_per_step) : null,
    ],
    ['Drafted tokens taken, if a chunk is a step', formatRatio(speculative_acceptance)],
    ...time_to_output.map(
      ({ output, answers, mean_ms }) => [`Time to output ${output}, mean of ${answers} (ms)`, shown(mean_ms)] as const,
    ),
  ];
  return rows.flatMap(([key, value]) => (value === null ? [] : [[key, value] as const]));
}

/** Shares of all requests, failed ones too: of the limits the four that say most. */
function buildGoodputRows(goodput: GoodputSummary): Row[] {
  return GOODPUT_ROWS.flatMap(([metric, title]) => {
    const points = chooseTelling(goodput[metric] ?? []);
    if (points.length === 0) return [];
    const limits = points.map(({ limit_ms }) => formatLimit(limit_ms)).join(', ');
    return [[`${title} within ${limits}`, points.map((point) => percent(point.requests_ratio)).join(', ')] as const];
  });
}

const GOODPUT_ROWS = [
  ['ttft', 'TTFT'],
  ['tpot', 'TPOT'],
  ['latency', 'Latency'],
] as const;

/** From the last limit that nobody meets on: below it and far above it nothing changes. */
function chooseTelling<Point extends GoodputPoint>(points: readonly Point[]): readonly Point[] {
  const first = points.findIndex(({ requests_ratio }) => requests_ratio > 0);
  const from = first === -1 ? points.length : Math.max(0, first - 1);
  return points.slice(Math.min(from, points.length - 4)).slice(0, 4);
}

function formatLimit(limit: Milliseconds): string {
  return limit < 1000 ? `${limit} ms` : `${limit / 1000} s`;
}

function buildCostRows(cost: CostSummary | null): Row[] {
  if (cost === null) return [];
  const rows: readonly (readonly [string, number | null])[] = [
    ['Cost of the run', cost.total],
    ['Cost of an answer', cost.per_answer],
    ['Cost of an answer within the goodput limits', cost.per_good_answer],
    ['Cost of a million output tokens', cost.per_million_output_tokens],
    ['Cost of a million tokens, in and out', cost.per_million_tokens],
  ];
  return rows.flatMap(([key, value]) => (value === null ? [] : [[key, String(Number(value.toPrecision(4)))] as const]));
}

const SLICE_COLUMNS: readonly Column<SliceSummary>[] = [
  { header: ['From', 's'], cell: ({ from_s }) => shown(from_s) ?? NO_VALUE },
  // The last one ends with the run, and can be shorter or longer than the others.
  { header: ['To', 's'], cell: ({ to_s }) => shown(to_s) ?? NO_VALUE },
  { header: ['Requests', ''], cell: ({ requests }) => String(requests) },
  { header: ['Failed', ''], cell: ({ failed }) => String(failed) },
  { header: ['TTFT p50', 'ms'], cell: ({ ttft_p50_ms }) => shown(ttft_p50_ms) ?? NO_VALUE },
  { header: ['p99', 'ms'], cell: ({ ttft_p99_ms }) => shown(ttft_p99_ms) ?? NO_VALUE },
  { header: ['TPOT', 'mean ms'], cell: ({ tpot_avg_ms }) => shown(tpot_avg_ms) ?? NO_VALUE },
  { header: ['Latency', 'p99 ms'], cell: ({ latency_p99_ms }) => shown(latency_p99_ms) ?? NO_VALUE },
  { header: ['Output', 'tok/s'], cell: ({ output_tokens_per_s }) => shown(output_tokens_per_s) ?? NO_VALUE },
];

function shown(value: number | null): string | null {
  return value === null ? null : formatPythonFloat(roundPython(value, 2));
}

function formatRatio(ratio: number | null): string | null {
  return ratio === null ? null : percent(ratio);
}
