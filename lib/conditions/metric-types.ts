export type MetricType = 'counter' | 'gauge' | 'rate' | 'trend';

/** The metrics of our own that a bundle always creates, so that a threshold on them is never "unknown" to k6. */
const OWN_METRICS: Readonly<Record<string, MetricType>> = {
  llm_ttft: 'trend',
  llm_itl: 'trend',
  llm_tpot: 'trend',
  llm_latency: 'trend',
  llm_after_output: 'trend',
  llm_input_tokens: 'trend',
  llm_output_tokens: 'trend',
  llm_output_throughput: 'trend',
  llm_chunks: 'trend',
  llm_requests: 'counter',
  llm_requests_completed: 'counter',
  llm_requests_failed: 'counter',
  llm_requests_cancelled: 'counter',
  llm_input_tokens_total: 'counter',
  llm_output_tokens_total: 'counter',
  llm_cached_tokens_total: 'counter',
  llm_coalesced_gaps: 'counter',
  llm_clock_steps: 'counter',
  llm_requests_sent: 'counter',
  llm_warmup_requests: 'counter',
  llm_run: 'counter',
  llm_connection_test: 'counter',
  llm_client_lag: 'trend',
  llm_late: 'trend',
  llm_request_failed: 'rate',
  llm_measured: 'rate',
  llm_first_start: 'gauge',
  llm_last_end: 'gauge',
};

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
export const METRIC_TYPES: Readonly<Record<string, MetricType>> = { ...OWN_METRICS, ...K6_METRICS };

/** Tags that samples carry: ours, and k6's system tags. */
export const KNOWN_TAGS: readonly string[] = [
  ...['model', 'api', 'dataset', 'outcome', 'status', 'kind', 'token_source', 'finish_reason'],
  ...['scenario', 'group', 'url', 'name', 'method', 'proto', 'error', 'error_code', 'expected_response', 'check'],
  ...['tls_version', 'service', 'subproto'],
];
