import type { Milliseconds } from '../../lib/shared/units.ts';

/** A service that answers every request in the same time, and pauses once, as the mock does with `--pause-at-ms`. */
export interface StalledService {
  readonly latencyMs: Milliseconds;
  /** After the arrival of the first request. */
  readonly pauseAtMs: Milliseconds;
  readonly pauseMs: Milliseconds;
}

/**
 * What users wait for on paper, from the moment that each wanted an answer: a request is sent when it is due and one of
 * `places` is free, first come first served, and what the service has not finished when it stops takes so much longer.
 *
 * @param starts when requests are due, ascending
 */
export function waitsOnPaper(
  starts: readonly Milliseconds[],
  { latencyMs, pauseAtMs, pauseMs }: StalledService,
  places: number,
): Milliseconds[] {
  const from = (starts[0] ?? 0) + pauseAtMs;
  const free = Array<Milliseconds>(places).fill(0);
  return starts.map((due) => {
    const place = free.indexOf(Math.min(...free));
    const sent = Math.max(due, free[place] as number);
    const planned = sent + latencyMs;
    const end = planned < from ? planned : planned + Math.max(0, from + pauseMs - Math.max(from, sent));
    free[place] = end;
    return end - due;
  });
}

/** The quick start's percentile: `sorted[int(N*p/100)]`. */
export function percentileOnPaper(values: readonly Milliseconds[], percent: number): Milliseconds {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] as number;
}
