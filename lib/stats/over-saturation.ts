import { findFirst } from '../shared/find-first.ts';
import { mean } from '../shared/mean.ts';
import type { Milliseconds } from '../shared/units.ts';

/** A request that has ended, one that failed too. */
export interface EndedRequest {
  readonly endMs: Milliseconds;
  /** From the schedule, so that a wait in the client counts; null without a first output. */
  readonly ttftMs: Milliseconds | null;
}

/** What is known of an open loop by a moment. */
export interface LoadSoFar {
  /** When each request was to start, ascending, on the clock of `endMs`. */
  readonly due: ArrayLike<Milliseconds>;
  /** The mean rate that the schedule was drawn with, starts per second; null where it changes. */
  readonly perS: number | null;
  /** By their end. */
  readonly ended: readonly EndedRequest[];
  readonly nowMs: Milliseconds;
}

/** A service is not called saturated before that: of less a queue tells too little. */
const FIRST_LOOK_MS = 40_000;
const SHORTEST_WINDOW_MS = 10_000;
const FEWEST_ENDED = 30;
/** Of the time so far, which the window leaves out. */
const LEFT_OUT = 1 / 8;
/** Parts of the window: as many as a trend needs, and long enough that what happens in two of them is not the same queue. */
const BLOCKS = 10;
/**
 * How sure each sign has to be: what ended too few and the rise in flight by the counts' spread, the slope of TTFT as t.
 * docs/statistics.md has what that finds, and how often it is wrong.
 */
const SURE_DEFICIT = 1.85;
const SURE_RISE = 1;
const SURE_SLOPE = 3;
/**
 * What strong bursts change, at how far they are from a Poisson process (0 to 1): how sure the busiest stretch has to be, and
 * how much less the rise and the slope, which crowds and lulls hide.
 */
const OF_BURSTS = { busiest: 2.1, rise: -0.54, slope: -1 } as const;
/** Of the window, how many blocks the busiest stretch has: long enough to know how fast a service is at work. */
const STRETCH = 3;
/** A load that is looked at for longer has more chances to look wrong: how much surer with each doubling from a minute on. */
const SURER_EACH_DOUBLING = 0.5;

/**
 * Whether a service falls behind what arrives: fewer requests end than the schedule has, and requests in flight and TTFT
 * both rise significantly over the window.
 *
 * The window leaves out the first eighth of the time, and twice a latency, in which a service fills up. Near its limit a
 * queue wanders without a drift, so that its rise alone is wrong too often, and late where few requests end. But the mean
 * rate of arrivals is known, whatever came by chance, and a service that falls behind ends requests as fast as it can, which
 * is steadier than any queue: what ended must be too little for that rate, by the spread of a count. Arrivals in bursts leave a
 * service idle in their lulls, in which little ends for want of work, and a crowd after a lull looks like a queue without end. So
 * there the stretch in which most ended must be too little as well: a service that keeps up is faster than the rate when it is
 * at work. Where no mean rate is known, as in a schedule of a file, the counts are allowed the spread of its gaps instead.
 * Requests in flight are those that were due less those that ended, so that ones in the client's queue count; TTFT is the mean
 * of ten blocks, with Student's t of the slope of the least-squares line.
 * @returns false where too little is known
 */
export function isOverSaturated({ due, perS, ended, nowMs }: LoadSoFar): boolean {
  const began = due[0] ?? nowMs;
  if (nowMs - began < FIRST_LOOK_MS || ended.length < FEWEST_ENDED) return false;
  const from = Math.max(began + (nowMs - began) * LEFT_OUT, began + 2 * firstLatency(ended, due));
  if (nowMs - from < SHORTEST_WINDOW_MS) return false;
  const edges = Array.from({ length: BLOCKS + 1 }, (_, block) => from + ((nowMs - from) * block) / BLOCKS);
  const places = edges.map((edge) => findFirst(0, ended.length, (i) => (ended[i] as EndedRequest).endMs > edge));
  const [before, after] = [places[0] as number, places[BLOCKS] as number];
  const arrived = countDue(due, nowMs) - countDue(due, from);
  // Nothing more is due after the last start.
  const lengthMs = Math.min(nowMs, due[due.length - 1] as number) - from;
  const expected = perS === null ? arrived : (lengthMs / 1000) * perS;
  const count = after - before;
  const unevenness = Math.max(1, dispersionOf(due));
  const spread = perS === null ? unevenness : 1;
  const bursts = perS === null ? 0 : 1 - 1 / Math.sqrt(unevenness);
  const deficitOf = (asked: number, ended: number): number => (asked - ended) / Math.sqrt(spread * Math.max(1, ended));
  const busiest = Math.max(...places.slice(STRETCH).map((place, i) => place - (places[i] as number)));
  const rise = (arrived - count) / Math.sqrt(spread * expected);
  const surer = SURER_EACH_DOUBLING * Math.max(0, Math.log2((nowMs - began) / 60_000));
  return (
    deficitOf(expected, count) > SURE_DEFICIT + surer &&
    (bursts === 0 || deficitOf((expected * STRETCH) / BLOCKS, busiest) > OF_BURSTS.busiest * bursts) &&
    rise > SURE_RISE + OF_BURSTS.rise * bursts &&
    computeSlopeT(meanTtfts(ended, places)) > SURE_SLOPE + OF_BURSTS.slope * bursts
  );
}

/** How much more counts of arrivals spread than those of a Poisson process: the variance of the gaps over their squared mean. */
function dispersionOf(due: ArrayLike<Milliseconds>): number {
  const gaps = Array.from({ length: due.length - 1 }, (_, i) => (due[i + 1] as number) - (due[i] as number));
  const average = mean(gaps);
  return mean(gaps.map((gap) => (gap - average) ** 2)) / average ** 2;
}

function countDue(due: ArrayLike<Milliseconds>, nowMs: Milliseconds): number {
  return findFirst(0, due.length, (at) => (due[at] as number) > nowMs);
}

/** How long the first requests took: when half of those that are needed had ended. */
function firstLatency(ended: readonly EndedRequest[], due: ArrayLike<Milliseconds>): Milliseconds {
  const times = ended.slice(0, 20).map(({ endMs }, i) => endMs - (due[i] as number));
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

/** Mean TTFT of the requests that ended in each block; blocks without one are left out. */
function meanTtfts(ended: readonly EndedRequest[], places: readonly number[]): [block: number, mean: number][] {
  return places.slice(1).flatMap((to, block): [number, number][] => {
    const values = ended.slice(places[block], to).flatMap(({ ttftMs }) => ttftMs ?? []);
    return values.length === 0 ? [] : [[block, mean(values)]];
  });
}

/** Student's t of the slope of the least-squares line; 0 below five points. */
function computeSlopeT(points: readonly (readonly [number, number])[]): number {
  if (points.length < BLOCKS / 2) return 0;
  const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const sum = (of: (x: number, y: number) => number): number =>
    points.reduce((total, [x, y]) => total + of(x - meanX, y - meanY), 0);
  const squares = sum((x) => x * x);
  const slope = sum((x, y) => x * y) / squares;
  const rest = sum((x, y) => (y - slope * x) ** 2);
  return slope / Math.sqrt(rest / (points.length - 2) / squares);
}
