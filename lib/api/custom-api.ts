import type { Prompt } from '../dataset/prompt.ts';
import { isObject, type JsonObject } from '../shared/json.ts';
import { ownValue } from '../shared/own-value.ts';
import type { Api } from './api.ts';
import type { Delta } from './delta.ts';
import { bearerHeaders, buildHeaders, isDone } from './openai-shared.ts';
import { chunkOf, nothing } from './read-event.ts';
import { countOf } from './usage-shapes.ts';

/** What of a run's settings a file of a user's own sees. */
export interface CustomSettings {
  readonly model: string;
  readonly stream: boolean;
  /** Most output tokens of the answer. */
  readonly maxTokens: number;
  readonly temperature: number | null;
  readonly topP: number | null;
  readonly topK: number | null;
  readonly seed: number;
  readonly stop: readonly string[] | null;
  readonly apiKey: string | null;
}

/** What an event, or a whole answer, says; what it leaves out, it does not say. */
export interface CustomDelta {
  /** Visible text of the answer. */
  readonly text?: string;
  readonly reasoning?: string;
  /** Names and arguments of tool calls. */
  readonly tools?: string;
  /** Output that is not text. */
  readonly hasMedia?: boolean;
  /** Why the answer ended; a stream is complete with it, or with `isEnd`. */
  readonly finishReason?: string | null;
  readonly inputTokens?: number | null;
  readonly outputTokens?: number | null;
  readonly cachedTokens?: number | null;
  /** The server's words where it failed. */
  readonly error?: string;
}

/**
 * An API of a user's own, the default export of the file that `--api ./my-api.ts` names. It runs in k6: no Node, no `fetch`,
 * no `URL`; functions are pure. What reading throws fails that one request; so do `headers` and a `body` that
 * throw or are not an object, and such a request is not sent.
 */
export interface CustomApi {
  /** In tags and records. */
  readonly name: string;
  /** true: a stream is lines of JSON (NDJSON) in place of server-sent events. */
  readonly isLines?: boolean;
  /** Headers beside `Content-Type`; the key as `Authorization: Bearer …` where absent. */
  headers?(settings: CustomSettings): Record<string, string>;
  /** The JSON body of a request. */
  body(prompt: Prompt, settings: CustomSettings): Record<string, unknown>;
  /** One event of a stream: its `data`, and the name it calls itself by. null: it says nothing. */
  readEvent(data: string, name: string): CustomDelta | null;
  /** Whether an event ends the stream; `[DONE]` where absent. */
  isEnd?(data: string, name: string): boolean;
  /** A whole answer without streaming; as an event where absent. */
  readWhole?(body: string): CustomDelta | null;
}

/** The file's API as a run speaks it. */
export function adaptApi(custom: CustomApi): Api {
  if (!custom?.name || typeof custom.name !== 'string' || !isFunction(custom.body) || !isFunction(custom.readEvent))
    throw new Error('the default export of the file is no API: it has no name, body or readEvent');
  let settings: CustomSettings | null = null;
  const flaws: { headers: string | null; body: string | null } = { headers: null, body: null };
  /** Why asking whether an event is the last one failed, until that event is read. */
  const endless = new Map<string, string>();
  const isEnd = (data: string, name: string): boolean => custom.isEnd?.(data, name) ?? isDone(data);
  return {
    name: custom.name,
    aliases: [],
    path: '',
    isCustom: true,
    keyVariable: 'API_KEY',
    vendorHost: '-',
    // Those that `CustomSettings` has; `input` puts them where they belong.
    fields: {},
    limitFields: [],
    textFields: [],
    ...(custom.isLines === true ? { isLines: true } : {}),
    ...(custom.isEnd === undefined ? {} : { endsAnywhere: true }),
    endWords: 'its end',
    endsByReason: true,
    headers(config) {
      const { model, stream, maxTokens, temperature, topP, topK, seed, stop, apiKey } = config;
      const given = { model, stream, maxTokens, temperature, topP, topK, seed, stop, apiKey };
      settings = given;
      if (custom.headers === undefined) return bearerHeaders(config);
      const made = make('headers', () => custom.headers?.(given));
      const headers = typeof made === 'string' ? made : readHeaders(made);
      flaws.headers = typeof headers === 'string' ? headers : null;
      return buildHeaders(typeof headers === 'string' ? {} : headers, config);
    },
    input(prompt, model) {
      const given = { ...(settings as CustomSettings), model };
      const made = make('body', () => {
        const body = custom.body(prompt, { ...given, maxTokens: prompt.max_tokens ?? given.maxTokens });
        // What JSON cannot hold throws here.
        JSON.stringify(body);
        return body;
      });
      flaws.body = typeof made === 'string' ? made : null;
      return typeof made === 'string' ? {} : made;
    },
    flaw: () => flaws.headers ?? flaws.body,
    readEvent(data, name) {
      const why = endless.get(data);
      if (why === undefined) return toDelta(() => custom.readEvent(data, name), data);
      endless.delete(data);
      return nothing('malformed', `isEnd: ${why}: ${data.slice(0, 200)}`);
    },
    // An end may hold the counts.
    endOf(data, name) {
      try {
        return isEnd(data, name) ? (isDone(data) ? 'mark' : 'last') : null;
      } catch (error) {
        endless.set(data, String(error));
        return 'last';
      }
    },
    readWhole: (body) =>
      toDelta(() => (custom.readWhole ? custom.readWhole(body) : custom.readEvent(body, '')), body, true),
  };
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

/** What a function of the file makes of a request: an object, or why there is none. */
function make(name: string, call: () => unknown): JsonObject | string {
  try {
    const made = call();
    return isPlain(made) ? made : `malformed request: ${name} returns ${describe(made)}, and no object`;
  } catch (error) {
    // In quotes, so that its words are not taken for those of a connection.
    return `malformed request: ${name} throws "${String(error)}"`;
  }
}

/** An object; what an `async` function returns is none. */
function isPlain(value: unknown): value is JsonObject {
  return isObject(value) && typeof value['then'] !== 'function';
}

function describe(value: unknown): string {
  return isObject(value) ? 'a promise' : String(JSON.stringify(value)).slice(0, 100);
}

/** Numbers as text, without what is null; or which of them HTTP cannot carry. */
function readHeaders(made: JsonObject): Record<string, string> | string {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(made)) {
    if (value === null || value === undefined) continue;
    const text = typeof value === 'object' ? '\n' : String(value);
    const isRight = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && /^[\t\x20-\x7e]*$/.test(text);
    // A value may be a key.
    if (!isRight) return `malformed request: headers returns a "${name}" that HTTP does not allow`;
    headers[name] = text;
  }
  return headers;
}

/** What the fields of a `CustomDelta` hold, where they hold something. */
const KINDS: Readonly<Record<keyof CustomDelta, 'string' | 'number' | 'boolean'>> = {
  text: 'string',
  reasoning: 'string',
  tools: 'string',
  hasMedia: 'boolean',
  finishReason: 'string',
  inputTokens: 'number',
  outputTokens: 'number',
  cachedTokens: 'number',
  error: 'string',
};

/** Which field holds something else; null where none does. */
function findWrong(said: JsonObject): string | null {
  for (const [name, value] of Object.entries(said)) {
    const kind = ownValue(KINDS, name);
    if (kind === undefined || value === null || value === undefined) continue;
    const isRight = kind === 'number' ? countOf(value) !== null : typeof value === kind;
    if (!isRight) return `"${name}" is ${describe(value)}, and no ${kind === 'number' ? 'count of tokens' : kind}`;
  }
  return null;
}

function toDelta(read: () => CustomDelta | null, data: string, isWhole = false): Delta {
  const malformed = (why: string): Delta => nothing('malformed', `${why}: ${data.slice(0, 200)}`);
  let said: unknown;
  try {
    said = read();
  } catch (error) {
    return malformed(String(error));
  }
  if (said === null || said === undefined) return nothing('other', data);
  if (!isPlain(said)) return malformed(`${describe(said)}, and no object`);
  const wrong = findWrong(said);
  if (wrong !== null) return malformed(wrong);
  const { text, reasoning, tools, hasMedia, finishReason, error, ...counts } = said as CustomDelta;
  if (error) return nothing('error', error);
  const { inputTokens = null, outputTokens = null, cachedTokens = null } = counts;
  const isCounted = inputTokens !== null || outputTokens !== null;
  return chunkOf({
    content: text ?? '',
    reasoning: reasoning ?? '',
    tools: tools ?? '',
    hasMedia: hasMedia === true,
    finishReason: finishReason ?? null,
    usage: isCounted ? { inputTokens, outputTokens, cachedTokens, isTimings: false } : null,
    isWhole,
  });
}
