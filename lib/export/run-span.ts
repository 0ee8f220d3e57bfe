/** Collects from when to when something went on. */
export interface RunSpan {
  add(startMs: number, endMs: number): void;
  /** Last end minus first start in seconds; null without requests, and where it is 0. */
  seconds(): number | null;
  /** First start; null without requests. */
  start(): number | null;
}

export function createRunSpan(): RunSpan {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  return {
    add(startMs, endMs) {
      first = Math.min(first, startMs);
      last = Math.max(last, endMs);
    },
    seconds: () => (last > first ? (last - first) / 1000 : null),
    start: () => (Number.isFinite(first) ? first : null),
  };
}

/** A number per second; null where there is no time to divide by. */
export function perSecond(count: number, seconds: number | null): number | null {
  return seconds === null ? null : count / seconds;
}
