import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

// Every metric is made unconditionally when a script loads: a threshold on one that does not exist is refused by k6.

/** Time Trends, milliseconds, of completed requests. */
export const ttft = new Trend('llm_ttft', true);
export const itl = new Trend('llm_itl', true);
export const tpot = new Trend('llm_tpot', true);
export const latency = new Trend('llm_latency', true);

/** From the last output to the end of the latency. */
export const afterOutput = new Trend('llm_after_output', true);

/** Per completed request. */
export const inputTokens = new Trend('llm_input_tokens');
export const outputTokens = new Trend('llm_output_tokens');
export const outputThroughput = new Trend('llm_output_throughput');
export const chunks = new Trend('llm_chunks');

/** One sample per run, from setup; carries the configuration, secrets masked, in its metadata. */
export const run = new Counter('llm_run');
/** One sample when the connection test failed, from setup; carries what a person was told in its metadata. */
export const connectionTest = new Counter('llm_connection_test');
/** One sample per finished warm-up request, with its record in its metadata; such a request is in no other metric. */
export const warmups = new Counter('llm_warmup_requests');
/** One sample per request that was sent, before it is sent: what is missing in `requests` at the end was aborted. */
export const sent = new Counter('llm_requests_sent');
/** One sample per finished request; carries the record in its metadata. */
export const requests = new Counter('llm_requests');
export const completed = new Counter('llm_requests_completed');
export const failed = new Counter('llm_requests_failed');
/** Given up on purpose. */
export const cancelled = new Counter('llm_requests_cancelled');
export const inputTokensTotal = new Counter('llm_input_tokens_total');
export const outputTokensTotal = new Counter('llm_output_tokens_total');
/** Input tokens that the server had in its prompt cache, where it says so. */
export const cachedTokensTotal = new Counter('llm_cached_tokens_total');
/** Gaps between chunks under 0.05 ms: chunks that arrived together. */
export const coalescedGaps = new Counter('llm_coalesced_gaps');
/**
 * False from every VU that began a request, true from every VU that completed one: above 0 where anything was measured,
 * and empty where there was nothing to do.
 */
export const measured = new Rate('llm_measured');
export const failedRate = new Rate('llm_request_failed');
/** Requests within which the clock was set. */
export const clockSteps = new Counter('llm_clock_steps');
/** How late timers of this client fired, and how late requests started against their schedule; milliseconds. */
export const clientLag = new Trend('llm_client_lag', true);
export const late = new Trend('llm_late', true);
/** Their minimum and maximum bound the time taken. */
export const firstStart = new Gauge('llm_first_start');
export const lastEnd = new Gauge('llm_last_end');
