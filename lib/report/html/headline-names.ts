import type { HeadlineMetric } from '../../stats/run-summary.ts';

/** How the times that a run is known by are called, and what has a value of each. */
export const HEADLINE_NAMES: Readonly<
  Record<HeadlineMetric, { readonly name: string; readonly short: string; readonly of: string }>
> = {
  ttft: { name: 'Time to first token', short: 'TTFT', of: 'requests' },
  itl: { name: 'Inter-token latency', short: 'ITL', of: 'gaps' },
  tpot: { name: 'Time per output token', short: 'TPOT', of: 'requests' },
  latency: { name: 'Latency', short: 'Latency', of: 'requests' },
};
