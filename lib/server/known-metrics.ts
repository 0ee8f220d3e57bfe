/** What a server's number is: a level, a count that only rises, or a distribution in buckets. */
type ServerMetricKind = 'gauge' | 'counter' | 'histogram';

/** One number of a server that we know, whatever the server calls it. */
export interface KnownMetric {
  readonly kind: ServerMetricKind;
  /** How the values of several engines, or of several servers, make one. Counts and histograms are always added. */
  readonly joins?: 'sum' | 'mean';
  /** A label that tells apart what has one value: parts of a GPU repeat that of the whole, and the largest of them counts. */
  readonly perLabel?: string;
  /**
   * A label by whose values one request may be counted several times: Triton counts it for an ensemble and for each model in
   * that. With several of them nobody knows which are requests.
   */
  readonly stepLabel?: string;
  /**
   * Of a count that a server writes with its first value alone, one that it writes with every request: where the page has that
   * and not this, this is 0.
   */
  readonly zeroBeside?: string;
  /** One unit of the server's in ours: seconds are 1000 milliseconds. */
  readonly scale?: number;
  /**
   * In the order in which they are looked for: of the current and the deprecated name of one number, a server may have both.
   * Without the `_total` that a client library puts after a count. `name{label=text}` is the series with that label, and
   * `a + b` the sum of two: llama.cpp counts prompt tokens that it computed apart from those that it had.
   */
  readonly names: readonly string[];
}

/**
 * The numbers of servers that we know, by our names, a row each. Names as in the servers' own sources: vLLM (its V1 engine,
 * and before), SGLang, TGI, llama.cpp, trtllm-serve, LMDeploy, Triton with its TensorRT-LLM backend; NVIDIA's DCGM exporter
 * and AMD's device metrics exporter. Ollama has no such page.
 */
export const KNOWN_METRICS = {
  running: {
    kind: 'gauge',
    joins: 'sum',
    names: [
      'vllm:num_requests_running',
      'sglang:num_running_reqs',
      'tgi_batch_current_size',
      'llamacpp:requests_processing',
      'trtllm_num_requests_running',
      'lmdeploy:num_requests_running',
      'nv_trt_llm_request_metrics{request_type=scheduled}',
    ],
  },
  waiting: {
    kind: 'gauge',
    joins: 'sum',
    names: [
      'vllm:num_requests_waiting',
      'sglang:num_queue_reqs',
      'tgi_queue_size',
      'llamacpp:requests_deferred',
      'trtllm_num_requests_waiting',
      'lmdeploy:num_requests_waiting',
      'nv_trt_llm_request_metrics{request_type=waiting}',
      'nv_inference_pending_request_count',
    ],
  },
  kv_cache_ratio: {
    kind: 'gauge',
    joins: 'mean',
    names: [
      'vllm:kv_cache_usage_perc',
      'vllm:gpu_cache_usage_perc',
      'sglang:token_usage',
      'llamacpp:kv_cache_usage_ratio',
      'trtllm_kv_cache_utilization',
      'lmdeploy:gpu_cache_usage_perc',
      'nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type=fraction}',
    ],
  },
  requests: {
    kind: 'counter',
    stepLabel: 'model',
    names: [
      'vllm:request_success',
      'sglang:num_requests',
      'tgi_request_success',
      'trtllm_request_success',
      'lmdeploy:request_success',
      'nv_inference_request_success',
    ],
  },
  preemptions: { kind: 'counter', names: ['vllm:num_preemptions', 'sglang:num_retracted_requests'] },
  prompt_tokens: {
    kind: 'counter',
    names: [
      'vllm:prompt_tokens',
      'sglang:prompt_tokens',
      'tgi_request_input_length_sum',
      'llamacpp:prompt_tokens + llamacpp:prompt_tokens_cached',
      'trtllm_prompt_tokens',
      'lmdeploy:prompt_tokens',
    ],
  },
  generation_tokens: {
    kind: 'counter',
    names: [
      'vllm:generation_tokens',
      'sglang:generation_tokens',
      'tgi_request_generated_tokens_sum',
      'llamacpp:tokens_predicted',
      'trtllm_generation_tokens',
      'lmdeploy:generation_tokens',
    ],
  },
  prefix_cache_queries: {
    kind: 'counter',
    names: [
      'vllm:prefix_cache_queries',
      'vllm:gpu_prefix_cache_queries',
      'sglang:prompt_tokens',
      'llamacpp:prompt_tokens_cached + llamacpp:prompt_tokens',
    ],
  },
  prefix_cache_hits: {
    kind: 'counter',
    // SGLang's series has the source of the hit as a label; both are in its versions since the count of requests is.
    zeroBeside: 'sglang:num_requests',
    names: [
      'vllm:prefix_cache_hits',
      'vllm:gpu_prefix_cache_hits',
      'sglang:cached_tokens',
      'llamacpp:prompt_tokens_cached',
    ],
  },
  drafts: { kind: 'counter', names: ofDrafting('spec_decode_num_drafts') },
  draft_tokens: { kind: 'counter', names: ofDrafting('spec_decode_num_draft_tokens') },
  accepted_tokens: {
    kind: 'counter',
    names: [...ofDrafting('spec_decode_num_accepted_tokens'), 'tgi_request_skipped_tokens_sum'],
  },
  ttft: {
    kind: 'histogram',
    scale: 1000,
    names: [
      'vllm:time_to_first_token_seconds',
      'sglang:time_to_first_token_seconds',
      'trtllm_time_to_first_token_seconds',
      'lmdeploy:time_to_first_token_seconds',
    ],
  },
  itl: {
    kind: 'histogram',
    scale: 1000,
    names: [
      'vllm:inter_token_latency_seconds',
      'vllm:time_per_output_token_seconds',
      'sglang:inter_token_latency_seconds',
      'sglang:time_per_output_token_seconds',
      'trtllm_time_per_output_token_seconds',
      'lmdeploy:iter_token_latency',
      'lmdeploy:time_per_output_token_seconds',
      'tgi_request_mean_time_per_token_duration',
    ],
  },
  queue: {
    kind: 'histogram',
    scale: 1000,
    names: [
      'vllm:request_queue_time_seconds',
      'sglang:queue_time_seconds',
      'trtllm_request_queue_time_seconds',
      'lmdeploy:request_queue_time_seconds',
      'tgi_request_queue_duration',
    ],
  },
  prefill: {
    kind: 'histogram',
    scale: 1000,
    names: [
      'vllm:request_prefill_time_seconds',
      'lmdeploy:request_prefill_time_seconds',
      'trtllm_request_prefill_time_seconds',
    ],
  },
  latency: {
    kind: 'histogram',
    scale: 1000,
    names: [
      'vllm:e2e_request_latency_seconds',
      'sglang:e2e_request_latency_seconds',
      'trtllm_e2e_request_latency_seconds',
      'lmdeploy:e2e_request_latency_seconds',
      'tgi_request_duration',
    ],
  },
  gpu_utilization_ratio: {
    kind: 'gauge',
    joins: 'mean',
    scale: 0.01,
    names: ['DCGM_FI_DEV_GPU_UTIL', 'gpu_gfx_activity'],
  },
  gpu_memory_mib: { kind: 'gauge', joins: 'sum', names: ['DCGM_FI_DEV_FB_USED', 'gpu_used_vram'] },
  gpu_power_w: {
    kind: 'gauge',
    joins: 'sum',
    perLabel: 'UUID',
    names: ['DCGM_FI_DEV_POWER_USAGE', 'gpu_package_power', 'gpu_average_package_power'],
  },
  // Millijoules there, joules here.
  gpu_energy_j: {
    kind: 'counter',
    scale: 0.001,
    perLabel: 'UUID',
    names: ['DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION'],
  },
} as const satisfies Readonly<Record<string, KnownMetric>>;

export type ServerMetricName = keyof typeof KNOWN_METRICS;

/** Tokens that a draft proposed and the model took, by their place in the draft: a label tells the place. */
export const ACCEPTED_BY_POSITION = ofDrafting('spec_decode_num_accepted_tokens_per_pos');

/** A number of speculative decoding, as the servers that have it call it. */
function ofDrafting(name: string): string[] {
  return ['vllm:', 'llamacpp:', 'lmdeploy:', 'trtllm_'].map((start) => start + name);
}
