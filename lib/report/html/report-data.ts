import type { RunSummary } from '../../stats/run-summary.ts';

/** The metrics whose distributions are drawn. */
export type DistributionMetric = 'ttft' | 'itl' | 'tpot' | 'latency';

/** A metric's values as two pictures: bins, and the share of values up to a value. All values in milliseconds. */
export interface Distribution {
  readonly metric: DistributionMetric;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** p50, p90 and p99, by the percentile rule of the tables. */
  readonly quantiles: readonly { readonly percent: number; readonly value: number }[];
  readonly histogram: Histogram;
  /** Rises from above 0 to 1. */
  readonly ecdf: { readonly values: readonly number[]; readonly shares: readonly number[] };
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
  /** Mean number of requests under way. */
  readonly in_flight: readonly number[];
  /** The longest lag of the client's timers that a request in the window tells of. */
  readonly lag_max_ms: readonly (number | null)[];
}

/** Some of the requests, or all, a column each; milliseconds on the run's clock. */
export interface Timeline {
  /** Requests of the run; more than are listed when they were sampled. */
  readonly total: number;
  readonly sampled: boolean;
  /** Rows so that no two bars of one row overlap. */
  readonly lane: readonly number[];
  readonly index: readonly number[];
  readonly start_ms: readonly number[];
  readonly first_ms: readonly (number | null)[];
  readonly end_ms: readonly number[];
  readonly ttft_ms: readonly (number | null)[];
  readonly input_tokens: readonly (number | null)[];
  readonly output_tokens: readonly (number | null)[];
  /** null: completed, or cancelled. */
  readonly failure: readonly (string | null)[];
  /** 1 for requests that warmed the service up. */
  readonly warmup: readonly number[];
  /** 1 for requests that were cancelled on purpose, neither completed nor failed. */
  readonly cancelled: readonly number[];
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

interface ReportValidity {
  readonly verdict: string;
  readonly reasons: readonly string[];
}

/** Everything the page of one run shows. Bounded in size, however many requests there were. */
export interface RunReportData {
  readonly kind: 'run';
  readonly version: string;
  readonly model: string;
  /** Wall clock, ISO 8601; null without requests. */
  readonly started_at: string | null;
  readonly summary: RunSummary;
  readonly validity: ReportValidity;
  readonly distributions: readonly Distribution[];
  readonly timeline: Timeline;
  readonly series: TimeSeries;
  readonly itl_by_position: ItlByPosition;
  readonly failures: readonly FailureExample[];
  readonly thresholds: readonly ThresholdRow[];
  /** 95 % intervals and the steady state, as texts; null where nobody estimated them. */
  readonly statistics: { readonly rows: readonly (readonly string[])[]; readonly lines: readonly string[] } | null;
  readonly notes: readonly string[];
  /** Secrets masked. */
  readonly args: Readonly<Record<string, unknown>>;
}

/** One run of a sweep. */
export interface SweepPoint {
  readonly parallel: number;
  /** Requests sent; null when bounded by time. */
  readonly number: number | null;
  /** Requests/s of an open-loop run; null in a closed loop. */
  readonly rate: number | null;
  readonly summary: RunSummary;
}

export interface SweepReportData {
  readonly kind: 'sweep';
  readonly version: string;
  readonly model: string;
  readonly started_at: string | null;
  readonly points: readonly SweepPoint[];
  readonly notes: readonly string[];
  readonly args: Readonly<Record<string, unknown>>;
}

export type PageData = RunReportData | SweepReportData;
