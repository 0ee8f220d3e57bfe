import type { RunSummary } from '../../stats/run-summary.ts';
import { formatNumber } from '../html/format-value.ts';

/**
 * `parallel 8`; of an open loop its rate, or that of its schedule where the rate is not one number.
 *
 * @param rate of the run's configuration
 */
export function describeLoad({ concurrency, open_loop }: RunSummary, rate: unknown): string[] {
  if (open_loop === null) return concurrency === null ? [] : [`parallel ${concurrency}`];
  const { scheduled_per_s } = open_loop;
  const isRate = typeof rate === 'number' && rate > 0;
  const due = scheduled_per_s === null ? 'all at once' : `${formatNumber(scheduled_per_s)}/s due`;
  const load = isRate ? `rate ${rate}/s` : due;
  return concurrency === null ? [load] : [load, `at most ${concurrency} in flight`];
}
