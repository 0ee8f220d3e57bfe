/** A time or a length of time in milliseconds, a float with the resolution of the engine's finest clock. */
export type Milliseconds = number;

/** Milliseconds to seconds; `null` (no value) stays `null`. */
export function toSeconds(value: Milliseconds | null): number | null {
  return value === null ? null : value / 1000;
}

/** Milliseconds to seconds with six decimals, the resolution of a record. */
export function roundToSeconds(value: Milliseconds): number {
  return Math.round(value * 1000) / 1e6;
}

/** To microseconds, as times are recorded: finer digits are noise of the clock, and would double the size of a record. */
export function roundToMicroseconds(value: Milliseconds): Milliseconds {
  return Math.round(value * 1000) / 1000;
}

/** Two chunks closer than this arrived in one read: no model makes 20,000 tokens a second for one user. */
export const COALESCED_BELOW_MS = 0.05;
