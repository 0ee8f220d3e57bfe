import type { Gate } from '../conditions/gates.ts';
import { holds, type Operator } from '../conditions/operators.ts';
import { varianceOf } from '../stats/confidence-interval.ts';
import { choosePercentile } from '../stats/percentile-rule.ts';
import { createQuantileGrid } from '../stats/quantile-grid.ts';
import { collect, resampleQuotient } from '../stats/resampled-number.ts';
import { resampleSuccess } from '../stats/resampled-success.ts';
import { createResampler, type Resampler } from '../stats/resampler.ts';
import { type RunData, readWithParameter } from '../stats/run-data.ts';
import { inOrderOfEnd, sliceColumn } from '../stats/sliced-values.ts';
import { sortValues } from '../stats/sorted-values.ts';
import { cutIntoSlices, sumPerSlice, type TimeSlices, total } from '../stats/time-slices.ts';
import { listGoodRequests } from '../verdict/goodput.ts';
import { adjustValues, type GateContext, judgeGates } from '../verdict/judge-gates.ts';
import { matchesTags, mayMatchUnfinished } from '../verdict/record-tags.ts';

/** On which side of its limits a load is. */
export type Side = 'holds' | 'crossed' | 'unresolved';

/**
 * How far a gate's number is from its limit, above 0 where it holds, with its standard error: the logarithm of a mean or a
 * percentile over its limit, or the difference of a share's log odds from those of the share that must be reached. On these
 * scales a service's way from one load to the next is about a straight line over the logarithm of the load.
 */
export interface Margin {
  readonly value: number;
  readonly sd: number;
}

/** A gate's side, and its margin; null where its number has no interval, or one that cannot be put on that scale. */
export interface GateMargin {
  readonly side: Side;
  readonly margin: Margin | null;
}

/** What the requests of a load tell of one gate by now. */
interface GateResolution extends GateMargin {
  /** About how many times as many requests it takes to know the side; 1 where it is known. */
  readonly needs: number;
}

/** What they tell of all gates. */
export interface Resolution extends Pick<GateResolution, 'side' | 'needs'> {
  /** The gates that leave the side unresolved, as they were typed; empty where it is known. */
  readonly open: readonly string[];
  /** One for each gate. */
  readonly margins: readonly GateMargin[];
}

/** A load that would need more than that to be told apart from the limit is too near to it. */
export const MOST_REQUESTS = 1500;

/**
 * What an interval leaves out on either side. A probe is looked at up to six times while it goes on, so that each look has
 * to be surer than the answer, whose two limits shall hold the truth in 90 %; intervals of means of requests that depend on
 * each other are somewhat short, so that they have to be surer still (docs/search.md has the simulation).
 */
const TAIL = { share: 0.0125, quotient: 0.0035 } as const;
/** The largest share that so many requests can show, all of them good: the exact lower limit (Clopper and Pearson 1934). */
const MOST_SHOWN = TAIL.share ** (1 / MOST_REQUESTS);
const REPLICATES = 1000;
const SEED = 42;
/** Of fewer independent blocks the spread of a mean is not known well enough to act on it. */
const FEWEST_BLOCKS = 25;

/** A percentile. */
interface Tail {
  /** What it is of; NaN for requests that do not count. */
  readonly values: Float64Array;
  /** 0 to 1. */
  readonly share: number;
}

/** What a gate says of each request, so that its interval can be taken. */
type Evidence =
  /** A share of good requests that must be reached: 1 for a good one, 0 for a bad one, NaN for one that does not count. */
  | {
      readonly type: 'share';
      readonly good: Float64Array;
      readonly atLeast: number;
      readonly unfinished: number;
      /** The percentile whose share of good requests is judged. */
      readonly tail?: Tail;
    }
  /** A quotient of two sums, to which `prior` adds a request. */
  | {
      readonly type: 'quotient';
      readonly values: Float64Array;
      readonly weights: Float64Array;
      readonly prior?: number;
      readonly operator: Operator;
      readonly limit: number;
    };

/**
 * Tells whether all gates hold, or one is crossed, so surely that more requests would not change it.
 *
 * Requests depend on each other: what they say is resampled in blocks of time, as intervals of a run are. A percentile is
 * judged as the share of requests on its right side, which needs no estimate of the distribution near it: p99 below a
 * limit holds when at least 99 % of the requests are below.
 *
 * A share of good requests above 0.9971, such as `success_rate>=0.999`, is more than 1,500 requests can show: it holds where
 * the share so far does, and is crossed where that is sure.
 */
export function resolveSide(gates: readonly Gate[], data: RunData, context: GateContext): Resolution {
  const resolutions = gates.map((gate) => resolveGate(gate, data, context));
  const margins = resolutions.map(({ side, margin }) => ({ side, margin }));
  if (margins.some(({ side }) => side === 'crossed')) return { side: 'crossed', needs: 1, open: [], margins };
  const needs = Math.max(1, ...resolutions.map((resolution) => resolution.needs));
  const open = gates.flatMap(({ source }, index) => (resolutions[index]?.side === 'unresolved' ? [source] : []));
  return { side: open.length === 0 ? 'holds' : 'unresolved', needs, open, margins };
}

/**
 * How many requests, none of them bad, it takes to prove a gate on the share of good ones; Infinity where all must be good, which no
 * number of requests proves. null for a gate that a probe can prove, and for other gates.
 */
export function countProof(gate: Gate): number | null {
  const atLeast = readShare(gate);
  if (atLeast === null || atLeast <= MOST_SHOWN) return null;
  return atLeast < 1 ? Math.ceil(Math.log(TAIL.share) / Math.log(atLeast)) : Number.POSITIVE_INFINITY;
}

/** The share of all requests that must be good, by a gate on success, failure or goodput; null for others. */
function readShare({ measure, operator, limit }: Gate): number | null {
  if (measure.type === 'statistic') return null;
  const isBelow = operator === '<' || operator === '<=';
  const isAbove = operator === '>' || operator === '>=';
  if (measure.measure === 'failure_rate') return isBelow ? 1 - limit : null;
  return (measure.measure === 'success_rate' || measure.measure === 'goodput') && isAbove ? limit : null;
}

/** Too little to tell anything, not even how much more it takes. */
const TOO_LITTLE: GateResolution = { side: 'unresolved', needs: 1, margin: null };

function resolveGate(gate: Gate, data: RunData, context: GateContext): GateResolution {
  const evidence = readEvidence(gate, data, context);
  const isMet = (): boolean => judgeGates([gate], data, context)[0]?.ok === true;
  if (evidence === null) return { side: isMet() ? 'holds' : 'crossed', needs: 1, margin: null };
  const isBeyond = countProof(gate) !== null;
  if (isBeyond && isMet()) return { side: 'holds', needs: 1, margin: null };
  const slices = cutIntoSlices(data.count);
  const resampler = createResampler(slices.count, REPLICATES, SEED);
  const perSlice = (column: Float64Array): Float64Array => {
    const inOrder = inOrderOfEnd(data, column);
    return sumPerSlice(slices, data.count, (i) => inOrder[i] as number);
  };
  if (evidence.type === 'share') {
    const { good, atLeast, unfinished, tail } = evidence;
    const requests = perSlice(good.map((value) => (Number.isNaN(value) ? 0 : 1)));
    const share = resampleSuccess({ completed: perSlice(good), requests, unfinished }, resampler, SEED);
    if (share?.precise !== true) return TOO_LITTLE;
    const side = chooseSide(share.replicates, '>=', atLeast, 'share');
    const found =
      tail === undefined
        ? side
        : {
            ...side,
            margin: measureTail(
              gate,
              { ...tail, values: inOrderOfEnd(data, tail.values) },
              slices,
              resampler,
              share.blockLength,
            ),
          };
    // A few failures more or less decide, so that it is worth going on.
    return isBeyond ? { ...found, needs: 1 } : found;
  }
  const { values, weights, prior, operator, limit } = evidence;
  const requests = values.reduce((count, value) => (Number.isNaN(value) ? count : count + 1), 0);
  const [numerators, denominators] = [perSlice(values), perSlice(weights)];
  const one = total(denominators) / Math.max(1, requests);
  const fixed = prior === undefined ? {} : { fixed: { numerator: prior * one, denominator: one } };
  const quotient = resampleQuotient({ numerators, denominators, requests, ...fixed }, resampler);
  return quotient?.precise === true && quotient.blocks >= FEWEST_BLOCKS
    ? chooseSide(quotient.replicates, operator, limit, 'quotient')
    : TOO_LITTLE;
}

/** On which a number's way over the loads is about straight. */
const SCALE = { share: toLogOdds, quotient: Math.log } as const;

function chooseSide(
  replicates: Float64Array,
  operator: Operator,
  limit: number,
  type: Evidence['type'],
): GateResolution {
  const tail = TAIL[type];
  const sorted = replicates.slice().sort();
  const at = (percent: number): number => choosePercentile('linear')(sorted, percent) as number;
  const [low, middle, high] = [at(tail * 100), at(50), at(100 - tail * 100)];
  const isGood = [low, high].map((value) => holds(value, operator, limit));
  const margin = measureMargin(replicates, limit, operator, type);
  if (isGood[0] === isGood[1]) return { side: isGood[0] === true ? 'holds' : 'crossed', needs: 1, margin };
  // An interval shrinks with the square root of the requests, and has to be no wider than what lies between.
  return { side: 'unresolved', needs: ((high - low) / 2 / (middle - limit)) ** 2, margin };
}

function measureMargin(
  replicates: Float64Array,
  limit: number,
  operator: Operator,
  type: Evidence['type'],
): Margin | null {
  return toMargin(replicates.map(SCALE[type]), SCALE[type](limit), operator);
}

function toMargin(
  scaled: Float64Array,
  limit: number,
  operator: Operator,
  measured = total(scaled) / scaled.length,
): Margin | null {
  const from = operator === '<' || operator === '<=' ? -1 : 1;
  const value = from * (measured - limit);
  const sd = Math.sqrt(varianceOf(scaled));
  return Number.isFinite(value) && Number.isFinite(sd) ? { value, sd } : null;
}

/**
 * The margin of a percentile: its own place tells more than the share of requests below the limit, of which none may be bad.
 *
 * Of n values the one at rank p (n + 1) has a share p below it on average (Weibull 1939; type 6 of Hyndman and Fan 1996). Other
 * ranks would put the p99 of a few hundred requests too low, by half a standard error, and with it the answer of a search.
 * @param tail with its values in the order in which requests ended
 * @returns null where there is no such rank, no logarithm of what is there, or no spread
 */
function measureTail(
  { operator, limit }: Gate,
  { values, share }: Tail,
  slices: TimeSlices,
  resampler: Resampler,
  blockLength: number,
): Margin | null {
  const sorted = sortValues(values);
  // Of the ranks 0 to 1 that interpolate between the first value and the last.
  const rank = (share * (sorted.length + 1) - 1) / (sorted.length - 1);
  if (!(rank >= 0 && rank <= 1)) return null;
  const sliced = { sorted, requests: sorted.length, each: sliceColumn(values, slices) };
  const grid = createQuantileGrid(sliced, slices.count, 'linear', []);
  const drawn = collect(resampler, blockLength, (weights) => grid.resample(100 * rank, weights));
  const value = grid.resample(100 * rank, new Float64Array(slices.count).fill(1)) as number;
  // The mean of the resamples has a bias of its own.
  const margin = toMargin(drawn.map(Math.log), Math.log(limit), operator, Math.log(value));
  // Where all resamples are alike, as of a share that is mostly 1, nobody knows how far it is from there to the limit.
  return margin === null || margin.sd === 0 ? null : margin;
}

function toLogOdds(share: number): number {
  return Math.log(share / (1 - share));
}

/** @returns null for a gate whose number has no interval here, such as `max`, `p100` and `worst_slice_max`: it is taken as it is */
function readEvidence(gate: Gate, data: RunData, context: GateContext): Evidence | null {
  const { measure, operator, limit, tags } = gate;
  if (operator === '==' || operator === '!=') return null;
  const isBelow = operator === '<' || operator === '<=';
  const outcomes = data.labels.map(({ outcome }) => outcome);
  const isMeant = data.labels.map((label) => matchesTags(label, tags));
  const outcomeOf = (request: number): string => outcomes[data.labelOf[request] as number] as string;
  const each = (read: (request: number) => number): Float64Array =>
    Float64Array.from(data.labelOf, (label, request) => (isMeant[label] === true ? read(request) : Number.NaN));
  // A cancelled request is neither good nor bad.
  const judge = (isGood: (request: number) => boolean): Float64Array =>
    each((request) => (outcomeOf(request) === 'cancelled' ? Number.NaN : Number(isGood(request))));
  const unfinished = mayMatchUnfinished(tags) ? context.unfinishedRequests : 0;
  const asked = readShare(gate);
  if (measure.type === 'run') {
    if (asked === null) return null;
    const good = judge((request) => outcomeOf(request) === 'completed');
    return { type: 'share', good, atLeast: asked, unfinished };
  }
  if (measure.type === 'goodput') {
    if (asked === null) return null;
    const found = new Set(listGoodRequests(data, (label) => matchesTags(label, tags), measure.limits));
    return { type: 'share', good: judge((request) => found.has(request)), atLeast: asked, unfinished };
  }
  const { metric, parameter, statistic, adjusted, worstSlice } = measure;
  if (worstSlice || (statistic.method !== 'avg' && statistic.method !== 'percentile')) return null;
  const share = statistic.method === 'percentile' ? statistic.percentile / 100 : null;
  // The least and the most are no shares that requests can show.
  if (share === 0 || share === 1) return null;
  const atLeast = isBelow || share === null ? share : 1 - share;
  const isGood = (value: number): boolean => holds(value, operator, limit);
  if (metric === 'itl') return sumGaps(data, each, atLeast, gate);
  const plain = parameter === undefined ? data.values(metric) : readWithParameter(data, metric, parameter);
  const column = adjusted ? adjustValues(data, metric) : plain;
  const values = each((request) => column[request] as number);
  if (share === null || atLeast === null) {
    return {
      type: 'quotient',
      values,
      weights: values.map((value) => (Number.isNaN(value) ? value : 1)),
      operator,
      limit,
    };
  }
  const good = values.map((value) => (Number.isNaN(value) ? value : Number(isGood(value))));
  return adjusted
    ? { type: 'share', good, atLeast, unfinished }
    : { type: 'share', good, atLeast, unfinished: 0, tail: { values, share } };
}

/** Gaps of one request hang together: each request brings all of its own. */
function sumGaps(
  data: RunData,
  each: (read: (request: number) => number) => Float64Array,
  atLeast: number | null,
  { operator, limit }: Pick<Gate, 'operator' | 'limit'>,
): Evidence {
  const sum = (read: (gap: number) => number): Float64Array =>
    each((request) => {
      const gaps = data.gaps.of(request);
      return gaps.length === 0 ? Number.NaN : gaps.reduce((all, gap) => all + read(gap), 0);
    });
  const weights = sum(() => 1);
  if (atLeast === null) return { type: 'quotient', values: sum((gap) => gap), weights, operator, limit };
  // Where all gaps are good, no resample has another share: one request's worth of bad ones keeps it from being sure.
  const values = sum((gap) => Number(holds(gap, operator, limit)));
  return { type: 'quotient', values, weights, prior: 0, operator: '>=', limit: atLeast };
}
