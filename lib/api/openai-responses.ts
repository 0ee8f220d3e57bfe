import type { ChatMessage } from '../dataset/prompt.ts';
import { isObject, type JsonObject } from '../shared/json.ts';
import type { Api } from './api.ts';
import type { Delta } from './delta.ts';
import { isEmpty, listOf, textOf } from './json.ts';
import { bearerHeaders, isDone } from './openai-shared.ts';
import { chunkOf, nothing, readJsonEvent, readOther } from './read-event.ts';
import { readUsage } from './usage-shapes.ts';

/** Events that end a stream; they hold the whole answer, and its usage. They alone have a reason. */
const LAST = /^response\.(?:completed|incomplete|failed|cancelled)$/;
/** The type where it is the first field, or, as vLLM writes it, one of the last: the answer itself may be long. */
const TYPE = /^\s*\{\s*"type"\s*:\s*"([^"]*)"|"type"\s*:\s*"(response\.[a-z]+)"[^{}[\]]*\}\s*$/;

/** `POST /v1/responses`: the prompt's messages as `input`. */
export const openaiResponses: Api = {
  name: 'openai-responses',
  aliases: ['openai-response', 'responses'],
  path: '/responses',
  keyVariable: 'OPENAI_API_KEY',
  vendorHost: 'openai.com',
  fields: {
    model: 'model',
    maxTokens: 'max_output_tokens',
    stream: 'stream',
    temperature: 'temperature',
    topP: 'top_p',
  },
  limitFields: ['max_output_tokens'],
  textFields: ['"delta":"'],
  noise: /"(?:sequence_number":\s*\d+|obfuscation":\s*"[^"]*")/g,
  endWords: 'response.completed',
  endsByReason: true,
  headers: bearerHeaders,
  input: ({ messages }) => ({ input: messages.map(toItem) }),
  // The names of events of this API are their types, some of which look like errors.
  readEvent: (data, name) => readJsonEvent(data, name.startsWith('response.') ? '' : name, readEvent),
  endOf: (data, name) => (LAST.test(name || typeOf(data)) ? 'last' : isDone(data) ? 'mark' : null),
  readWhole: (body) => readJsonEvent(body, '', readWhole),
};

function typeOf(data: string): string {
  const [, first, late] = TYPE.exec(data.length < 400 ? data : data.slice(0, 200) + data.slice(-200)) ?? [];
  return first ?? late ?? '';
}

/** A message whose content is in parts names their types anew. */
function toItem({ content, ...message }: ChatMessage): JsonObject {
  if (!Array.isArray(content)) return { ...message, content };
  const text = message.role === 'assistant' ? 'output_text' : 'input_text';
  return { ...message, content: content.map((part: unknown) => (isObject(part) ? toPart(part, text) : part)) };
}

function toPart(part: JsonObject, text: string): JsonObject {
  const { type, image_url: image } = part;
  if (type === 'text') return { ...part, type: text };
  if (type !== 'image_url' || !isObject(image)) return part;
  const { url, ...details } = image;
  return { type: 'input_image', ...details, image_url: url };
}

function readEvent(value: JsonObject, data: string): Delta {
  const { type, delta, item, response } = value;
  if (typeof type !== 'string' || !type.startsWith('response.')) return readOther(value, data);
  if (/[._]delta$/.test(type)) return readDelta(type, delta);
  // A call begins with its name; a picture comes whole, at the end of its item.
  if (type === 'response.output_item.added') return chunkOf({ tools: isObject(item) ? textOf(item['name'], []) : '' });
  if (type === 'response.output_item.done') return chunkOf({ hasMedia: isObject(item) && hasPicture(item) });
  if (type.endsWith('.partial_image')) return chunkOf({ hasMedia: true });
  if (LAST.test(type)) {
    const { error, status = type.slice('response.'.length), ...rest } = isObject(response) ? response : {};
    return readResponse({ ...rest, status, error: error ?? value['error'] }, value, data);
  }
  return nothing('other', '');
}

/** What of its event's type tells what a text is. */
const REASONING = /reasoning/;
const CONTENT = /output_text|refusal|transcript/;
const TOOLS = /arguments|input|code/;

function readDelta(type: string, delta: unknown): Delta {
  const text = textOf(delta, ['text']);
  if (REASONING.test(type)) return chunkOf({ reasoning: text });
  if (CONTENT.test(type)) return chunkOf({ content: text });
  if (TOOLS.test(type)) return chunkOf({ tools: text });
  if (type.includes('audio')) return chunkOf({ hasMedia: text !== '' });
  return chunkOf(text === '' ? {} : { unknown: [type, text] });
}

function readWhole(value: JsonObject, data: string): Delta {
  return Array.isArray(value['output']) ? readResponse(value, value, data) : readOther(value, data);
}

/** The whole answer: after a stream's deltas it repeats them. @param event the object that holds it, with its other fields */
function readResponse(response: JsonObject, event: JsonObject, data: string): Delta {
  const { status, error, incomplete_details: details } = response;
  if (status === 'failed' || !isEmpty(error)) return readOther({ error: isEmpty(error) ? data : error }, data);
  const items = listOf(response['output']).filter(isObject);
  const reason = status === 'incomplete' && isObject(details) ? textOf(details['reason'], []) : '';
  return chunkOf({
    content: items.map(({ type, content }) => (type === 'message' ? textOf(content, CONTENT_TEXTS) : '')).join(''),
    reasoning: items.map((item) => (item['type'] === 'reasoning' ? reasoningOf(item) : '')).join(''),
    tools: items
      .map((item) => ['name', 'arguments', 'input'].map((field) => textOf(item[field], [])).join(''))
      .join(''),
    hasMedia: items.some(hasPicture),
    finishReason: reason || textOf(status, []) || null,
    usage: readUsage(event, data),
    isWhole: true,
  });
}

const CONTENT_TEXTS = ['text', 'refusal', 'transcript'];

function reasoningOf({ content, summary }: JsonObject): string {
  return textOf(content, ['text']) || textOf(summary, ['text']);
}

function hasPicture({ type, result }: JsonObject): boolean {
  return type === 'image_generation_call' && typeof result === 'string' && result !== '';
}
