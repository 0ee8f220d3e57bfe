import type { ChatMessage, Prompt } from '../dataset/prompt.ts';
import { isObject, type JsonObject } from '../shared/json.ts';
import type { Api } from './api.ts';
import type { Delta } from './delta.ts';
import { readFinishReason } from './finish-reasons.ts';
import { textOf } from './json.ts';
import { bearerHeaders } from './openai-shared.ts';
import { readOutput } from './output-shapes.ts';
import { pictureOf } from './prompt-input.ts';
import { chunkOf, readJsonEvent, readOther } from './read-event.ts';
import { readUsage } from './usage-shapes.ts';

/** The last line; in a text of the model the quotes have a backslash before them. */
const DONE = /"done":\s*true/;

/** Ollama's own `POST /api/chat`: a stream is JSON lines, the last of which has the counts. */
export const ollama: Api = {
  name: 'ollama',
  aliases: ['ollama-chat'],
  path: '/api/chat',
  version: '',
  keyVariable: 'OLLAMA_API_KEY',
  vendorHost: 'ollama.com',
  fields: {
    model: 'model',
    stream: 'stream',
    maxTokens: 'options.num_predict',
    seed: 'options.seed',
    temperature: 'options.temperature',
    topP: 'options.top_p',
    topK: 'options.top_k',
    repetitionPenalty: 'options.repeat_penalty',
    frequencyPenalty: 'options.frequency_penalty',
    stop: 'options.stop',
  },
  group: 'options',
  limitFields: ['options.num_predict'],
  pictures: 'data',
  textFields: ['"content":"', '"thinking":"'],
  noise: /"created_at":\s*"[^"]*"/g,
  isLines: true,
  endWords: '"done":true',
  endsByReason: true,
  headers: bearerHeaders,
  input: ({ messages }: Prompt) => ({ messages: messages.map(toMessage) }),
  readEvent: (data, name) => readJsonEvent(data, name, readChat),
  endOf: (data) => (DONE.test(data) ? 'last' : null),
  readWhole: (body) => readJsonEvent(body, '', readChat),
};

/** Text is one string here, and pictures are a list of their base64 beside it. */
function toMessage({ content, ...message }: ChatMessage): JsonObject {
  if (!Array.isArray(content)) return { ...message, content };
  const images = content.flatMap((part) => pictureOf(part)?.data ?? []);
  const text = { ...message, content: textOf(content, ['text']) };
  return images.length === 0 ? text : { ...text, images };
}

function readChat(value: JsonObject, data: string): Delta {
  const { message } = value;
  if (!isObject(message)) return readOther(value, data);
  const { content, reasoning, tools, hasMedia } = readOutput({}, message);
  const usage = value['done'] === true ? readUsage(value, data) : null;
  return chunkOf({ content, reasoning, tools, hasMedia, finishReason: readFinishReason(value, {}), usage });
}
