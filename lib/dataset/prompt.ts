/** One message of a chat, in OpenAI's shape; `content` may be text or parts, other keys pass through. */
export interface ChatMessage {
  readonly role: string;
  readonly content: unknown;
  readonly [key: string]: unknown;
}

/** One prompt of a dataset: what a request is made of. */
export interface Prompt {
  /** At least one message. */
  readonly messages: readonly ChatMessage[];
  /** Overrides the run's `max-tokens` for this prompt. */
  readonly max_tokens?: number;
  /** Counted by `k6-llm-perf prepare`; absent where nobody counted. */
  readonly input_tokens?: number;
}
