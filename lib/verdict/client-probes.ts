import { choosePercentile } from '../stats/percentile-rule.ts';
import { orderBy, type RunData } from '../stats/run-data.ts';
import { sortValues } from '../stats/sorted-values.ts';
import type { ClientWaits } from './client-error.ts';

/**
 * Lag of the probes of a run.
 *
 * Those before the first request of each stream are left out where there are others: all streams begin at once, before any
 * token is under way that could be late.
 * @param streams requests in flight at the same time; null where nobody told
 * @returns null where nobody measured
 */
export function collectProbes(run: RunData, streams: number | null): ClientWaits | null {
  const lags = run.column('client_lag');
  const later = Float64Array.from(
    orderBy(run.column('start_ms')).subarray(streams ?? 0),
    (request) => lags[request] as number,
  );
  const some = sortValues(later);
  const sorted = some.length > 0 ? some : sortValues(lags);
  const percentile = choosePercentile('quick-start');
  const [mean_ms, p50_ms, p99_ms] = [sorted.mean(), percentile(sorted, 50), percentile(sorted, 99)];
  return mean_ms === null || p50_ms === null || p99_ms === null ? null : { mean_ms, p50_ms, p99_ms };
}
