import type { GroupHead } from '../report/json/group-head.ts';
import { successRatio, tokensPerUser } from '../stats/run-summary.ts';
import { type BestPoints, findBestPoints } from './best-points.ts';
import type { PlannedPoint } from './plan-sweep.ts';
import type { SweepPoint } from './sweep-point.ts';

/** A point by its name: enough to find it among `points`. */
type PointName = Pick<SweepPoint, 'varies' | 'parallel' | 'rate' | 'number' | 'folder'>;

/** The content of `sweep.json`: everything about a sweep in base units and unrounded, for programs. */
export interface SweepFile extends GroupHead {
  readonly sleep_interval_s: number;
  /** The configuration that all points share, secrets masked; what varies and `number` are lists. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly points: readonly (SweepPoint & {
    readonly success_ratio: number | null;
    readonly output_tokens_per_s_per_user: number | null;
  })[];
  readonly best: { readonly [Kind in keyof BestPoints]: PointName | null };
}

/** What a sweep is beside its points. */
export interface SweepFacts extends Pick<SweepFile, 'sleep_interval_s' | 'args'> {
  readonly head: GroupHead;
  readonly planned: readonly PlannedPoint[];
}

export function buildSweepFile(points: readonly SweepPoint[], facts: SweepFacts): SweepFile {
  const { throughput, latency, thresholds } = findBestPoints(points);
  const { planned } = facts;
  return {
    ...facts.head,
    sleep_interval_s: facts.sleep_interval_s,
    args: {
      ...facts.args,
      ...listLoads(planned),
      number: planned.map(({ number }) => (number === null ? null : Number(number))),
    },
    points: points.map((point) => ({
      ...point,
      success_ratio: successRatio(point.summary),
      output_tokens_per_s_per_user: tokensPerUser(point.summary),
    })),
    best: { throughput: nameOf(throughput), latency: nameOf(latency), thresholds: nameOf(thresholds) },
  };
}

function nameOf(point: SweepPoint | null): PointName | null {
  if (point === null) return null;
  const { varies, parallel, rate, number, folder } = point;
  return { varies, parallel, rate, number, folder };
}

function listLoads(planned: readonly PlannedPoint[]): Readonly<Record<string, readonly (number | string)[]>> {
  const list = (varies: PlannedPoint['varies']): Record<string, (number | string)[]> => {
    const loads = planned.filter((point) => point.varies === varies).map(({ load }) => load);
    return loads.length === 0 ? {} : { [varies]: loads.map((load) => (load === 'inf' ? load : Number(load))) };
  };
  return { ...list('parallel'), ...list('rate') };
}
