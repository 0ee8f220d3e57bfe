/** What several servers call the same. */
const IN_FLIGHT = 'num_requests_running num_requests_waiting';
const TOKENS = 'prompt_tokens generation_tokens';
const TIMES = 'time_to_first_token_seconds time_per_output_token_seconds e2e_request_latency_seconds';
const QUEUE_TIME = 'request_queue_time_seconds';
const PREFILL_TIME = 'request_prefill_time_seconds';
const DRAFTED = ' drafts draft_tokens accepted_tokens accepted_tokens_per_pos'.replaceAll(' ', ' spec_decode_num_');

/**
 * The names of all metrics that we know, by what they begin with: what a script of k6 needs to know of them. Without the
 * `_total` of a count, and the `_bucket`, `_sum` and `_count` of a histogram; `known-metrics.ts` says what they are, and a
 * test that both have the same.
 */
export const METRIC_NAMES: Readonly<Record<string, string>> = {
  'vllm:':
    `${IN_FLIGHT} ${TOKENS} ${TIMES} ${QUEUE_TIME} ${PREFILL_TIME} kv_cache_usage_perc gpu_cache_usage_perc ` +
    'request_success num_preemptions prefix_cache_queries gpu_prefix_cache_queries prefix_cache_hits ' +
    'gpu_prefix_cache_hits ' +
    `inter_token_latency_seconds${DRAFTED}`,
  'sglang:':
    `${TOKENS} ${TIMES} num_running_reqs num_queue_reqs token_usage num_requests num_retracted_requests ` +
    'cached_tokens inter_token_latency_seconds queue_time_seconds',
  tgi_:
    'batch_current_size queue_size request_success request_input_length request_generated_tokens ' +
    'request_skipped_tokens request_mean_time_per_token_duration request_queue_duration request_duration',
  'llamacpp:':
    'requests_processing requests_deferred kv_cache_usage_ratio prompt_tokens tokens_predicted ' +
    `prompt_tokens_cached${DRAFTED}`,
  trtllm_: `${IN_FLIGHT} ${TOKENS} ${TIMES} ${QUEUE_TIME} ${PREFILL_TIME} kv_cache_utilization request_success${DRAFTED}`,
  'lmdeploy:': `${IN_FLIGHT} ${TOKENS} ${TIMES} ${QUEUE_TIME} ${PREFILL_TIME} gpu_cache_usage_perc request_success iter_token_latency${DRAFTED}`,
  nv_:
    'trt_llm_request_metrics inference_pending_request_count trt_llm_kv_cache_block_metrics ' +
    'inference_request_success',
  DCGM_FI_DEV_: 'GPU_UTIL FB_USED POWER_USAGE TOTAL_ENERGY_CONSUMPTION',
  gpu_: 'gfx_activity used_vram package_power average_package_power',
};

const KNOWN: ReadonlySet<string> = new Set(
  Object.entries(METRIC_NAMES).flatMap(([start, names]) => names.split(' ').map((name) => start + name)),
);

/** Without what a client library puts after the name of a count. */
function baseName(name: string): string {
  return name.endsWith('_total') ? name.slice(0, -'_total'.length) : name;
}

/**
 * Whether a series is one that we read.
 *
 * @param all the buckets, sums and counts of histograms among them
 */
export function isKnownName(name: string, all = true): boolean {
  return KNOWN.has(name) || KNOWN.has(all ? name.replace(/_(total|bucket|sum|count)$/, '') : baseName(name));
}

/**
 * Which series of a page are kept: the known ones, and those that are asked for by name. Of histograms only what is before a
 * run and after it is of use, and they are most of a page: others than the first one are read without them.
 */
export function createNameFilter(names: readonly string[]): (name: string, isFirst: boolean) => boolean {
  return (name, isFirst) => isKnownName(name, isFirst) || names.includes(name) || names.includes(baseName(name));
}
