import type { Gate } from '../conditions/gates.ts';
import type { RequestMetricName } from '../metrics/request-metrics.ts';
import type { Milliseconds } from '../shared/units.ts';
import { type LabelFilter, listRequests, type RunData, sortSelected } from '../stats/run-data.ts';
import { createSliceSorter, cutByStart } from '../stats/run-slices.ts';
import { adviseSampleSize, requestsFor } from '../stats/sample-size.ts';
import { adjustValues, chooseRequests } from './judge-gates.ts';
import { matchesTags } from './record-tags.ts';

/** A percentile that a gate judges by, and the requests that it is taken of. */
interface Judged {
  readonly percent: number;
  readonly requests: number;
  readonly has: string;
}

/**
 * The advice on the gate that has fewest of the requests that its percentile needs: of a selection, or of the smallest slice,
 * these are not those of the run. Gaps are not counted, of which there are many in a request.
 *
 * @returns null where all have enough
 */
export function adviseGates(gates: readonly Gate[], run: RunData, sliceMs: Milliseconds): string | null {
  const judged = gates.flatMap((gate) => listJudged(gate, run, sliceMs));
  const [fewest] = judged
    .map((one) => ({ ...one, needed: requestsFor(one.percent) }))
    .filter(({ needed, requests }) => requests > 0 && Number.isFinite(needed))
    .map((one) => ({ ...one, share: one.requests / one.needed }))
    .sort((a, b) => a.share - b.share);
  return fewest === undefined ? null : adviseSampleSize([fewest.percent], fewest.requests, fewest.has);
}

function listJudged(gate: Gate, all: RunData, sliceMs: Milliseconds): Judged[] {
  const { measure, tags } = gate;
  const run = chooseRequests(gate, all);
  if (
    run === null ||
    measure.type !== 'statistic' ||
    measure.metric === 'itl' ||
    measure.statistic.method !== 'percentile'
  )
    return [];
  const { metric, statistic, adjusted } = measure;
  const isMeant: LabelFilter = (label) => matchesTags(label, tags);
  const { percentile: percent } = statistic;
  if (measure.worstSlice !== true) {
    const has = tags.length === 0 ? 'this run has' : 'of those that the gate is about there are';
    const requests = adjusted ? countAdjusted(run, metric, isMeant) : sortSelected(run, metric, isMeant).length;
    return [{ percent, has, requests }];
  }
  const sort = createSliceSorter(run, metric, { isMeant });
  const sizes = cutByStart(run, sliceMs)
    .map((slice) => sort(slice).length)
    .filter((size) => size > 0);
  if (sizes.length === 0) return [];
  return [{ percent, has: 'the smallest slice has', requests: sizes.reduce((a, b) => Math.min(a, b)) }];
}

/** Failed requests are among the adjusted ones, cancelled ones are not. */
function countAdjusted(run: RunData, metric: RequestMetricName, isMeant: LabelFilter): number {
  const values = adjustValues(run, metric);
  return listRequests(run, isMeant).filter((request) => !Number.isNaN(values[request])).length;
}
