import type { RunConfig } from '../config/parameters.ts';
import type { Prompt } from '../dataset/prompt.ts';
import type { Milliseconds } from '../shared/units.ts';
import type { Delta } from './delta.ts';

/** One API, request and answer: everything that a run needs to know of it. Its row is in `apis.ts`. */
export interface Api {
  /** As written in `--api`, tags and records. */
  readonly name: string;
  /** Other words for it in `--api`, those of other tools. */
  readonly aliases: readonly string[];
  /** What follows the base of a URL, and by what a URL is known to be of this API. */
  readonly path: string;
  /** What the paths of its URLs end in, where that is more than `path`; with `$`. */
  readonly ending?: RegExp;
  /** Of a user's own file: the script that holds it speaks nothing else, and its URLs are taken as they are. */
  readonly isCustom?: true;
  /** What a bare host gets in front of the path; `/v1` where absent, since nearly every server has it there. */
  readonly version?: string;
  /** true: its bases end before `/v1`, as its own client library takes them. */
  readonly basesLackVersion?: true;
  /** The URL of a request, where it names the model, or a stream has another one. @param url a complete one of this API */
  readonly urlOf?: (url: string, request: { readonly model: string; readonly stream: boolean }) => string;
  /** The environment variable with the key, where `API_KEY` gives none: a key goes to its own vendor only. */
  readonly keyVariable: string;
  /** Where else the key may have to go, in words after a blank, for a server that refuses it. */
  readonly keyHint?: string;
  /** The domain of that vendor. */
  readonly vendorHost: string;
  /**
   * The fields of the body that steer generation, by the names of their settings, in the order of the body. A setting that
   * has none here is refused.
   */
  readonly fields: Readonly<Partial<Record<keyof RunConfig, string>>>;
  /** The object of the body whose fields are named with it and a dot in front, as `options.seed`. */
  readonly group?: string;
  /**
   * Names of the most tokens of an answer: the one that is sent, then any that `extra-args` or a template may use in its place;
   * none where answers are not text.
   */
  readonly limitFields: readonly string[];
  /** How the string that a token travels in begins in an event's data; where several do, the first that proves right counts. */
  readonly textFields: readonly string[];
  /** true: an end may begin as other events do, and each event is asked at once whether it is one. */
  readonly endsAnywhere?: true;
  /** What differs between events that are alike otherwise, and says nothing. */
  readonly noise?: RegExp;
  /** What a chunk begins with that says which answer it belongs to, and nothing else: after it, answers have the same chunks. */
  readonly preface?: RegExp;
  /** true: a stream is lines of JSON (NDJSON) in place of server-sent events. */
  readonly isLines?: true;
  /** How many inputs a prompt holds, for an API that makes no text of them and has no stream: texts to embed, documents to rank. */
  readonly countInputs?: (prompt: Prompt) => number;
  /** What it takes of pictures; `data`: no addresses of them. Absent: both. */
  readonly pictures?: 'none' | 'data';
  /** What ends an answer, in words. */
  readonly endWords: string;
  /** Whether a stream with a finish reason is complete, even if its end mark never came. */
  readonly endsByReason: boolean;
  /** The headers of every request of a run, those of the user last. */
  headers(config: RunConfig): Record<string, string>;
  /** The fields of the body that hold the prompt. @param model that it is for, where the whole body is made here */
  input(prompt: Prompt, model: string): Record<string, unknown>;
  /** Why the request whose fields `input` made last is not to be sent; absent where it can always make them. */
  readonly flaw?: () => string | null;
  /**
   * What one event of a stream says: output, an end, usage, an error, or nothing. Never throws.
   *
   * @param name of the event; empty for most
   */
  readEvent(data: string, name: string): Delta;
  /** `mark`: the event ends the stream, and says nothing else. `last`: it ends the stream and is read, too. */
  endOf(data: string, name: string): 'mark' | 'last' | null;
  /**
   * What the whole body of an answer without streaming says. Never throws.
   *
   * @param request that it answers, where the answer must fit it
   */
  readWhole(body: string, request?: Pick<ApiRequest, 'inputs' | 'body'>): Delta;
}

/** One HTTP request, ready to send. */
export interface ApiRequest {
  /** The API that the request speaks, and by which its answer is read. */
  readonly api: Api;
  readonly url: string;
  /** The model that it asks. */
  readonly model: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body: string;
  /** Why it is not sent, and fails; absent for most. */
  readonly flaw?: string | null | undefined;
  /** How many answers the body asks for (`n`). */
  readonly choices: number;
  /** How many inputs the body holds, where the answer is not text; null elsewhere. */
  readonly inputs: number | null;
  /** The most output tokens that the body allows, over all choices; null where it sets no limit. */
  readonly mostOutputTokens: number | null;
  /** Whether the body asks for a stream. */
  readonly stream: boolean;
  /** Whether a stream leaves its connection open for the next one. */
  readonly keepConnection: boolean;
  /** Longest wait for a connection. */
  readonly connectTimeoutMs: Milliseconds;
  /** The whole request, body included. */
  readonly totalTimeoutMs: Milliseconds;
  /** Longest wait between two events of a stream. */
  readonly readTimeoutMs: Milliseconds;
}
