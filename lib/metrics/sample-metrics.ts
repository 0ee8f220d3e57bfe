import { REQUEST_COUNTERS } from './request-counters.ts';
import { STATISTIC_METRICS } from './request-metrics.ts';

export type SampleType = 'counter' | 'gauge' | 'rate' | 'trend';

/** A metric of k6 that is ours. */
export interface SampleMetric {
  readonly name: string;
  readonly type: SampleType;
  /** Whether it holds times, milliseconds. */
  readonly isTime: boolean;
  readonly meaning: string;
}

/** What is neither a metric of the tables nor counted of a finished request. */
const OTHERS: readonly (Omit<SampleMetric, 'isTime'> & { readonly isTime?: true })[] = [
  {
    name: 'llm_requests_sent',
    type: 'counter',
    meaning: 'Requests, before they are sent: what is missing in `llm_requests` at the end was aborted',
  },
  { name: 'llm_warmup_requests', type: 'counter', meaning: 'Finished warm-up requests, which are in no other metric' },
  {
    name: 'llm_run',
    type: 'counter',
    meaning: 'Two samples, from setup: the configuration, and when the load began, in their metadata',
  },
  { name: 'llm_connection_test', type: 'counter', meaning: 'One sample where the connection test failed, from setup' },
  {
    name: 'llm_request_failed',
    type: 'rate',
    meaning: 'Whether a finished request failed; cancelled ones are not in it',
  },
  {
    name: 'llm_measured',
    type: 'rate',
    meaning: 'False from every VU that began a request, true from every VU that completed one',
  },
  { name: 'llm_probe_requests', type: 'counter', meaning: 'Finished requests of `--probe-rate`, in no other metric' },
  { name: 'llm_probe_failed', type: 'rate', meaning: 'Whether such a request failed' },
  { name: 'llm_probe_ttft', type: 'trend', isTime: true, meaning: 'TTFT of those that completed' },
  { name: 'llm_probe_latency', type: 'trend', isTime: true, meaning: 'Their latency' },
  { name: 'llm_max_errors', type: 'counter', meaning: 'Failed requests, where `--max-errors` is set' },
  {
    name: 'llm_max_error_rate',
    type: 'counter',
    meaning:
      'Where `--max-error-rate` is set: how far failed requests are above that share of the finished ones, in millionths of a request, and 10^15 more from the time on when it is judged',
  },
  {
    name: 'llm_first_start',
    type: 'gauge',
    meaning: 'Its minimum is the first start of a request, its maximum the last one, ms',
  },
  { name: 'llm_last_end', type: 'gauge', meaning: 'Its maximum is the last end of a request, ms' },
];

/** Every metric of k6 that a bundle makes, unconditionally: k6 refuses a threshold on one that does not exist. */
export const SAMPLE_METRICS: readonly SampleMetric[] = [
  ...STATISTIC_METRICS.flatMap(({ trend, unit, meaning }) =>
    trend === null ? [] : [{ name: trend, type: 'trend' as const, isTime: unit === 'ms', meaning }],
  ),
  ...REQUEST_COUNTERS.map(({ name, meaning }) => ({ name, type: 'counter' as const, isTime: false, meaning })),
  ...OTHERS.map((other) => ({ isTime: false, ...other })),
];
