import type { DistributionMetric } from './report-data.ts';

/** How the metrics with distributions are called, and what has a value of each. */
export const METRIC_NAMES: Readonly<
  Record<DistributionMetric, { readonly name: string; readonly short: string; readonly of: string }>
> = {
  ttft: { name: 'Time to first token', short: 'TTFT', of: 'requests' },
  itl: { name: 'Inter-token latency', short: 'ITL', of: 'gaps' },
  tpot: { name: 'Time per output token', short: 'TPOT', of: 'requests' },
  latency: { name: 'Latency', short: 'Latency', of: 'requests' },
};
