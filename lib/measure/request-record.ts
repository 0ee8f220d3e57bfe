import type { FailureKind, TokenSource, TtftRule } from '../shared/failure-kinds.ts';
import type { Milliseconds } from '../shared/units.ts';

/** Why a request failed. */
export interface Failure {
  readonly kind: FailureKind;
  /** HTTP status, or null when no response came. */
  readonly status: number | null;
  /** What happened, in at most 500 characters, without secrets. */
  readonly detail: string;
}

/** The event that ended TTFT; `first-byte` where `k6/http` shows no events. */
export type AppliedTtftRule = TtftRule | 'first-byte';

/**
 * One request, completed or failed: the contract between a run and every report. Version 1.
 *
 * All times are milliseconds since the start of the run, floats written with three decimals (microseconds);
 * `null` where there is no value, never 0. Keys are snake_case because the record is written as JSON.
 */
export interface RequestRecord {
  readonly v: 1;
  /** Position in the run, unique over all instances of a distributed run, from 0. */
  readonly index: number;
  readonly scenario: string;
  /** Wall clock, ISO 8601, milliseconds. */
  readonly started_at: string;
  readonly start_ms: Milliseconds;
  readonly end_ms: Milliseconds;
  readonly outcome: 'completed' | 'failed';
  /** null exactly when `outcome` is `completed`. */
  readonly failure: Failure | null;
  readonly status: number | null;
  readonly stream: boolean;
  /** From just before sending to the event that `ttft_rule` names; null without streaming. */
  readonly ttft_ms: Milliseconds | null;
  readonly ttft_rule: AppliedTtftRule;
  /** First event of any kind that carries data, since `start_ms`; and so for the next three. */
  readonly first_event_ms: Milliseconds | null;
  /** First event with a non-empty `choices`: evalscope's first token. */
  readonly first_choices_ms: Milliseconds | null;
  /** First event with content, reasoning, text or tool-call arguments. */
  readonly first_output_ms: Milliseconds | null;
  /** First event with visible answer text. */
  readonly first_content_ms: Milliseconds | null;
  /** To the last event that carries a chunk (usage included); without streaming to the complete body. */
  readonly latency_ms: Milliseconds | null;
  /** Gaps between successive chunks that carry output; `chunks - 1` of them, empty below two chunks. */
  readonly chunk_gaps_ms: readonly Milliseconds[];
  /** Chunks that carry output; null where the transport shows none. */
  readonly chunks: number | null;
  /** `(latency - TTFT) / (output_tokens - 1)`; null below two output tokens. */
  readonly tpot_ms: Milliseconds | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cached_tokens: number | null;
  readonly token_source: TokenSource | null;
  readonly finish_reason: string | null;
  /** When the load model wanted the request to start; null in a closed loop. */
  readonly scheduled_ms: Milliseconds | null;
  /** `start_ms - scheduled_ms`; null in a closed loop. */
  readonly late_ms: Milliseconds | null;
  readonly conversation: { readonly id: string; readonly turn: number } | null;
  readonly model: string;
  /** How late a timer of this client fired, last measured before the request was sent; absent where nobody measured. */
  readonly client_lag_ms?: Milliseconds;
  /**
   * Times the clock went backwards or leapt within this request, as when k6's wall clock is set; absent for none. The
   * timings of such a request are in no statistics.
   */
  readonly clock_steps?: number;
  /** true: sent to warm the service up, and in no metric; absent otherwise. */
  readonly warmup?: true;
  /** Only when asked for, or when a tokenizer has to count it in the report step. */
  readonly prompt?: string;
  readonly response?: string;
}
