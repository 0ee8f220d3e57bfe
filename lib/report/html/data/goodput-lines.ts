import type { GoodputCurve } from '../../../stats/goodput-curve.ts';
import type { GoodputLines } from '../report-data.ts';
import { chooseRanks } from './distribution.ts';
import { rounded } from './nice-step.ts';

/** A curve with as many points as a line on a screen needs. */
export function drawGoodput({ metric, judged, values, tokens, timeTakenMs }: GoodputCurve): GoodputLines {
  const ranks = chooseRanks(values.length);
  const limits = ranks.map((rank) => rounded(values[rank - 1] as number));
  const perSecond = (rank: number): number => rounded(((tokens?.[rank - 1] || 0) / (timeTakenMs ?? Number.NaN)) * 1000);
  return {
    metric,
    judged,
    requests: { values: limits, shares: ranks.map((rank) => rank / judged) },
    tokens:
      tokens === null || timeTakenMs === null || timeTakenMs <= 0
        ? null
        : { values: limits, per_s: ranks.map(perSecond) },
  };
}
