import type { Prompt } from '../dataset/prompt.ts';
import { isObject } from '../shared/json.ts';
import type { Api } from './api.ts';
import type { Delta } from './delta.ts';
import { bearerHeaders, buildHeaders, isDone } from './openai-shared.ts';
import { chunkOf, nothing } from './read-event.ts';

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
  /** Output that is no text. */
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
 * no `URL`; functions are pure. What reading throws fails that one request; so does a `body` that
 * throws or is no object, which is not sent.
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
  if (typeof custom?.name !== 'string' || typeof custom.body !== 'function' || typeof custom.readEvent !== 'function')
    throw new Error('the default export of the file is no API: it has no name, body or readEvent');
  let settings: CustomSettings | null = null;
  let flaw: string | null = null;
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
    endWords: 'its end',
    endsByReason: true,
    headers(config) {
      const { model, stream, maxTokens, temperature, topP, topK, seed, stop, apiKey } = config;
      settings = { model, stream, maxTokens, temperature, topP, topK, seed, stop, apiKey };
      return custom.headers === undefined ? bearerHeaders(config) : buildHeaders(custom.headers(settings), config);
    },
    input(prompt, model) {
      const given = { ...(settings as CustomSettings), model };
      flaw = null;
      try {
        const body: unknown = custom.body(prompt, { ...given, maxTokens: prompt.max_tokens ?? given.maxTokens });
        if (isObject(body)) return body;
        flaw = `malformed request: body is ${JSON.stringify(body)}, and no object`;
      } catch (error) {
        flaw = `malformed request: body throws ${String(error)}`;
      }
      return {};
    },
    flaw: () => flaw,
    readEvent: (data, name) => toDelta(() => custom.readEvent(data, name), data),
    // An end may hold the counts.
    endOf: (data, name) => (isEnd(data, name) ? (isDone(data) ? 'mark' : 'last') : null),
    readWhole: (body) => toDelta(() => (custom.readWhole ?? custom.readEvent)(body, ''), body, true),
  };
}

function toDelta(read: () => CustomDelta | null, data: string, isWhole = false): Delta {
  let said: CustomDelta | null;
  try {
    said = read();
  } catch (error) {
    return nothing('malformed', `${String(error)}: ${data.slice(0, 200)}`);
  }
  if (said === null || said === undefined) return nothing('other', data);
  const { text = '', inputTokens = null, outputTokens = null, cachedTokens = null, error, ...rest } = said;
  if (error !== undefined) return nothing('error', error);
  const isCounted = inputTokens !== null || outputTokens !== null;
  const usage = isCounted ? { inputTokens, outputTokens, cachedTokens, isTimings: false } : null;
  return chunkOf({ ...rest, content: text, usage, isWhole });
}
