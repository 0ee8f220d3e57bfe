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
  /** By their end. */
  readonly ended: readonly EndedRequest[];
  readonly nowMs: Milliseconds;
}

/** A service is not called saturated before that. */
const FIRST_LOOK_MS = 20_000;
const SHORTEST_WINDOW_MS = 10_000;
const FEWEST_ENDED = 30;
/** Parts of the window: as many as a trend needs, and long enough that what happens in two of them is not the same queue. */
const BLOCKS = 10;
/** How sure each rise has to be, as t; docs/statistics.md has what that finds, and how often it is wrong. */
const SURE_GAIN = 2.3;
const SURE_SLOPE = 4;

/**
 * Whether a service falls behind what arrives: requests in flight and TTFT both rise significantly over the window.
 *
 * The window leaves out the first quarter of the time, and twice a latency, in which a service fills up. Requests in
 * flight are those that were due less those that ended, so that ones in the client's queue count. Near its limit a queue
 * wanders without a drift, like a random walk, and each of its values hangs together with the one before; what it gains in
 * a block does not. So the gains of ten blocks are tested (Student's t of their mean), and with them the slope of the
 * blocks' mean TTFT (Student's t of the least-squares line). Either by itself would be wrong too often.
 * @returns false where too little is known
 */
export function isOverSaturated({ due, ended, nowMs }: LoadSoFar): boolean {
  const began = due[0] ?? nowMs;
  if (nowMs - began < FIRST_LOOK_MS || ended.length < FEWEST_ENDED) return false;
  const from = Math.max(began + (nowMs - began) / 4, began + 2 * firstLatency(ended, due));
  if (nowMs - from < SHORTEST_WINDOW_MS) return false;
  const edges = Array.from({ length: BLOCKS + 1 }, (_, block) => from + ((nowMs - from) * block) / BLOCKS);
  const places = edges.map((edge) => countUpTo(ended.length, (i) => (ended[i] as EndedRequest).endMs, edge));
  const inFlight = edges.map(
    (edge, i) => countUpTo(due.length, (at) => due[at] as number, edge) - (places[i] as number),
  );
  const gains = inFlight.slice(1).map((count, block) => count - (inFlight[block] as number));
  return computeMeanT(gains) > SURE_GAIN && computeSlopeT(meanTtfts(ended, places)) > SURE_SLOPE;
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

/** Student's t of a mean against 0; infinite where all values are one. */
function computeMeanT(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return middle / Math.sqrt(squares / (values.length - 1) / values.length);
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

/** How many of ascending values are at most so large. */
function countUpTo(length: number, valueAt: (i: number) => number, most: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (valueAt(middle) <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}
