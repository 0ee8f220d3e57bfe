/** What the names of all metrics that we know begin with, the longest first that fits. */
export const NAME_STARTS = (
  'vllm:gpu_ vllm: sglang:num_ sglang: tgi_request_ tgi_ llamacpp: trtllm_ lmdeploy:gpu_ lmdeploy: nv_trt_llm_ nv_inference_ ' +
  'DCGM_FI_DEV_ gpu_'
).split(' ');

/**
 * What is behind that, of any of the servers: what a script of k6 needs to know of them. Without the `_total` of a count, and
 * the `_bucket`, `_sum` and `_count` of a histogram; `known-metrics.ts` says what they are, and a test that both have the same.
 */
export const NAME_ENDS = (
  'num_requests_running num_requests_waiting running_reqs queue_reqs requests request_success ' +
  'success num_preemptions retracted_requests prompt_tokens prompt_tokens_cached generation_tokens ' +
  'cached_tokens kv_cache_usage_perc cache_usage_perc token_usage kv_cache_usage_ratio kv_cache_utilization ' +
  'prefix_cache_queries prefix_cache_hits time_to_first_token_seconds time_per_output_token_seconds ' +
  'inter_token_latency_seconds iter_token_latency e2e_request_latency_seconds request_queue_time_seconds ' +
  'queue_time_seconds request_prefill_time_seconds spec_decode_num_drafts spec_decode_num_draft_tokens ' +
  'spec_decode_num_accepted_tokens spec_decode_num_accepted_tokens_per_pos batch_current_size queue_size ' +
  'input_length generated_tokens skipped_tokens mean_time_per_token_duration queue_duration duration ' +
  'requests_processing requests_deferred tokens_predicted request_metrics pending_request_count ' +
  'kv_cache_block_metrics GPU_UTIL FB_USED POWER_USAGE TOTAL_ENERGY_CONSUMPTION gfx_activity used_vram ' +
  'package_power average_package_power'
).split(' ');

const KNOWN = NAME_STARTS.flatMap((start) => NAME_ENDS.map((end) => start + end));

/** Whether a series is kept, by its name; `all`: the buckets, sums and counts of histograms among them. */
export type NameFilter = (name: string, all: boolean) => boolean;

/**
 * Keeps the series that we know, and those that are asked for by name. Of histograms only what is before a run and after it is
 * of use, and they are most of a page: looks between are without them.
 */
export function createNameFilter(names: readonly string[]): NameFilter {
  const kept: ReadonlySet<string> = new Set([...KNOWN, ...names]);
  return (name, all) => kept.has(name) || kept.has(name.replace(all ? /_(total|bucket|sum|count)$/ : /_total$/, ''));
}
