import { hasTimings } from '../metrics/metric.ts';
import { median } from '../shared/median.ts';
import type { Milliseconds } from '../shared/units.ts';
import { listRequests, type RunData } from './run-data.ts';
import { sortGaps } from './sorted-gaps.ts';
import { type SortedValues, sortValues } from './sorted-values.ts';

/**
 * What a hand-over from prefill to decode, as between servers that share out the two, adds to an answer. The formulas are
 * those of evalscope 1.14, `--enable-pd-metrics`.
 */
export interface HandOvers {
  /** The first gap between two outputs, of each answer that has one. */
  readonly latency: SortedValues;
  /** How far it is beyond the median of the later gaps, of each answer that has such. */
  readonly overhead: SortedValues;
  /** All later gaps, pooled. */
  readonly steady: SortedValues;
}

export function sortHandOvers(run: RunData): HandOvers {
  const requests = listRequests(run, hasTimings).filter(testOrder(run));
  const latency = new Float64Array(requests.length);
  const overhead = new Float64Array(requests.length);
  requests.forEach((request, place) => {
    const gaps = run.gaps.of(request);
    latency[place] = gaps[0] as Milliseconds;
    overhead[place] = computeOverhead(gaps) ?? Number.NaN;
  });
  const { gaps } = run;
  const later = { ...gaps, counts: gaps.counts.map((count) => Math.max(0, count - 1)), of: lateGaps };
  function lateGaps(request: number): Float64Array {
    return gaps.of(request).subarray(1);
  }
  return { latency: sortValues(latency), overhead: sortValues(overhead), steady: sortGaps(later, requests) };
}

/** Tells whether a request has gaps in the order of its outputs: those of several answers in one request are pooled. */
export function testOrder({ gaps: { counts }, column }: RunData): (request: number) => boolean {
  const chunks = column('chunks');
  return (request) => {
    const count = counts[request] as number;
    return count > 0 && chunks[request] === count + 1;
  };
}

/**
 * The first gap beyond the median of the later ones, at least 0; null without later ones. Sorts only where it is beyond: in
 * half of the answers at most, usually.
 */
export function computeOverhead(gaps: Float64Array): Milliseconds | null {
  const [first, later] = [gaps[0] as Milliseconds, gaps.subarray(1)];
  if (later.length === 0) return null;
  let above = 0;
  for (let i = 0; i < later.length; i++) if ((later[i] as Milliseconds) >= first) above++;
  return above > later.length / 2 ? 0 : Math.max(0, first - median(later));
}
