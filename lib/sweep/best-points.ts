import { compareLoads } from '../report/html/point-load.ts';
import { isBelowRate } from '../stats/open-loop.ts';
import type { SweepPoint } from './sweep-point.ts';

/** The points a sweep is made for; null where no point has what it takes. */
export interface BestPoints {
  /** Most output tokens per second; requests per second where no tokens are known. */
  readonly throughput: SweepPoint | null;
  /** Lowest mean latency. */
  readonly latency: SweepPoint | null;
  /** The largest load of which all thresholds hold, and which was reached and kept up with. */
  readonly thresholds: SweepPoint | null;
}

/**
 * Chooses the best points. Of equal ones the smaller load wins. A point without a completed request is none of them.
 */
export function findBestPoints(points: readonly SweepPoint[]): BestPoints {
  const measured = points.filter(({ summary }) => summary.completed_requests > 0).sort(compareLoads);
  const hasTokens = measured.some(({ summary }) => (summary.output_tokens_per_s ?? 0) > 0);
  return {
    throughput: highest(measured, ({ summary }) => (hasTokens ? summary.output_tokens_per_s : summary.requests_per_s)),
    latency: highest(measured, ({ summary }) => (summary.latency_avg_ms === null ? null : -summary.latency_avg_ms)),
    thresholds: measured.filter(isMet).at(-1) ?? null,
  };
}

function isMet({ meets_thresholds, over_saturated, summary }: SweepPoint): boolean {
  return meets_thresholds === true && !over_saturated && !isBelowRate(summary.open_loop);
}

function highest(points: readonly SweepPoint[], score: (point: SweepPoint) => number | null): SweepPoint | null {
  const scored = points.flatMap((point) => {
    const value = score(point);
    return value === null ? [] : [{ point, value }];
  });
  return scored.sort((a, b) => b.value - a.value)[0]?.point ?? null;
}
