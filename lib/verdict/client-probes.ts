import { orderBy } from '../stats/order-by.ts';
import { choosePercentile } from '../stats/percentile-rule.ts';
import type { RunData } from '../stats/run-data.ts';
import { sortValues } from '../stats/sorted-values.ts';
import type { ProbeWaits } from './client-waits.ts';

/**
 * Lag of the probes of a run.
 *
 * All streams begin at once, before any token is under way that could be late. So of a probe before the first request of a
 * stream only that part counts which is longer than the shortest usual TTFT, p10; where there are no other probes, all of it.
 * @param streams requests in flight at the same time; null where nobody told
 * @returns null where nobody measured
 */
export function collectProbes(run: RunData, streams: number | null): ProbeWaits | null {
  const percentile = choosePercentile('quick-start');
  const lags = run.column('client_lag');
  const order = orderBy(run.column('start_ms'));
  const shortest = percentile(run.sorted('ttft'), 10) ?? 0;
  const isKnown = (lag: number): boolean => !Number.isNaN(lag);
  const first = Array.from(order.subarray(0, streams ?? 0), (request) => lags[request] as number).filter(isKnown);
  const later = Array.from(order.subarray(streams ?? 0), (request) => lags[request] as number).filter(isKnown);
  const longer = first.map((lag) => lag - shortest).filter((lag) => lag > 0);
  const all_ms = Float64Array.from(later.length > 0 ? [...longer, ...later] : first);
  const sorted = sortValues(all_ms);
  const [mean_ms, p50_ms, p99_ms] = [sorted.mean(), percentile(sorted, 50), percentile(sorted, 99)];
  return mean_ms === null || p50_ms === null || p99_ms === null ? null : { mean_ms, p50_ms, p99_ms, all_ms };
}
