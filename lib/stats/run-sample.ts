import type { RequestRecord } from '../measure/request-record.ts';
import { computeRate } from '../metrics/rate.ts';
import type { Milliseconds } from '../shared/units.ts';
import { createDoubles, createFloats, type GrowableFloats } from './growable-floats.ts';

/** The columns of a sample that hold one number a request; NaN where a request has no value. */
interface RequestColumns<T> {
  readonly start: T;
  readonly end: T;
  /** 1 completed, 0 failed, NaN cancelled. */
  readonly completed: T;
  readonly ttft: T;
  readonly tpot: T;
  readonly latency: T;
  /** Output tokens of a completed request. */
  readonly outputTokens: T;
  /** Per request: output tokens / latency, per second. */
  readonly throughput: T;
  /** Chunks that carry output. */
  readonly chunks: T;
  /** Where the request's gaps begin and end in `gaps`. */
  readonly gapsFrom: T;
  readonly gapsTo: T;
}

/** The requests of a run as columns of numbers, in the order in which they ended; warm-up requests are not among them. */
export interface RunSample extends RequestColumns<Float64Array> {
  readonly count: number;
  /** Gaps between chunks (ms), in the order the records came in. */
  readonly gaps: Float32Array;
  /** Requests that were sent and left no record: failures without times. */
  readonly unfinished: number;
  /** First start of a request; null without requests. */
  readonly firstStart: Milliseconds | null;
}

/** Takes the records of a run in any order. */
export interface SampleBuilder {
  add(record: RequestRecord): void;
  build(unfinishedRequests?: number): RunSample;
}

/**
 * Keeps of a run what resampling needs: which values belong to one request, and which requests are neighbours in time.
 *
 * About 90 bytes a request and 4 a gap. Which requests count for what is as in the tables: timings of completed requests
 * within which the clock was not set, success of all.
 */
export function createSampleBuilder(): SampleBuilder {
  const columns: RequestColumns<GrowableFloats<Float64Array>> = {
    start: createDoubles(),
    end: createDoubles(),
    completed: createDoubles(),
    ttft: createDoubles(),
    tpot: createDoubles(),
    latency: createDoubles(),
    outputTokens: createDoubles(),
    throughput: createDoubles(),
    chunks: createDoubles(),
    gapsFrom: createDoubles(),
    gapsTo: createDoubles(),
  };
  const gaps = createFloats();

  return {
    add(record) {
      if (record.warmup === true) return;
      const completed = record.outcome === 'completed';
      const timed = completed && record.clock_steps === undefined;
      const timing = (value: number | null): number => (timed && value !== null ? value : Number.NaN);
      columns.start.push(record.start_ms);
      columns.end.push(record.end_ms);
      columns.completed.push(record.outcome === 'cancelled' ? Number.NaN : completed ? 1 : 0);
      columns.ttft.push(timing(record.ttft_ms));
      columns.tpot.push(timing(record.tpot_ms));
      columns.latency.push(timing(record.latency_ms));
      columns.outputTokens.push(completed ? (record.output_tokens ?? Number.NaN) : Number.NaN);
      columns.throughput.push(timing(computeRate(record.output_tokens, record.latency_ms)));
      columns.chunks.push(completed && record.ttft_rule !== 'first-byte' ? (record.chunks ?? Number.NaN) : Number.NaN);
      columns.gapsFrom.push(gaps.length);
      if (timed) for (const gap of record.chunk_gaps_ms) gaps.push(gap);
      columns.gapsTo.push(gaps.length);
    },
    build(unfinishedRequests = 0) {
      const order = orderBy(columns.end.values());
      const take = (column: GrowableFloats<Float64Array>): Float64Array => permute(column.values(), order);
      return {
        count: order.length,
        gaps: gaps.values(),
        unfinished: unfinishedRequests,
        firstStart: order.length === 0 ? null : minimum(columns.start.values()),
        start: take(columns.start),
        end: take(columns.end),
        completed: take(columns.completed),
        ttft: take(columns.ttft),
        tpot: take(columns.tpot),
        latency: take(columns.latency),
        outputTokens: take(columns.outputTokens),
        throughput: take(columns.throughput),
        chunks: take(columns.chunks),
        gapsFrom: take(columns.gapsFrom),
        gapsTo: take(columns.gapsTo),
      };
    },
  };
}

/** The positions of values in ascending order; equal values keep theirs. */
export function orderBy(values: Float64Array): Uint32Array {
  return Uint32Array.from(values, (_, index) => index).sort((a, b) => (values[a] as number) - (values[b] as number));
}

function permute(values: Float64Array, order: Uint32Array): Float64Array {
  return Float64Array.from(order, (index) => values[index] as number);
}

function minimum(values: Float64Array): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
}
