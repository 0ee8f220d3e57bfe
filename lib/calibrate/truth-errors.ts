import { chunkTimes } from '../measure/chunk-times.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import type { Milliseconds } from '../shared/units.ts';

/** What a server really did with one request, on its own clock. */
export interface RequestTruth {
  readonly arrivalMs: Milliseconds;
  /** When the write of each event that carries output began; no reader can have it before. */
  readonly writesMs: readonly Milliseconds[];
  /** When each of them had been handed to the network. */
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
  /**
   * From the client's start to the arrival at the server: making the connection and sending the request. It is part of
   * TTFT and latency, as a user waits for it, too, and no error of theirs.
   */
  readonly sending: ErrorSummary;
  /** p99, over requests, of how late the server was: beyond a few milliseconds the machine could not keep the pace. */
  readonly server_late_p99_ms: Milliseconds;
}

/** Measured times and the true ones, each at the same place; ITL gap by gap. */
export type TimesBeside = Readonly<
  Record<CheckedMetric, { readonly measured: Milliseconds[]; readonly true: Milliseconds[] }>
>;

/** A record and its request's truth, and when the client saw what the truth has, on its own clock. */
interface Pair {
  readonly record: RequestRecord;
  readonly truth: RequestTruth;
  /** Each output. */
  readonly seenMs: readonly Milliseconds[];
  readonly lastSeenMs: Milliseconds;
}

/**
 * Compares what was measured with what a server on the same machine knows it did.
 *
 * TPOT and ITL are differences and need no common clock. TTFT and latency are compared as they are defined, from the
 * client's start to the server's write, on the client's clock: see {@link estimateOffset}.
 * @param truthOf the truth of a record's request
 * @throws {Error} when a request failed, or when record and truth differ in the number of chunks: then something else than
 *   timing is wrong
 */
export function compareWithTruth(
  records: readonly RequestRecord[],
  truthOf: (record: RequestRecord) => RequestTruth,
): TruthErrors {
  const pairs = records.map((record) => pairUp(record, truthOf(record)));
  const offset = estimateOffset(pairs);
  const times = collectTimes(pairs, offset);
  const errorsOf = (metric: CheckedMetric): ErrorSummary =>
    summarizeErrors(times[metric].measured.map((value, i) => Math.abs(value - (times[metric].true[i] as number))));
  return {
    requests: records.length,
    errors: { ttft: errorsOf('ttft'), itl: errorsOf('itl'), tpot: errorsOf('tpot'), latency: errorsOf('latency') },
    sending: summarizeErrors(pairs.map(({ record, truth }) => truth.arrivalMs + offset - record.start_ms)),
    server_late_p99_ms: quantile(sorted(pairs.map(({ truth }) => truth.maxLateMs)), 0.99),
  };
}

/** The times that {@link compareWithTruth} compares. */
export function placeBeside(
  records: readonly RequestRecord[],
  truthOf: (record: RequestRecord) => RequestTruth,
): TimesBeside {
  const pairs = records.map((record) => pairUp(record, truthOf(record)));
  return collectTimes(pairs, estimateOffset(pairs));
}

function pairUp(record: RequestRecord, truth: RequestTruth): Pair {
  const { index, failure, start_ms, ttft_ms, latency_ms, chunk_gaps_ms } = record;
  if (failure !== null) throw new Error(`request ${index} failed: ${failure.detail}`);
  if (ttft_ms === null || latency_ms === null || chunk_gaps_ms.length !== truth.outputsMs.length - 1) {
    throw new Error(`request ${index}: ${chunk_gaps_ms.length + 1} chunks measured, ${truth.outputsMs.length} sent`);
  }
  const seenMs = chunkTimes({ first_output_ms: ttft_ms, chunk_gaps_ms }, start_ms);
  return { record, truth, seenMs, lastSeenMs: start_ms + latency_ms };
}

/**
 * What to add to a time of the server to have it on the client's clock: the shortest time that any event of the run seems to
 * have taken, from the beginning of its write to the client's stamp.
 *
 * It is too much by what that fastest event really took, some hundredths of a millisecond on one machine, and never too
 * little. (The minimum filter of clock synchronisation, as in RFC 5905, 10; on one machine clocks run at one rate.)
 */
function estimateOffset(pairs: readonly Pair[]): Milliseconds {
  let least = Number.POSITIVE_INFINITY;
  for (const { truth, seenMs } of pairs) {
    for (let i = 0; i < seenMs.length; i++) {
      least = Math.min(least, (seenMs[i] as Milliseconds) - (truth.writesMs[i] as Milliseconds));
    }
  }
  return least;
}

function collectTimes(pairs: readonly Pair[], offset: Milliseconds): TimesBeside {
  const times: TimesBeside = { ttft: none(), itl: none(), tpot: none(), latency: none() };
  const add = (metric: CheckedMetric, measured: Milliseconds, truth: Milliseconds): void => {
    times[metric].measured.push(measured);
    times[metric].true.push(truth);
  };
  for (const { record, truth, seenMs, lastSeenMs } of pairs) {
    const { start_ms, tpot_ms, chunk_gaps_ms } = record;
    const { outputsMs, lastChunkMs, outputTokens } = truth;
    const firstMs = outputsMs[0] as Milliseconds;
    add('ttft', (seenMs[0] as Milliseconds) - start_ms, firstMs + offset - start_ms);
    add('latency', lastSeenMs - start_ms, lastChunkMs + offset - start_ms);
    if (tpot_ms !== null) add('tpot', tpot_ms, (lastChunkMs - firstMs) / (outputTokens - 1));
    for (let i = 0; i < chunk_gaps_ms.length; i++) {
      add('itl', chunk_gaps_ms[i] as Milliseconds, (outputsMs[i + 1] as number) - (outputsMs[i] as number));
    }
  }
  return times;
}

function none(): { measured: Milliseconds[]; true: Milliseconds[] } {
  return { measured: [], true: [] };
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
