import type { JsonObject } from '../shared/json.ts';
import type { Milliseconds } from '../shared/units.ts';

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
  /** Token ids, which are sent in place of the messages; completions alone takes them. */
  readonly ids?: readonly number[];
  /** Overrides the run's `max-tokens` for this prompt. */
  readonly max_tokens?: number;
  /** Counted by `k6-llm-perf prepare`; absent where nobody counted. */
  readonly input_tokens?: number;
}

/** One turn of a conversation: what is said after all that was said before, and what was once answered. */
export interface Turn extends Prompt {
  /** The recorded answer, which may be in the history of the turns that follow; absent: none was recorded. */
  readonly reply?: ChatMessage;
  /** How long after the end of the turn before this one starts: a person thinks, a tool works. Absent: as the run says. */
  readonly delay_ms?: Milliseconds;
  /** When it started, since the start of the conversation; absent: nobody recorded it. */
  readonly at_ms?: Milliseconds;
  /** How long the recorded answer took; absent: nobody recorded it. */
  readonly duration_ms?: Milliseconds;
  /** Tokens of the recorded answer; absent: nobody counted. */
  readonly output_tokens?: number;
  /** Fields of the request's body beside the messages, such as `tools`. */
  readonly body?: JsonObject;
  /** Headers of the request, below those of the run. */
  readonly headers?: Readonly<Record<string, string>>;
  /** true: the messages are the whole prompt, and nothing that was said before comes in front of them. */
  readonly restarts?: boolean;
}

/** The first turn, and those that follow it: a prompt is a conversation of one turn. */
export interface Conversation extends Turn {
  /** The name it was recorded with. */
  readonly id?: string;
  readonly next?: readonly Turn[];
  /** When it started, since the start of the trace; absent in what is not a trace. */
  readonly start_ms?: Milliseconds;
}
