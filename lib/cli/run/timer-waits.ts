import type { Milliseconds } from '../../shared/units.ts';
import type { ClientWaits } from '../../verdict/client-waits.ts';

/** A timer that fired late: when it fired, and by how much. */
export interface LateTimer {
  readonly atMs: Milliseconds;
  readonly lateMs: Milliseconds;
}

/** A part of a run, on the wall clock. */
export interface TimeSpan {
  readonly fromMs: Milliseconds;
  readonly toMs: Milliseconds;
}

export interface TimerWatch {
  /** Ends the watch; a second call changes nothing. */
  stop(): void;
  /** The waits within a span that was watched; null where it has no length. */
  waits(span: TimeSpan): ClientWaits | null;
}

const EVERY_MS = 5;
/** What a timer of Node is late by on an idle machine. */
const LEAST_LATE_MS = 1;
/** Half an hour in which no timer is in time; then only longer delays are kept. */
const MOST_KEPT = 300_000;

/** Watches how late this process comes round, which is how late it reads what has arrived. */
export function watchTimers(): TimerWatch {
  let kept: LateTimer[] = [];
  let least = LEAST_LATE_MS;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const lateMs = now - last - EVERY_MS;
    last = now;
    if (lateMs < least) return;
    kept.push({ atMs: performance.timeOrigin + now, lateMs });
    if (kept.length < MOST_KEPT) return;
    least *= 2;
    kept = kept.filter((late) => late.lateMs >= least);
  }, EVERY_MS);
  timer.unref();
  return {
    stop: () => clearInterval(timer),
    waits: (span) => computeTimerWaits(kept, span),
  };
}

/**
 * Waits of what comes at a random moment of a span: within a delay of d it waits between 0 and d, all alike, and it meets a
 * long delay more often than a short one (the residual time of a renewal process).
 */
export function computeTimerWaits(timers: readonly LateTimer[], { fromMs, toMs }: TimeSpan): ClientWaits | null {
  const length = toMs - fromMs;
  if (!(length > 0)) return null;
  const delays = timers.filter(({ atMs }) => atMs > fromMs && atMs <= toMs).map(({ lateMs }) => lateMs);
  const share = (of: (delay: Milliseconds) => number): number =>
    delays.reduce((total, delay) => total + of(delay), 0) / length;
  const quantile = (beyond: number): Milliseconds => {
    let low = 0;
    let high = delays.reduce((most, delay) => Math.max(most, delay), 0);
    for (let step = 0; step < 40; step++) {
      const middle = (low + high) / 2;
      if (share((delay) => Math.max(0, delay - middle)) > beyond) low = middle;
      else high = middle;
    }
    return high < 1e-6 ? 0 : high;
  };
  return { mean_ms: share((delay) => delay ** 2 / 2), p50_ms: quantile(0.5), p99_ms: quantile(0.01) };
}
