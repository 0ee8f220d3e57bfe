import type { RequestRecord } from '../measure/request-record.ts';
import type { Milliseconds } from '../shared/units.ts';

/** What a server really did with one request, on its own clock. */
export interface RequestTruth {
  readonly arrivalMs: Milliseconds;
  /** When each event that carries output had been handed to the network. */
  readonly outputsMs: readonly Milliseconds[];
  /** The same of the last event that carries a chunk, usage included. */
  readonly lastChunkMs: Milliseconds;
  readonly outputTokens: number;
  /** How late the server's latest write was against its own plan. */
  readonly maxLateMs: Milliseconds;
}

/** How far measured times are from true ones, without sign. */
export interface ErrorSummary {
  readonly count: number;
  readonly median_ms: Milliseconds;
  readonly p99_ms: Milliseconds;
  readonly max_ms: Milliseconds;
}

/** The metrics whose truth a server can tell. */
export const CHECKED_METRICS = ['ttft', 'itl', 'tpot', 'latency'] as const;
export type CheckedMetric = (typeof CHECKED_METRICS)[number];

/** Errors of one run. */
export interface TruthErrors {
  readonly requests: number;
  readonly errors: Readonly<Record<CheckedMetric, ErrorSummary>>;
  /** p99, over requests, of how late the server was: beyond a few milliseconds the machine could not keep the pace. */
  readonly server_late_p99_ms: Milliseconds;
}

/**
 * Compares what was measured with what a server knows it did.
 *
 * TTFT and latency are compared as a client means them: from just before sending. So their errors hold the way to the
 * server and back, making the connection included, which no client can tell from waiting. TPOT and ITL hold neither.
 * @param truthOf the truth of a record's request
 * @throws {Error} when a request failed, or when record and truth differ in the number of chunks: then something else than
 *   timing is wrong
 */
export function compareWithTruth(
  records: readonly RequestRecord[],
  truthOf: (record: RequestRecord) => RequestTruth,
): TruthErrors {
  const errors: Record<CheckedMetric, Milliseconds[]> = { ttft: [], itl: [], tpot: [], latency: [] };
  const late: Milliseconds[] = [];
  for (const record of records) {
    if (record.failure !== null) throw new Error(`request ${record.index} failed: ${record.failure.detail}`);
    const truth = truthOf(record);
    addErrors(errors, record, truth);
    late.push(truth.maxLateMs);
  }
  return {
    requests: records.length,
    errors: {
      ttft: summarizeErrors(errors.ttft),
      itl: summarizeErrors(errors.itl),
      tpot: summarizeErrors(errors.tpot),
      latency: summarizeErrors(errors.latency),
    },
    server_late_p99_ms: quantile(sorted(late), 0.99),
  };
}

function addErrors(
  errors: Record<CheckedMetric, Milliseconds[]>,
  record: RequestRecord,
  { arrivalMs, outputsMs, lastChunkMs, outputTokens }: RequestTruth,
): void {
  const gaps = record.chunk_gaps_ms;
  if (record.ttft_ms === null || record.latency_ms === null || gaps.length !== outputsMs.length - 1) {
    throw new Error(`request ${record.index}: ${gaps.length + 1} chunks measured, ${outputsMs.length} sent`);
  }
  const ttft = (outputsMs[0] as Milliseconds) - arrivalMs;
  const latency = lastChunkMs - arrivalMs;
  errors.ttft.push(Math.abs(record.ttft_ms - ttft));
  errors.latency.push(Math.abs(record.latency_ms - latency));
  if (record.tpot_ms !== null) errors.tpot.push(Math.abs(record.tpot_ms - (latency - ttft) / (outputTokens - 1)));
  for (let i = 0; i < gaps.length; i++) {
    const gap = (outputsMs[i + 1] as Milliseconds) - (outputsMs[i] as Milliseconds);
    errors.itl.push(Math.abs((gaps[i] as Milliseconds) - gap));
  }
}

function summarizeErrors(values: readonly Milliseconds[]): ErrorSummary {
  const ascending = sorted(values);
  return {
    count: values.length,
    median_ms: quantile(ascending, 0.5),
    p99_ms: quantile(ascending, 0.99),
    max_ms: ascending.at(-1) ?? 0,
  };
}

function sorted(values: readonly number[]): readonly number[] {
  return [...values].sort((a, b) => a - b);
}

/** `sorted[int(N*p)]`, the rule of the tables; 0 for no value. */
function quantile(ascending: readonly number[], p: number): number {
  return ascending[Math.min(Math.floor(ascending.length * p), ascending.length - 1)] ?? 0;
}
