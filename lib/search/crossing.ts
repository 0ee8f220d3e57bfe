import type { GateMargin, Margin } from './gate-side.ts';

/** A load that was resolved, and how far each gate is from its limit there. */
export interface MeasuredLoad {
  readonly load: number;
  /** One for each gate; empty: nothing but the load's side is known. */
  readonly margins: readonly GateMargin[];
}

/** Where the first gate is crossed: at least at `low`, at most at `high`. */
export interface Crossing {
  readonly low: number;
  readonly best: number;
  readonly high: number;
}

/**
 * How many standard errors each end is from the line, for 97.5 %. They would be 1.96 if errors were known and loads chosen
 * beforehand; but those of requests that depend on each other are somewhat short, and a probe ends when it looks sure, which
 * is when it is off (docs/statistics.md has the simulation).
 */
const SURE = 3.5;
/** In how many steps the way between the two loads is looked at. */
const STEPS = 200;

/**
 * Where between two resolved loads the first gate is crossed, by the line through what they measured, and
 * the loads between them that were too near to be resolved: no requests beyond those are needed.
 *
 * The margin of each gate is fitted over the logarithm of the load by weighted least squares (weights 1 / variance). The
 * gate may be crossed wherever the line's own interval holds 0 (calibration by Fieller 1954). A gate whose margin is not known
 * holds between two loads at which it holds, and otherwise may be crossed anywhere between them.
 * @param low  the largest load at which all gates hold for sure
 * @param high the smallest at which one is crossed for sure
 * @param measured those two, and the loads between them
 */
export function findCrossing(low: MeasuredLoad, high: MeasuredLoad, measured: readonly MeasuredLoad[]): Crossing {
  const [from, to] = [Math.log(low.load), Math.log(high.load)];
  const found = high.margins.map((end, gate) => {
    const begin = low.margins[gate];
    if (begin?.margin == null || end.margin === null) {
      const isCrossed = end.side !== 'holds' || begin?.side !== 'holds';
      return isCrossed ? { low: 0, best: 0.5, high: 1 } : { low: 1, best: 1, high: 1 };
    }
    const points = measured.flatMap(({ load, margins }) => {
      const margin = margins[gate]?.margin;
      return margin == null ? [] : [{ at: (Math.log(load) - from) / (to - from), ...margin }];
    });
    return crossLine(fitLine(points));
  });
  const least = (end: keyof Crossing): number => Math.min(1, ...found.map((each) => each[end]));
  const loadAt = (share: number): number => Math.exp(from + share * (to - from));
  // Without margins nothing is known but the two.
  if (found.length === 0) return { low: low.load, best: loadAt(0.5), high: high.load };
  return { low: loadAt(least('low')), best: loadAt(least('best')), high: loadAt(least('high')) };
}

/** Where a line over 0 to 1 may reach 0; 1 where it does not. */
function crossLine(line: (at: number) => Margin): Crossing {
  const first = (isThere: (margin: Margin) => boolean): number => {
    for (let step = 0; step <= STEPS; step++) if (isThere(line(step / STEPS))) return step / STEPS;
    return 1;
  };
  return {
    low: Math.max(0, first(({ value, sd }) => value - SURE * sd <= 0) - 1 / STEPS),
    best: first(({ value }) => value <= 0),
    high: first(({ value, sd }) => value + SURE * sd < 0),
  };
}

/** The line of weighted least squares through points of known spread, with the standard error of its value. */
function fitLine(points: readonly (Margin & { readonly at: number })[]): (at: number) => Margin {
  const weights = points.map(({ sd }) => 1 / Math.max(sd, Number.EPSILON) ** 2);
  const sum = (of: (at: number, value: number) => number): number =>
    points.reduce((all, { at, value }, i) => all + (weights[i] as number) * of(at, value), 0);
  const weight = sum(() => 1);
  const centre = sum((at) => at) / weight;
  const level = sum((_, value) => value) / weight;
  const squares = sum((at) => (at - centre) ** 2);
  const slope = sum((at, value) => (at - centre) * (value - level)) / squares;
  return (at) => ({
    value: level + slope * (at - centre),
    sd: Math.sqrt(1 / weight + (at - centre) ** 2 / squares),
  });
}
