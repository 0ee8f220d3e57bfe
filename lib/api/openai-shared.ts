import type { RunConfig } from '../config/parameters.ts';
import type { Api } from './api.ts';
import { readOpenaiEvent } from './read-event.ts';

/**
 * The headers of every request of any API; those of the user take the place of ours, whatever their case.
 *
 * `identity`, since gzip makes a server or proxy hold chunks back.
 */
export function buildHeaders(ofApi: Record<string, string>, { headers }: RunConfig): Record<string, string> {
  const given = Object.keys(headers).map((name) => name.toLowerCase());
  const ours = { 'Content-Type': 'application/json', 'Accept-Encoding': 'identity', ...ofApi };
  const kept = Object.entries(ours).filter(([name]) => !given.includes(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...headers };
}

/** A key as OpenAI and nearly all others take it. */
export function bearerHeaders(config: RunConfig): Record<string, string> {
  return buildHeaders(config.apiKey === null ? {} : { Authorization: `Bearer ${config.apiKey}` }, config);
}

/** The mark that ends a stream, in quotes where a server writes it as JSON. */
const DONE = /^\s*"?\[DONE\]"?\s*$/i;

export function isDone(data: string): boolean {
  return DONE.test(data);
}

/**
 * What chats and completions have in common. Their answers differ in the fields of a choice, and one list has both; the
 * fields of the body are in evalscope's order.
 */
export const OPENAI_SHARED: Omit<Api, 'name' | 'aliases' | 'path' | 'input'> = {
  keyVariable: 'OPENAI_API_KEY',
  vendorHost: 'openai.com',
  fields: {
    model: 'model',
    maxTokens: 'max_tokens',
    minTokens: 'min_tokens',
    ignoreEos: 'ignore_eos',
    frequencyPenalty: 'frequency_penalty',
    repetitionPenalty: 'repetition_penalty',
    logprobs: 'logprobs',
    nChoices: 'n',
    seed: 'seed',
    stop: 'stop',
    stream: 'stream',
    streamOptions: 'stream_options',
    stopTokenIds: 'stop_token_ids',
    temperature: 'temperature',
    topP: 'top_p',
    topK: 'top_k',
  },
  // The second is OpenAI's since its reasoning models.
  limitFields: ['max_tokens', 'max_completion_tokens'],
  textFields: [
    '"content":"',
    '"reasoning_content":"',
    '"reasoning":"',
    '"text":"',
    '"thinking":"',
    '"summary":"',
    '"arguments":"',
  ],
  preface: /^\{"id":"[^"\\]*","object":"(?:chat\.completion\.chunk|text_completion)","created":\d+,/,
  endWords: '[DONE] or a finish reason',
  endsByReason: true,
  headers: bearerHeaders,
  readEvent: readOpenaiEvent,
  endOf: (data) => (isDone(data) ? 'mark' : null),
  readWhole: (body) => readOpenaiEvent(body, ''),
};
