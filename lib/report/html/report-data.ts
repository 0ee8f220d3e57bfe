import type { Failure, RequestRecord } from '../../measure/request-record.ts';
import type { MetricUnit } from '../../metrics/metric.ts';
import type { HeadlineMetric, RunSummary } from '../../stats/run-summary.ts';
import type { PageTable } from '../tables/column-table.ts';
import type { PointLoad } from './point-load.ts';

/** A metric's values as two pictures: bins, and the share of values up to a value. All values in milliseconds. */
export interface Distribution {
  readonly metric: HeadlineMetric;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** p50, p90 and p99, by the percentile rule of the tables. */
  readonly quantiles: readonly { readonly percent: number; readonly value: number }[];
  readonly histogram: Histogram;
  /** Rises from above 0 to 1. */
  readonly ecdf: Curve;
}

/** How much keeps a limit on a metric, by the limit in milliseconds. */
export interface GoodputLines {
  readonly metric: Exclude<HeadlineMetric, 'itl'>;
  /** Requests that completed or failed. */
  readonly judged: number;
  /** Requests that keep the limit / all of those; never 1 where some failed. */
  readonly requests: Curve;
  /** Output tokens/s in the requests that keep the limit; null where nobody counted, or the run took no time. */
  readonly tokens: { readonly values: readonly number[]; readonly per_s: readonly number[] } | null;
}

/** Bins of equal width. */
export interface Histogram {
  /** One more than there are counts. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  /** Values beyond the last edge: a long tail would squeeze the bins. */
  readonly above: number;
}

/** What happened per window of time; seconds on the run's clock, rates per second. */
export interface TimeSeries {
  readonly from_s: readonly number[];
  readonly to_s: readonly number[];
  readonly completed_per_s: readonly number[];
  readonly failed_per_s: readonly number[];
  readonly output_tokens_per_s: readonly number[];
  /** Requests by when they were due, in a closed loop by when they started. */
  readonly arrivals_per_s: readonly number[];
  /** Mean number of requests under way. */
  readonly in_flight: readonly number[];
  /** Mean number of requests that were due and not yet sent; 0 in a closed loop. */
  readonly waiting: readonly number[];
  /** The longest lag of the client's timers that a request in the window tells of. */
  readonly lag_max_ms: readonly (number | null)[];
}

/** What the servers told, on the run's clock in seconds. */
export interface ServerOverTime {
  readonly rows: readonly (readonly [string, string])[];
  readonly at_s: readonly number[];
  readonly running: readonly (number | null)[];
  readonly waiting: readonly (number | null)[];
  /** Shares from 0 to 1. */
  readonly kv_cache_ratio: readonly (number | null)[];
}

/** Windows of a run in which every request is drawn: one over a run with few of them. */
export interface Timeline {
  /** Requests of the run, warm-up and all. */
  readonly total: number;
  /** First start and last end. */
  readonly from_ms: number;
  readonly to_ms: number;
  readonly windows: readonly TimelineWindow[];
}

/** The requests that are under way in a window, a column each; milliseconds on the run's clock. */
export interface TimelineWindow {
  readonly title: string;
  readonly from_ms: number;
  readonly to_ms: number;
  /** The most requests under way at once: of thousands, only those in the lowest rows are listed. */
  readonly rows: number;
  /** Rows from 0, so that no two bars of one row overlap. */
  readonly lane: readonly number[];
  readonly index: readonly number[];
  readonly start_ms: readonly number[];
  readonly first_ms: readonly (number | null)[];
  readonly end_ms: readonly number[];
  readonly output_tokens: readonly (number | null)[];
  /** `completed`, `warm-up`, `cancelled` on purpose, or the kind of the failure. */
  readonly outcome: readonly string[];
}

/** TTFT and prompt of completed requests, a column each: of many, a sample that depends on their numbers alone. */
export interface TtftByInput {
  readonly sampled: boolean;
  readonly index: readonly number[];
  readonly input_tokens: readonly number[];
  readonly ttft_ms: readonly number[];
}

/** Requests to look at one by one. */
export interface RequestList {
  /** By falling latency. */
  readonly slowest: readonly SlowRequest[];
  /** By their start; of more, the first ones. */
  readonly failed: readonly FailedRequest[];
  readonly failed_total: number;
}

export type SlowRequest = Pick<
  RequestRecord,
  'index' | 'start_ms' | 'ttft_ms' | 'tpot_ms' | 'latency_ms' | 'input_tokens' | 'output_tokens'
>;

export interface FailedRequest extends Failure {
  readonly index: number;
  readonly start_ms: number;
  readonly lasted_ms: number;
}

/** Inter-token latency by where in the output the gap lies; positions count gaps from 1. */
export interface ItlByPosition {
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly count: readonly number[];
  readonly p50_ms: readonly number[];
  readonly p90_ms: readonly number[];
  /** null below a hundred gaps, where it would be the maximum by another name. */
  readonly p99_ms: readonly (number | null)[];
}

/** The fluidity index of answers, had each deadline been the one that counts; shares from 0 to 1, a column each. */
export interface FluidityCurves {
  /** How many the curves are of, and whether these are a part of all. */
  readonly answers: number;
  readonly sampled: boolean;
  /** The deadline of tables and gates. */
  readonly default_ms: number;
  /** Ascending; empty where no answer has an index. */
  readonly deadline_ms: readonly number[];
  readonly mean: readonly number[];
  readonly p5: readonly number[];
  /** Answers that meet 90 % of their deadlines. */
  readonly fluent: readonly number[];
}

export interface FailureExample {
  readonly kind: string;
  readonly count: number;
  readonly status: number | null;
  readonly detail: string;
  readonly index: number | null;
  readonly at_ms: number | null;
}

/** A gate or a threshold of k6, and how it came out. */
export interface ThresholdRow {
  /** k6's metric; null for a gate, whose expression names what it judges. */
  readonly metric: string | null;
  readonly expression: string;
  readonly ok: boolean;
  /** What was compared with the limit; null where nobody tells. */
  readonly value: number | null;
  readonly unit: string | null;
  /** Distance to the limit over the limit, above 0 on the passing side; null where there is none. */
  readonly margin_ratio: number | null;
  /** Why there is no value. */
  readonly note: string | null;
}

/** Whether a measurement can be believed, and why not. */
interface ReportValidity {
  readonly verdict: string;
  readonly reasons: readonly string[];
}

interface PageFacts {
  readonly model: string;
  /** Wall clock, ISO 8601; null without requests. */
  readonly started_at: string | null;
  readonly notes: readonly string[];
  /** Secrets masked. */
  readonly args: Readonly<Record<string, unknown>>;
}

/** Everything the page of one run shows. Bounded in size, however many requests there were. */
export interface RunReportData extends PageFacts {
  readonly kind: 'run';
  readonly summary: RunSummary;
  readonly validity: ReportValidity;
  readonly distributions: readonly Distribution[];
  readonly timeline: Timeline;
  readonly series: TimeSeries;
  /** A metric each; none where nothing completed or failed. */
  readonly goodput: readonly GoodputLines[];
  readonly itl_by_position: ItlByPosition;
  readonly fluidity: FluidityCurves;
  /** The longest gap of each answer that has gaps. */
  readonly longest_gaps: Curve;
  readonly ttft_by_input: TtftByInput;
  readonly requests: RequestList;
  readonly failures: readonly FailureExample[];
  readonly thresholds: readonly ThresholdRow[];
  /** What a flag asked for, and what went to each of several models, or URLs; the first cell of a row is a name. */
  readonly tables: readonly PageTable[];
  /** null where no server was asked. */
  readonly server: ServerOverTime | null;
  /** The rows of the table of intervals, and what belongs below it; null where nobody estimated them. */
  readonly statistics: { readonly rows: readonly (readonly string[])[]; readonly lines: readonly string[] } | null;
}

/** One run of a sweep. */
export interface SweepPagePoint extends PointLoad {
  /** Requests it was to send; null when bounded by time. */
  readonly number: number | null;
  /** Name of its folder in that of the sweep; null where nothing was sent, which leaves none. */
  readonly folder: string | null;
  /** Whether all thresholds and gates held; null without any, and when the point did not come to its end. */
  readonly meets_thresholds: boolean | null;
  /** The thresholds and gates that did not hold, as `llm_ttft: p(99)<450`. */
  readonly crossed: readonly string[];
  readonly validity: ReportValidity;
  readonly summary: RunSummary;
}

/** What a search compared with a limit, or looked for the most of, against the load. */
export interface SearchChartData {
  readonly title: string;
  readonly unit: string;
  readonly axis: string;
  readonly limit: number | null;
  readonly points: readonly {
    readonly load: number;
    readonly side: string;
    readonly value: number;
    readonly low: number | null;
    readonly high: number | null;
  }[];
  /** Where the answer lies; null without one, or without both limits. */
  readonly answer: { readonly low: number; readonly high: number } | null;
}

export interface SweepReportData extends PageFacts {
  readonly kind: 'sweep';
  /** Of a search; absent in a sweep. */
  readonly search?: readonly SearchChartData[];
  readonly points: readonly SweepPagePoint[];
  /** The best points, and what to be careful with. */
  readonly results: readonly string[];
}

/** One of repeated runs. */
export type RepeatedPageRun = Omit<SweepPagePoint, 'varies'>;

/** A number of repeated runs: how it differs from run to run. */
export interface SpreadChartData {
  readonly name: string;
  readonly title: string;
  /** Of the mean over the runs; null below three runs. */
  readonly low: number | null;
  readonly high: number | null;
  readonly mean: number;
  /** Coefficient of variation; null with one run, or at a mean of 0. */
  readonly cv: number | null;
  /** Each run that has the number, by its position from 1, with the interval within it. */
  readonly runs: readonly {
    readonly run: number;
    readonly value: number;
    readonly low: number | null;
    readonly high: number | null;
  }[];
}

export interface RepeatsReportData extends PageFacts {
  readonly kind: 'repeats';
  readonly runs: readonly RepeatedPageRun[];
  readonly spread: readonly SpreadChartData[];
  /** How many runs there were, and why there were no more. */
  readonly results: readonly string[];
}

/** Two runs beside each other, as texts that are ready to be shown, and what is drawn. */
export interface ComparisonSection {
  readonly title: string;
  readonly facts: readonly string[];
  readonly gates: readonly {
    readonly source: string;
    readonly state: 'passed' | 'unsure' | 'failed';
    readonly detail: string;
  }[];
  /** One text for each of the page's columns; the last one is the verdict. */
  readonly rows: readonly (readonly string[])[];
  /** Relative changes with their 95 % intervals: 0.1 is 10 % more. */
  readonly changes: readonly Change[];
  readonly curves: readonly CurvePair[];
}

export interface Change {
  readonly title: string;
  readonly verdict: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Shares (0 to 1) of the values up to a value, both ascending. */
export interface Curve {
  readonly values: readonly number[];
  readonly shares: readonly number[];
}

/** One metric of two runs. */
export interface CurvePair {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly base: Curve;
  readonly next: Curve;
}

export interface ComparisonReportData {
  readonly kind: 'comparison';
  readonly columns: readonly string[];
  readonly sections: readonly ComparisonSection[];
  readonly notes: readonly string[];
}

/** A number of a run with its 95 % interval; null where there is none. */
export type NumberWithInterval = readonly [value: number | null, low: number | null, high: number | null];

/** What came of a run among others. */
export interface RunOutcome extends PointLoad {
  readonly model: string | null;
  readonly dataset: string | null;
  readonly verdict: string;
  /** Thresholds and gates, and how many of them were crossed. */
  readonly conditions: number;
  readonly crossed: number;
  /** One for each of the index's metrics. */
  readonly numbers: readonly NumberWithInterval[];
}

/** A run among others, as an index lists it. */
export interface IndexedRun extends RunOutcome {
  /** Below the folder of the index, with `/` between. */
  readonly path: string;
  /** The run's page, relative to the index and escaped as a URL; null where there is none. */
  readonly href: string | null;
  /** The page of the sweep that it is a point of. */
  readonly sweep_href: string | null;
  /** What `compare` takes, quoted for a shell; null where the folder holds no records to compare. */
  readonly compared_as: string | null;
  /** ISO. */
  readonly started_at: string;
}

/** A metric of runs and how it is written in a condition: `p99(ttft)`. */
export interface IndexedMetric {
  readonly name: string;
  readonly title: string;
  readonly unit: MetricUnit;
}

export interface IndexReportData {
  readonly kind: 'index';
  /** The folder as it was named. */
  readonly folder: string;
  readonly metrics: readonly IndexedMetric[];
  /** The oldest first. */
  readonly runs: readonly IndexedRun[];
  readonly skipped: readonly { readonly path: string; readonly why: string }[];
}

export type PageData = RunReportData | SweepReportData | RepeatsReportData | ComparisonReportData | IndexReportData;

/** As a page holds it: with the version of this program that made it. */
export type VersionedPageData = PageData & { readonly version: string };
