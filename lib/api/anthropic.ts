import type { ChatMessage, Prompt } from '../dataset/prompt.ts';
import { isObject, type JsonObject } from '../shared/json.ts';
import type { Api } from './api.ts';
import type { Delta, Usage } from './delta.ts';
import { readFinishReason } from './finish-reasons.ts';
import { isEmpty, textOf, toJson } from './json.ts';
import { buildHeaders, isDone } from './openai-shared.ts';
import { pictureOf, splitSystem } from './prompt-input.ts';
import { type Chunk, chunkOf, nothing, readJsonEvent, readOther } from './read-event.ts';
import { countOf } from './usage-shapes.ts';

/** The last event; gateways add fields to it. In a text of the model the quotes have a backslash before them. */
const STOP = /"type"\s*:\s*"message_stop"/;

/** `POST /v1/messages`: the prompt's messages, those of the system in a field of their own. */
export const anthropic: Api = {
  name: 'anthropic',
  aliases: ['anthropic-messages', 'messages'],
  path: '/messages',
  basesLackVersion: true,
  keyVariable: 'ANTHROPIC_API_KEY',
  keyHint: " vLLM takes --headers 'Authorization=Bearer KEY'",
  vendorHost: 'anthropic.com',
  fields: {
    model: 'model',
    maxTokens: 'max_tokens',
    stop: 'stop_sequences',
    stream: 'stream',
    temperature: 'temperature',
    topP: 'top_p',
    topK: 'top_k',
  },
  limitFields: ['max_tokens'],
  textFields: ['"text":"', '"thinking":"', '"partial_json":"'],
  endWords: 'message_stop',
  endsByReason: false,
  headers: (config) =>
    buildHeaders(
      { 'anthropic-version': '2023-06-01', ...(config.apiKey === null ? {} : { 'x-api-key': config.apiKey }) },
      config,
    ),
  input: toInput,
  readEvent: (data, name) => readJsonEvent(data, name, readEvent),
  endOf: (data, name) => (name === 'message_stop' || STOP.test(data) || isDone(data) ? 'mark' : null),
  readWhole: (body) => readJsonEvent(body, '', readWhole),
};

function toInput(prompt: Prompt): Record<string, unknown> {
  const { system: contents, rest } = splitSystem(prompt);
  const [first, ...more] = contents.map((content) => (Array.isArray(content) ? content : textBlock(content)));
  const messages = rest.map(toMessage);
  if (first === undefined) return { messages };
  return { system: isObject(first) && more.length === 0 ? first['text'] : [first, ...more].flat(), messages };
}

function textBlock(content: unknown): JsonObject {
  return { type: 'text', text: content };
}

function toMessage({ content, ...message }: ChatMessage): JsonObject {
  if (!Array.isArray(content)) return { ...message, content };
  return { ...message, content: content.map((part: unknown) => (isObject(part) ? toBlock(part) : part)) };
}

/** A picture by its address, or with its data in it. */
function toBlock(part: JsonObject): JsonObject {
  const picture = pictureOf(part);
  if (picture === null) return part;
  const { url, type: media_type, data } = picture;
  return { type: 'image', source: data === undefined ? { type: 'url', url } : { type: 'base64', media_type, data } };
}

function readEvent(value: JsonObject, data: string): Delta {
  const { type, message, delta, content_block: block, usage } = value;
  switch (type) {
    case 'content_block_delta':
      return isObject(delta) ? chunkOf(readPart(delta)) : nothing('other', '');
    case 'content_block_start':
      return isObject(block) ? chunkOf(readPart(block)) : nothing('other', '');
    case 'message_start':
      return isObject(message) ? chunkOf({ usage: readFirstUsage(message['usage']) }) : nothing('other', '');
    case 'message_delta':
      return chunkOf({ finishReason: isObject(delta) ? reasonOf(delta) : null, usage: readUsage(usage) });
    case 'content_block_stop':
    case 'message_stop':
    case 'ping':
      return nothing('other', '');
    default:
      return readOther(value, data);
  }
}

function readWhole(value: JsonObject, data: string): Delta {
  if (!Array.isArray(value['content'])) return readOther(value, data);
  const parts = value['content'].filter(isObject).map(readPart);
  const join = (field: 'content' | 'reasoning' | 'tools'): string => parts.map((part) => part[field] ?? '').join('');
  return chunkOf({
    content: join('content'),
    reasoning: join('reasoning'),
    tools: join('tools'),
    finishReason: reasonOf(value),
    usage: readUsage(value['usage']),
    isWhole: true,
  });
}

/** A block of an answer, its beginning, or a delta of it. What a tool of the server returns is not output of the model. */
function readPart(part: JsonObject): Chunk {
  const type = textOf(part['type'], []);
  if (/signature|citations|_tool_result/.test(type)) return {};
  if (/^text/.test(type)) return { content: textOf(part['text'], []) };
  if (/thinking/.test(type)) return { reasoning: textOf(part['thinking'] ?? part['data'], []) };
  if (/tool_use$/.test(type)) return { tools: textOf(part['name'], []) + inputText(part['input']) };
  if (type === 'input_json_delta') return { tools: textOf(part['partial_json'], []) };
  const text = textOf(part, ['text', 'content', 'data']);
  return text === '' ? {} : { unknown: [type || 'a block without a type', text] };
}

/** Empty at the start of a block, since it comes in deltas. */
function inputText(input: unknown): string {
  return isEmpty(input) ? '' : toJson(input);
}

function reasonOf({ stop_reason }: JsonObject): string | null {
  return readFinishReason({ finish_reason: stop_reason }, {});
}

/** At its start an answer has no output, whatever is counted: the real service says 1, or a few. */
function readFirstUsage(usage: unknown): Usage | null {
  const counts = readUsage(usage);
  return counts === null ? null : { ...counts, outputTokens: null };
}

/** What was read from the cache, or written to it, is not in the input's count here. */
function readUsage(usage: unknown): Usage | null {
  if (!isObject(usage)) return null;
  return {
    inputTokens: countOf(usage['input_tokens']),
    outputTokens: countOf(usage['output_tokens']),
    cachedTokens: countOf(usage['cache_read_input_tokens']),
    writtenTokens: countOf(usage['cache_creation_input_tokens']),
    isTimings: false,
  };
}
