import type { RunConfig } from '../config/parameters.ts';
import type { ChatMessage } from '../dataset/prompt.ts';
import type { Failure, RequestRecord } from '../measure/request-record.ts';
import type { TokenSource } from '../shared/failure-kinds.ts';
import type { JsonObject } from '../shared/json.ts';
import type { Milliseconds } from '../shared/units.ts';

/** The settings of a run that a script gives its requests; one list for types and checks. */
export const SETTING_NAMES = [
  ...(['url', 'urlAsIs', 'model', 'api', 'apiKey', 'headers', 'connections'] as const),
  ...(['maxTokens', 'maxTokensField', 'minTokens', 'temperature', 'topP', 'topK', 'frequencyPenalty'] as const),
  ...(['repetitionPenalty', 'seed', 'stop', 'stopTokenIds', 'logprobs', 'nChoices', 'extraArgs'] as const),
  ...(['stream', 'streamOptions', 'connectTimeoutS', 'readTimeoutS', 'totalTimeoutS'] as const),
  ...(['ttftRule', 'saveText', 'debug'] as const),
] as const;

type Given = Partial<Omit<Pick<RunConfig, (typeof SETTING_NAMES)[number]>, 'headers' | 'extraArgs'>>;

/** Where requests go, and how they are made: the settings of docs/parameters.md, by their names in code. */
export interface LlmSettings extends Given {
  /** The endpoint, or its base. */
  readonly url: string;
  readonly model: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Merged into the body last; null takes a field away. */
  readonly extraArgs?: Readonly<Record<string, unknown>>;
  /** Tags of all samples that these requests leave in k6's metrics. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** What one request may have of its own. */
export interface CallOptions {
  readonly maxTokens?: number;
  /** Fields of the body beside those of the settings, such as `tools`. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Beside those of the settings. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Messages in OpenAI's shape; a text is one message of the user. */
export type Messages = string | readonly ChatMessage[];

/** What came of a request. A request that fails is an answer, too: `failure` says why. */
export interface LlmAnswer {
  /** Whether it completed: a status of 2xx, output, and the API's end. */
  readonly ok: boolean;
  /** The visible text; the reasoning where nothing else came. */
  readonly text: string;
  /** The same as a message for the history. */
  readonly message: ChatMessage;
  /** null: it completed, or was stopped on purpose. */
  readonly failure: Failure | null;
  /** Of HTTP; null where no response came. */
  readonly status: number | null;
  readonly finishReason: string | null;
  /** null where there is none, never 0. */
  readonly timings: {
    readonly ttft_ms: Milliseconds | null;
    readonly latency_ms: Milliseconds | null;
    readonly tpot_ms: Milliseconds | null;
    readonly first_content_ms: Milliseconds | null;
    readonly chunk_gaps_ms: readonly Milliseconds[];
  };
  readonly usage: {
    readonly input_tokens: number | null;
    readonly output_tokens: number | null;
    readonly cached_tokens: number | null;
    /** By whose count output tokens are. */
    readonly token_source: TokenSource | null;
  };
  /** All that is kept of the request: docs/record-format.md. */
  readonly record: RequestRecord;
}

/** The answer of an embedding. */
export interface EmbedAnswer extends LlmAnswer {
  /** The vectors, in the order of the inputs; read from the body when they are asked for. */
  vectors(): number[][];
}

/** A conversation with a service: each turn is sent with all that was said before. */
export interface LlmConversation {
  /** What was said so far. */
  readonly messages: readonly ChatMessage[];
  /** Says something, and hears the answer. A turn that failed is not part of the history, so it may be tried again. */
  say(text: Messages, options?: CallOptions): Promise<LlmAnswer>;
}

/** A service whose settings are checked. */
export interface LlmService {
  /** One chat request. */
  chat(messages: Messages, options?: CallOptions): Promise<LlmAnswer>;
  /** A new conversation. */
  converse(options?: ConversationOptions): LlmConversation;
}

export interface ConversationOptions {
  /** What the system says first. */
  readonly system?: string;
  /** Names it in the records; it must be unique in the run. */
  readonly id?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A chat request with its settings. */
export type ChatRequest = LlmSettings & Omit<CallOptions, 'maxTokens'> & { readonly messages: Messages };
/** A text completion. */
export type CompletionRequest = LlmSettings & Omit<CallOptions, 'maxTokens'> & { readonly prompt: string };
/** An embedding of one text or several. */
export type EmbedRequest = LlmSettings &
  Omit<CallOptions, 'maxTokens'> & { readonly input: string | readonly string[] };

/** What a request is made of, whichever function asks for it. */
export interface Call {
  readonly messages: readonly ChatMessage[];
  readonly max_tokens?: number | undefined;
  readonly body?: JsonObject | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly conversation?: RequestRecord['conversation'] & object;
}
