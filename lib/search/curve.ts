import type { SearchAnswer, SearchPlan, SearchStep } from './search.ts';
import { nextSlaStep } from './sla-steps.ts';

/** A number with its 95 % interval; without limits where there were too few requests. */
export interface ReachedRate {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** A load that was measured for what it reached: requests/s, or good ones. */
export interface CurveProbe {
  readonly load: number;
  /** null: nothing completed. */
  readonly reached: ReachedRate | null;
}

/** Twice the users that bring less than so much more, two times in a row, bring nothing. */
const LEAST_GAIN = 0.05;

/**
 * What to measure next for the knee: users double until that surely brings no more requests per second two times in a row.
 *
 * The knee is where two lines meet: throughput in proportion to the users, as one user alone has it, and the most that the
 * service does. Beyond it users wait for each other (the asymptotic bounds of operational analysis, N* = C / X(1)).
 */
export function nextKneeStep({ first, most }: SearchPlan, probes: readonly CurveProbe[]): SearchStep {
  const last = probes.at(-1);
  if (last === undefined) return { state: 'probe', load: first, kind: 'measure' };
  const isFlat = probes.length > 2 && [-1, -2].every((at) => !hasGrown(probes.slice(0, probes.length + at + 1)));
  if (last.load < most && !isFlat) {
    return { state: 'probe', load: Math.min(most, last.load * 2), kind: 'measure' };
  }
  return { state: 'done', answer: findKnee(probes, isFlat) };
}

/** Whether the last load surely reached more than every one before: what recovers from a dip has not grown. */
function hasGrown(probes: readonly CurveProbe[]): boolean {
  const [last, most] = [probes.at(-1)?.reached, highest(probes.slice(0, -1))?.reached?.value ?? 0];
  return last != null && last.value >= most * (1 + LEAST_GAIN) && (last.low ?? last.value) > most;
}

function findKnee(probes: readonly CurveProbe[], isFlat: boolean): SearchAnswer {
  const [one] = probes;
  const top = highest(probes);
  if (one?.reached == null || top?.reached == null) return { found: 'none', low: null, high: null, best: null };
  if (!isFlat) return { found: 'all', low: probes.at(-1)?.load ?? null, high: null, best: probes.at(-1)?.load ?? null };
  const each = { low: one.reached.low, value: one.reached.value, high: one.reached.high };
  const meet = (most: number | null, rate: number | null): number | null =>
    most === null || rate === null || rate <= 0 ? null : Number(((most * one.load) / rate).toPrecision(3));
  return {
    found: 'between',
    low: meet(top.reached.low, each.high),
    high: meet(top.reached.high, each.low),
    best: meet(top.reached.value, each.value),
  };
}

/** What to measure next for the most good requests per second: up while it grows, then between, as if there were one peak. */
export function nextBestStep({ first, least, most }: SearchPlan, probes: readonly CurveProbe[]): SearchStep {
  const known = new Map(probes.map(({ load, reached }) => [load, reached?.value ?? 0]));
  const step = nextSlaStep({ goal: 'best', first, lower: least, upper: most }, known);
  const top = highest(probes);
  // Near the peak all loads are alike: a tenth either way is as near as their intervals tell.
  const isNear = step.state === 'probe' && top !== null && known.size > 2 && Math.abs(step.load / top.load - 1) < 0.1;
  if (step.state === 'probe' && !isNear) return { ...step, kind: 'measure' };
  return { state: 'done', answer: findBest(probes, top) };
}

/** The loads whose interval reaches that of the best one may be as good. */
function findBest(probes: readonly CurveProbe[], top: CurveProbe | null): SearchAnswer {
  if (top?.reached == null || top.reached.value <= 0) return { found: 'none', low: null, high: null, best: null };
  const least = top.reached.low ?? top.reached.value;
  const alike = probes.filter(({ reached }) => reached !== null && (reached.high ?? reached.value) >= least);
  const loads = alike.map(({ load }) => load);
  return { found: 'between', low: Math.min(...loads), high: Math.max(...loads), best: top.load };
}

/** Of equal ones the first. */
function highest(probes: readonly CurveProbe[]): CurveProbe | null {
  return probes.reduce<CurveProbe | null>(
    (best, probe) => ((probe.reached?.value ?? 0) > (best?.reached?.value ?? 0) ? probe : best),
    null,
  );
}
