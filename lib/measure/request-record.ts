import type { FailureKind, TokenSource, TtftRule } from '../shared/failure-kinds.ts';
import type { Milliseconds } from '../shared/units.ts';

/** Lengths of time from the start of a request, by their fields. */
export const TIMES = [
  'ttft_ms',
  'first_event_ms',
  'first_choices_ms',
  'first_output_ms',
  'first_content_ms',
  'last_output_ms',
  'latency_ms',
] as const satisfies readonly (keyof RequestRecord)[];

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

/** Which turn of which conversation a request is. */
export interface ConversationTurn {
  /** Unique in the run, over all instances. */
  readonly id: string;
  /** From 1. */
  readonly turn: number;
  /** How many turns the conversation has; null where it is not known. */
  readonly turns: number | null;
}

/**
 * One request: the contract between a run and every report. Version 2; a record of version 1 is read as one of version 2
 * whose new fields are null. A field may be added without a new version, since readers keep what they do not know; the
 * version rises when a meaning changes.
 *
 * All times are milliseconds since the start of the run, floats written with three decimals (microseconds);
 * `null` where there is no value, never 0. Keys are snake_case because the record is written as JSON.
 */
export interface RequestRecord {
  readonly v: 2;
  /** Position in the run, unique over all instances of a distributed run, from 0. */
  readonly index: number;
  /** Of the run, the same over all of its instances where it was given; null in a record of version 1. */
  readonly run_id: string | null;
  /** k6's execution segment, the instance's share of a distributed run, as `0:1/2`; null where there is one instance. */
  readonly segment: string | null;
  readonly scenario: string;
  /** Wall clock, ISO 8601, milliseconds. */
  readonly started_at: string;
  readonly start_ms: Milliseconds;
  readonly end_ms: Milliseconds;
  /** `cancelled`: given up on purpose, as by a user who leaves. It neither failed nor completed. */
  readonly outcome: 'completed' | 'failed' | 'cancelled';
  /** null exactly when `outcome` is not `failed`. */
  readonly failure: Failure | null;
  readonly status: number | null;
  readonly stream: boolean;
  /** From just before sending to the event that `ttft_rule` names; null without streaming. */
  readonly ttft_ms: Milliseconds | null;
  readonly ttft_rule: AppliedTtftRule;
  /** First event that carries a chunk, with choices or usage, since `start_ms`; and so for the next four. */
  readonly first_event_ms: Milliseconds | null;
  /** First event with a non-empty `choices`: evalscope's first token. */
  readonly first_choices_ms: Milliseconds | null;
  /** First event with output: content, reasoning, a tool call, sound, a picture. */
  readonly first_output_ms: Milliseconds | null;
  /** First event with visible answer text. */
  readonly first_content_ms: Milliseconds | null;
  /** Last event with output. */
  readonly last_output_ms: Milliseconds | null;
  /** To the last event that carries a chunk (usage included); without streaming to the complete body. */
  readonly latency_ms: Milliseconds | null;
  /**
   * Gaps between successive chunks of one choice that carry output, those of all choices pooled: with one choice
   * `chunks - 1` of them, empty below two chunks.
   */
  readonly chunk_gaps_ms: readonly Milliseconds[];
  /** Chunks that carry output; null where the transport shows none. */
  readonly chunks: number | null;
  /** Chunks whose output is reasoning alone. */
  readonly reasoning_chunks: number | null;
  /** `(last output - TTFT) / (output_tokens - 1)`; null below two output tokens. With several choices that of each one. */
  readonly tpot_ms: Milliseconds | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cached_tokens: number | null;
  /** Tokens of the prompt as the dataset has them, where the server counted them, too. */
  readonly prepared_tokens: number | null;
  /** Input tokens that are pictures; absent where usage does not tell them apart. */
  readonly image_tokens?: number;
  readonly token_source: TokenSource | null;
  readonly finish_reason: string | null;
  /** When the load model wanted the request to start; null in a closed loop. */
  readonly scheduled_ms: Milliseconds | null;
  /** `start_ms - scheduled_ms`; null in a closed loop. */
  readonly late_ms: Milliseconds | null;
  /** How long the request waited in the client for a free place. */
  readonly queued_ms: Milliseconds | null;
  /**
   * What connecting took, as part of TTFT and latency: DNS, TCP, a proxy's tunnel and TLS; 0 on a connection that was kept. null
   * where the transport does not say: a stream of `k6/x/sse`.
   */
  readonly connect_ms: Milliseconds | null;
  /** What the server asked to wait for (`Retry-After`), in seconds. */
  readonly retry_after_s: number | null;
  /** null for a prompt of its own. */
  readonly conversation: ConversationTurn | null;
  readonly model: string;
  readonly api: string | null;
  /** Where it was sent, without query; absent where the run has one URL. */
  readonly url?: string;
  /** Texts that were embedded, or documents that were ranked; absent where the answer is text. */
  readonly inputs?: number;
  /** Position of the prompt in the dataset, from 0. */
  readonly dataset_index: number | null;
  /** What was put into the prompt to keep it out of the server's cache. */
  readonly nonce: string | null;
  /** Number of the VU in its instance, from 1; absent in records of older versions of this tool. */
  readonly vu?: number;
  /** How late a timer of this client fired, last measured before the request was sent; absent where it was not measured. */
  readonly client_lag_ms?: Milliseconds;
  /**
   * Times the clock went backwards or leapt within this request, as when k6's wall clock is set; absent for none. The
   * timings of such a request are in no statistics.
   */
  readonly clock_steps?: number;
  /** How many choices carried output; absent for one. */
  readonly choices?: number;
  /** What in the answer was unknown, or not believed, or what its way did to its times, for a person; absent without any. */
  readonly notes?: readonly string[];
  /** true: sent to warm the service up, and in no metric; absent otherwise. */
  readonly warmup?: true;
  /** true: of the light user beside the load, and in no number of the load; absent otherwise. */
  readonly probe?: true;
  /** The stage of the load, from 1, in which it started, of a schedule in which it was due; absent without stages, and after the last. */
  readonly stage?: number;
  /** Only when asked for, or when a tokenizer has to count it in the report step. */
  readonly prompt?: string;
  readonly response?: string;
}
