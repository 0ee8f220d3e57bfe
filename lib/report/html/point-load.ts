/** A load that one of several runs has: of a sweep, or of a search. */
export interface PointLoad {
  /** What differs from one point to the next. */
  readonly varies: 'parallel' | 'rate';
  /** Requests at a time; of an open loop its cap, null without one. */
  readonly parallel: number | null;
  /** Starts per second; null in a closed loop, and where a schedule has no rate of its own. */
  readonly rate: number | 'inf' | null;
}

/** How much load a point is, in the unit of what varies; Infinity where all starts at once. */
export function loadOf({ varies, parallel, rate }: PointLoad): number {
  if (varies === 'parallel') return parallel ?? 0;
  return rate === 'inf' ? Number.POSITIVE_INFINITY : (rate ?? 0);
}

/** A load as it is spoken of: `parallel 41`, `41 requests/s`. */
export function describeLoad(load: PointLoad): string {
  const amount = loadOf(load);
  if (load.varies === 'parallel') return `parallel ${amount}`;
  return amount === Number.POSITIVE_INFINITY ? 'all at once' : `${amount} requests/s`;
}

/** Ascending; all at once is the most, and of one amount users at a time go before starts per second. */
export function compareLoads(a: PointLoad, b: PointLoad): number {
  return a.varies === b.varies ? compareNumbers(loadOf(a), loadOf(b)) : a.varies < b.varies ? -1 : 1;
}

/** Infinity less Infinity is not a number. */
function compareNumbers(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
