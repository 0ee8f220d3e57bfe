import { SAMPLE_METRICS, type SampleType } from '../metrics/sample-metrics.ts';

export type MetricType = SampleType;

/** k6's built-in metrics (2.2), and the one of k6/x/sse, which a bundle without that extension does not have. */
const K6_METRICS: Readonly<Record<string, MetricType>> = {
  vus: 'gauge',
  vus_max: 'gauge',
  iterations: 'counter',
  iteration_duration: 'trend',
  dropped_iterations: 'counter',
  checks: 'rate',
  group_duration: 'trend',
  http_reqs: 'counter',
  http_req_failed: 'rate',
  http_req_duration: 'trend',
  http_req_blocked: 'trend',
  http_req_connecting: 'trend',
  http_req_tls_handshaking: 'trend',
  http_req_sending: 'trend',
  http_req_waiting: 'trend',
  http_req_receiving: 'trend',
  data_sent: 'counter',
  data_received: 'counter',
  sse_event: 'counter',
};

/** Every metric that a threshold may name, with its type. */
export const METRIC_TYPES: Readonly<Record<string, MetricType>> = {
  ...Object.fromEntries(SAMPLE_METRICS.map(({ name, type }) => [name, type])),
  ...K6_METRICS,
};

/** Tags that samples carry: ours, and k6's system tags. */
export const KNOWN_TAGS: readonly string[] = [
  ...['model', 'api', 'dataset', 'outcome', 'status', 'kind', 'token_source', 'finish_reason'],
  ...['scenario', 'group', 'url', 'name', 'method', 'proto', 'error', 'error_code', 'expected_response', 'check'],
  ...['tls_version', 'service', 'subproto'],
];
