import { findCrossing } from './crossing.ts';
import type { GateMargin, Side } from './gate-side.ts';

/** What is searched: the largest load at which all gates hold. */
export interface SearchPlan {
  /** Where to begin. */
  readonly first: number;
  readonly least: number;
  readonly most: number;
  /** true: loads are whole numbers, as concurrency is. */
  readonly whole: boolean;
  /** How wide the answer shall be: upper over lower limit, less one. It gets wider where loads cannot be told apart. */
  readonly width: number;
}

/**
 * `look`: a few requests tell on which side the numbers are, which proves nothing. `resolve`: until the side is known.
 * `measure`: for what it reaches, whatever the side.
 */
type ProbeKind = 'look' | 'resolve' | 'measure';

/** One load that was tried; its side is the one seen, or, where it was to be resolved, the one that is sure. */
export interface Probe {
  readonly load: number;
  readonly kind: ProbeKind;
  readonly side: Side;
  /** Of one that was resolved, how far each gate is from its limit; empty: nothing but the side is known. */
  readonly margins: readonly GateMargin[];
}

/** What to do next. */
export type SearchStep =
  | { readonly state: 'probe'; readonly load: number; readonly kind: ProbeKind }
  | { readonly state: 'done'; readonly answer: SearchAnswer };

export interface SearchAnswer {
  /** `none`: the gates are crossed, or may be, at the least load already. `all`: they hold at the largest. */
  readonly found: 'between' | 'none' | 'all';
  /** They hold at the first, and one is crossed at the second: resolved, or between two that are; null where there is none. */
  readonly low: number | null;
  readonly high: number | null;
  /** Where the limit seems to be, between the two; null for `none`. */
  readonly best: number | null;
}

const MOST_PROBES = 60;

/**
 * Says what to try next. Looks go up by doubling, then come together on a geometric scale; around the place where they see
 * the limit, one load below has to be resolved to hold, and one above to be crossed. One that cannot be told is too near,
 * and the next is further off.
 *
 * A pure function of what was tried, so that a search can be simulated, and goes on where it was stopped.
 */
export function nextStep(plan: SearchPlan, probes: readonly Probe[]): SearchStep {
  const known = sortProbes(plan, probes);
  const step = probes.length >= MOST_PROBES ? null : (chooseLook(plan, known) ?? chooseResolve(plan, known));
  return step === null ? { state: 'done', answer: answer(plan, known, probes) } : { state: 'probe', ...step };
}

interface Known {
  /** The loads that were resolved, or are not to be, and how. */
  readonly resolved: ReadonlyMap<number, Side>;
  /** The largest load that was seen to hold below the smallest at which a gate was seen crossed; minus infinity without one. */
  readonly fits: number;
  /** Infinity without one. */
  readonly exceeds: number;
  /** Where the looks saw the limit. */
  readonly centre: number;
  /** Like `fits` and `exceeds`, of resolved ones alone. */
  readonly low: number;
  readonly high: number;
}

function sortProbes({ least, most }: SearchPlan, probes: readonly Probe[]): Known {
  const resolved = new Map(probes.filter(({ kind }) => kind === 'resolve').map(({ load, side }) => [load, side]));
  const seen = new Map(probes.filter(({ kind }) => kind === 'look').map(({ load, side }) => [load, side]));
  const bracket = (of: ReadonlyMap<number, Side>): [number, number] => {
    const list = (side: Side): number[] => [...of].filter((entry) => entry[1] === side).map(([load]) => load);
    const above = Math.min(...list('crossed'), Number.POSITIVE_INFINITY);
    return [Math.max(...list('holds').filter((load) => load < above), Number.NEGATIVE_INFINITY), above];
  };
  const [fits, exceeds] = bracket(seen);
  const [low, high] = bracket(resolved);
  const centre = Math.sqrt(Math.max(fits, least) * Math.min(exceeds, most));
  return { resolved, fits, exceeds, centre, low, high };
}

type Choice = { readonly load: number; readonly kind: ProbeKind } | null;

/** @returns null where looks have found the place of the limit, or the end of the range */
function chooseLook(plan: SearchPlan, { fits, exceeds, resolved }: Known): Choice {
  const { first, least, most } = plan;
  if (resolved.size > 0) return null;
  const look = (load: number): Choice => ({ load: clamp(plan, load), kind: 'look' });
  if (exceeds === Number.POSITIVE_INFINITY) {
    if (fits === Number.NEGATIVE_INFINITY) return look(first);
    return fits >= most ? null : look(fits * 2);
  }
  if (fits === Number.NEGATIVE_INFINITY) return exceeds <= least ? null : look(exceeds / 2);
  const middle = clamp(plan, Math.sqrt(fits * exceeds));
  return exceeds / fits <= 1 + plan.width || middle <= fits || middle >= exceeds ? null : look(middle);
}

/** @returns null where both limits of the answer are known, or the range ends */
function chooseResolve(plan: SearchPlan, { resolved, exceeds, centre, low, high }: Known): Choice {
  const untried = (load: number): Choice => (resolved.has(load) ? null : { load, kind: 'resolve' });
  if (resolved.size === 0 && exceeds === Number.POSITIVE_INFINITY) return untried(plan.most);
  if (low === Number.NEGATIVE_INFINITY) return untried(stepBelow(plan, Math.min(centre, ...resolved.keys())));
  if (high === Number.POSITIVE_INFINITY && low < plan.most)
    return untried(stepAbove(plan, Math.max(centre, ...resolved.keys())));
  return null;
}

function stepBelow(plan: SearchPlan, load: number): number {
  const next = load / (1 + plan.width / 2);
  return clamp(plan, plan.whole ? Math.min(next, Math.ceil(load) - 1) : next);
}

function stepAbove(plan: SearchPlan, load: number): number {
  const next = load * (1 + plan.width / 2);
  return clamp(plan, plan.whole ? Math.max(next, Math.floor(load) + 1) : next);
}

function clamp({ whole, least, most }: SearchPlan, load: number): number {
  return Math.min(most, Math.max(least, whole ? Math.round(load) : Number(load.toPrecision(3))));
}

/** Between two limits that were resolved, all that was measured there tells where the limit is. */
function answer(plan: SearchPlan, known: Known, probes: readonly Probe[]): SearchAnswer {
  const { low, high, centre } = known;
  const upper = high === Number.POSITIVE_INFINITY ? null : high;
  if (low === Number.NEGATIVE_INFINITY) return { found: 'none', low: null, high: upper, best: null };
  if (upper === null && low >= plan.most) return { found: 'all', low, high: null, best: low };
  if (upper !== null) return { found: 'between', ...narrow(plan, [low, upper], probes) };
  const best = Math.max(low, Math.min(plan.most, plan.whole ? Math.floor(centre) : centre));
  return { found: 'between', low, high: null, best: plan.whole ? best : Number(best.toPrecision(3)) };
}

/** Where between two resolved loads the limit is, in loads that can be asked for. */
function narrow(
  plan: SearchPlan,
  [low, high]: readonly [number, number],
  probes: readonly Probe[],
): { low: number; high: number; best: number } {
  const measured = probes.filter(({ kind, load }) => kind === 'resolve' && load >= low && load <= high);
  const at = (load: number): Probe => measured.find((probe) => probe.load === load) as Probe;
  const found = findCrossing(at(low), at(high), measured);
  if (plan.whole) {
    // The first load beyond the limit is the next whole one.
    const beyond = Math.min(high, toWhole(found.high) + 1);
    const least = Math.max(low, Math.floor(found.low));
    return { low: least, high: beyond, best: Math.max(least, Math.min(beyond - 1, toWhole(found.best))) };
  }
  const [least, beyond] = [toDigits(found.low, Math.floor), toDigits(found.high, Math.ceil)];
  return { low: Math.max(low, least), high: Math.min(high, beyond), best: toDigits(found.best, Math.round) };
}

/** The whole load at or below another, of which the logarithm may have taken the last digit. */
function toWhole(load: number): number {
  return Math.floor(load * (1 + 1e-9));
}

/** In three digits, as rates are asked for. */
function toDigits(load: number, round: (value: number) => number): number {
  const unit = 10 ** (Math.floor(Math.log10(load)) - 2);
  return Number((round(load / unit) * unit).toPrecision(3));
}
