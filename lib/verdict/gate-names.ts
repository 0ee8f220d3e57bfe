/** What a number of a gate is measured in; `share` is 0 to 1. */
export type GateUnit = 'ms' | 'share' | 'tokens' | 'chunks' | 'requests' | 'tokens/s' | 'requests/s';

/** One number per request, for statistics over requests and for the limits of goodput. */
export const REQUEST_METRICS = {
  ttft: 'ms',
  tpot: 'ms',
  latency: 'ms',
  /** To the first visible answer text. */
  first_content: 'ms',
  /** The longest gap between two chunks of a request. */
  max_itl: 'ms',
  /** How late the request started against its schedule. */
  late: 'ms',
  client_lag: 'ms',
  input_tokens: 'tokens',
  output_tokens: 'tokens',
  chunks: 'chunks',
  /** Output tokens of one request / its latency. */
  output_speed: 'tokens/s',
} as const satisfies Readonly<Record<string, GateUnit>>;

export type RequestMetric = keyof typeof REQUEST_METRICS;

/** `itl` pools the gaps of all requests, so it has statistics and is no limit of one request. */
export type StatisticMetric = RequestMetric | 'itl';

export const STATISTIC_METRICS: Readonly<Record<StatisticMetric, GateUnit>> = { ...REQUEST_METRICS, itl: 'ms' };

/** The metrics that a failed request can make infinite, since someone waits for them. */
export const ADJUSTABLE_METRICS: readonly StatisticMetric[] = ['latency', 'ttft', 'first_content'];

/** Numbers of a whole run, or of the part that a selector picks. Rates are shares of the requests sent. */
export const RUN_MEASURES = {
  success_rate: 'share',
  failure_rate: 'share',
  /** Status 429. */
  rate_limited_rate: 'share',
  /** Status 401 and 403. */
  auth_error_rate: 'share',
  /** The other 4xx. */
  client_error_rate: 'share',
  /** 5xx and every other way in which a server fails, see `classifyError`. */
  server_error_rate: 'share',
  /** Stopped by the client. */
  aborted_rate: 'share',
  /** Gaps under 0.05 ms among the gaps. */
  coalesced_ratio: 'share',
  /** Cached input tokens among the input tokens of requests that tell. */
  cached_ratio: 'share',
  requests_per_s: 'requests/s',
  output_tokens_per_s: 'tokens/s',
  input_tokens_per_s: 'tokens/s',
  total_tokens_per_s: 'tokens/s',
  total_requests: 'requests',
  completed_requests: 'requests',
  failed_requests: 'requests',
  /** Planned and never started. */
  dropped_requests: 'requests',
} as const satisfies Readonly<Record<string, GateUnit>>;

export type RunMeasure = keyof typeof RUN_MEASURES;

/** How the good requests are counted: as a share of those sent, per second, or by their output tokens per second. */
export const GOODPUT_MEASURES = {
  goodput: 'share',
  goodput_per_s: 'requests/s',
  goodput_tokens_per_s: 'tokens/s',
} as const satisfies Readonly<Record<string, GateUnit>>;

export type GoodputMeasure = keyof typeof GOODPUT_MEASURES;

/** What a selector can pick records by. */
export const SELECTOR_TAGS = [
  'model',
  'scenario',
  'status',
  'outcome',
  'kind',
  'stream',
  'finish_reason',
  'token_source',
  'turn',
] as const;

export type SelectorTag = (typeof SELECTOR_TAGS)[number];
