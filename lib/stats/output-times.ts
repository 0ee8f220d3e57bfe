import type { Milliseconds } from '../shared/units.ts';
import { testOrder } from './hand-over.ts';
import { numberAt, type RunData } from './run-data.ts';

/** When the output of a completed request came: an equal part of its tokens with each of its chunks. */
export interface OutputTimes {
  /** On the records' clock; of an answer whose chunks nobody saw its end. */
  readonly first: Milliseconds;
  /** From each chunk to the next. */
  readonly gaps: Float64Array;
}

/** Of several answers in one request no record holds the order of the chunks: as many, evenly from the first to the last. */
export function createOutputTimes(run: RunData): (request: number) => OutputTimes {
  const [starts, ends, firsts] = [run.column('start_ms'), run.column('end_ms'), run.column('first_output_ms')];
  const [latency, rest] = [run.column('latency'), run.column('after_output')];
  const isOrdered = testOrder(run);
  const none = new Float64Array();
  return (request) => {
    const sinceStart = numberAt(firsts, request);
    if (sinceStart === null) return { first: ends[request] as Milliseconds, gaps: none };
    const first = (starts[request] as Milliseconds) + sinceStart;
    if (isOrdered(request)) return { first, gaps: run.gaps.of(request) };
    const parts = run.gaps.counts[request] as number;
    const span = (latency[request] as Milliseconds) - (numberAt(rest, request) ?? 0) - sinceStart;
    return { first, gaps: new Float64Array(parts).fill(Math.max(0, span / parts)) };
  };
}
