/**
 * Every way a request can fail, closed.
 *
 * `cut`: the stream ended before `[DONE]` or a finish reason. `empty`: it finished without any output.
 * `api-error`: an error object inside a 200 stream. `aborted`: the run was stopped while the request was under way.
 * `unknown`: only where a record is read whose kind this version does not know; its detail begins with the kind's name.
 */
export const FAILURE_KINDS = [
  'http-status',
  'rate-limited',
  'timeout',
  'refused',
  'reset',
  'cut',
  'bad-payload',
  'api-error',
  'empty',
  'aborted',
  'unknown',
] as const;

export type FailureKind = (typeof FAILURE_KINDS)[number];

/** Where a record's output token count comes from. */
export const TOKEN_SOURCES = ['usage', 'tokenizer', 'chunks'] as const;

export type TokenSource = (typeof TOKEN_SOURCES)[number];

/** The event that ends TTFT: see `design` in README, "Metrics". `first-byte` is what plain `k6/http` can see. */
export const TTFT_RULES = ['first-output', 'first-chunk', 'content'] as const;

export type TtftRule = (typeof TTFT_RULES)[number];
