import type { IncomingHttpHeaders } from 'node:http';
import { isObject, type JsonObject, parseJson } from '../shared/json.ts';
import type { MockOptions } from './knobs.ts';
import { BadRequest, type MockApi } from './mock-api.ts';
import { countPictureTokens } from './picture-tokens.ts';
import { type CountText, findCounter } from './token-counter.ts';

/** What the mock reads from a request, whatever its API. */
export interface AnswerRequest {
  readonly api: MockApi;
  readonly stream: boolean;
  readonly model: string;
  /** `n`, from 1. */
  readonly choices: number;
  /** Null without a limit. 0 counts as 1, as in llama.cpp. */
  readonly maxTokens: number | null;
  readonly minTokens: number;
  readonly ignoreEos: boolean;
  readonly includeUsage: boolean;
  /** vLLM's `stream_options.continuous_usage_stats`. */
  readonly continuousUsage: boolean;
  /** Those of pictures among them. */
  readonly promptTokens: number;
  readonly pictureTokens: number;
  /** The key that it came with, empty without one; kept nowhere else. */
  readonly key: string;
  /** The body as it came. */
  readonly body: JsonObject;
}

/** As many choices as OpenAI takes. */
const MAX_CHOICES = 128;

/** As many output tokens as one answer may be made to have: more would keep the mock from its other requests. */
const MAX_TOKENS = 2e6;

/**
 * Reads the body of a request.
 *
 * @throws {BadRequest} when it is not a JSON object, lacks what its API wants, or has a count that is not a count
 */
export function parseAnswerRequest(
  text: string,
  api: MockApi,
  headers: IncomingHttpHeaders = {},
  tokenizer = 'characters',
): AnswerRequest {
  const body = parseObject(text);
  api.check(body, headers);
  const streamOptions = isObject(body['stream_options']) ? body['stream_options'] : {};
  const inner = api.limitsIn === undefined ? body : body[api.limitsIn];
  const limits = api.limitFields.map((key) => readCount(isObject(inner) ? inner : {}, key));
  const limit = limits.find((count) => count !== null) ?? null;
  const minTokens = readCount(body, 'min_tokens') ?? 0;
  const choices = api.takesChoices ? Math.max(1, readCount(body, 'n') ?? 1) : 1;
  if (choices > MAX_CHOICES) throw new BadRequest(`'n' must be at most ${MAX_CHOICES}`);
  const prompts = api.promptFields.map((key) => body[key]);
  const pictureTokens = countPictureTokens(prompts, api);
  const longest = Math.max(minTokens, body['ignore_eos'] === true ? (limit ?? 0) : 0);
  if (choices * longest > MAX_TOKENS) {
    throw new BadRequest(`${choices} choices of ${longest} tokens are too many: the mock makes ${MAX_TOKENS} at most`);
  }
  return {
    api,
    stream: api.isStream?.(body) ?? body['stream'] === true,
    model: typeof body['model'] === 'string' ? body['model'] : 'mock-llm',
    choices,
    maxTokens: limit === null ? null : Math.max(1, limit),
    minTokens,
    ignoreEos: body['ignore_eos'] === true,
    includeUsage: streamOptions['include_usage'] === true,
    continuousUsage: streamOptions['continuous_usage_stats'] === true,
    promptTokens: countPromptTokens(prompts, findCounter(tokenizer)) + pictureTokens,
    pictureTokens,
    key: keyIn(headers),
    body,
  };
}

function parseObject(text: string): JsonObject {
  const value = parseJson(text);
  if (value === undefined) throw new BadRequest('The body is not valid JSON');
  if (!isObject(value)) throw new BadRequest('The body must be a JSON object');
  return value;
}

function readCount(body: JsonObject, key: string): number | null {
  const value = body[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 1e7) {
    throw new BadRequest(`'${key}' must be a whole number from 0`, key);
  }
  return value;
}

/**
 * The number of prompt tokens the mock counts: the sum over all message contents (only the `text` of parts counts), or over the
 * texts of the prompt, rounded up, at least 1; nothing for a chat template. A prompt of token ids counts its ids.
 *
 * @param prompts what the fields of the prompt hold; undefined for one that is not there
 */
export function countPromptTokens(prompts: readonly unknown[], count: CountText = findCounter('characters')): number {
  const ids = prompts[0];
  if (Array.isArray(ids) && ids.length > 0 && ids.every((part) => typeof part === 'number')) return ids.length;
  return Math.max(1, Math.ceil(countTexts(prompts, count)));
}

function countTexts(value: unknown, count: CountText): number {
  if (typeof value === 'string') return count(value);
  if (Array.isArray(value)) return value.reduce((sum: number, part) => sum + countTexts(part, count), 0);
  return isObject(value)
    ? ['content', 'text', 'parts'].reduce((sum, key) => sum + countTexts(value[key], count), 0)
    : 0;
}

/** Whether a request may pass: its key is in the header where the API wants it. */
export function hasKey(headers: IncomingHttpHeaders, { requireKey }: MockOptions, { keyHeader }: MockApi): boolean {
  const sent = keyHeader === 'authorization' ? bearerKey(headers) : headers[keyHeader];
  return requireKey === null || sent === requireKey;
}

/** The key that a request came with, wherever it is; empty without one. */
export function keyIn(headers: IncomingHttpHeaders): string {
  return bearerKey(headers) ?? String(headers['x-api-key'] ?? headers['x-goog-api-key'] ?? headers['api-key'] ?? '');
}

/** The key for error messages: null unless the knob asks them to show it. */
export function shownKey(key: string, { echoKey }: MockOptions): string | null {
  return echoKey && key !== '' ? key : null;
}

function bearerKey({ authorization }: IncomingHttpHeaders): string | null {
  return authorization?.startsWith('Bearer ') ? authorization.slice('Bearer '.length) : null;
}
