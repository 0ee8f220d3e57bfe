import type { GoodputMeasure } from '../conditions/gate-names.ts';
import type { RequestLimit } from '../conditions/gates.ts';
import { holds } from '../conditions/operators.ts';
import { divide } from '../shared/divide.ts';
import { readGoodputValues } from '../stats/goodput-curve.ts';
import { type LabelFilter, listRequests, numberAt, type RunData } from '../stats/run-data.ts';

/**
 * Counts the requests that complete and meet every limit at once, as a share or per second.
 *
 * A completed answer of a single token, or in a single chunk, has no pace, so it keeps every limit on the pace (as in
 * vLLM, which takes its TPOT for 0). Any other missing number meets no limit: what was not measured is not good.
 * @param unfinished requests without a record, which are not good
 */
export function computeGoodput(
  run: RunData,
  isMeant: LabelFilter,
  measure: GoodputMeasure,
  limits: readonly RequestLimit[],
  unfinished: number,
): number | null {
  const finished = listRequests(run, (label) => label.outcome !== 'cancelled' && isMeant(label)).length;
  const good = listGoodRequests(run, isMeant, limits);
  const sent = finished + unfinished;
  if (measure === 'goodput') return divide(good.length, sent);
  const { timeTaken } = run;
  if (finished === 0 || timeTaken === null || timeTaken <= 0) return null;
  if (measure === 'goodput_per_s') return (good.length / timeTaken) * 1000;
  const outputTokens = run.column('output_tokens');
  const counted = good.filter((request) => !Number.isNaN(outputTokens[request]));
  if (good.length > 0 && counted.length === 0) return null;
  return (counted.reduce((sum, request) => sum + (outputTokens[request] as number), 0) / timeTaken) * 1000;
}

/** The places of the requests that complete and meet every limit. */
export function listGoodRequests(run: RunData, isMeant: LabelFilter, limits: readonly RequestLimit[]): Uint32Array {
  const checks = limits.map((limit) => checkLimit(run, limit));
  return listRequests(run, (label) => label.outcome === 'completed' && isMeant(label)).filter((request) =>
    checks.every((meets) => meets(request)),
  );
}

/** Whether a request, by its place, meets a limit. */
function checkLimit(run: RunData, { metric, parameter, operator, limit }: RequestLimit): (request: number) => boolean {
  const values = readGoodputValues(run, metric, parameter);
  return (request) => {
    const value = numberAt(values, request);
    return value !== null && holds(value, operator, limit);
  };
}
