import { describeLoad, type PointLoad } from '../html/point-load.ts';

/** What is said of whether the measurement at a load can be believed. */
interface JudgedPoint extends PointLoad {
  readonly validity: { readonly verdict: string; readonly reasons: readonly string[] };
}

/** A line for each of several loads whose measurement is not VALID. */
export function describeDoubts(points: readonly JudgedPoint[]): string[] {
  return points
    .filter(({ validity }) => validity.verdict !== 'VALID')
    .map(
      (point) =>
        `Measurement at ${describeLoad(point)}: ${point.validity.verdict}: ${point.validity.reasons.join('; ')}`,
    );
}
