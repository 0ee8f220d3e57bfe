import { isObject, isWhole, type JsonObject, parseJson } from '../shared/json.ts';
import type { ChatMessage, Prompt } from './prompt.ts';
import { readIds } from './prompt-ids.ts';

/** One line, row or element of a dataset. */
export interface ParsedPrompt {
  readonly prompt: Prompt;
  /** All its fields, to write it again with token counts added; a line of text becomes `prompt` or `messages`. */
  readonly fields: JsonObject;
}

/** A prompt, or why there is none: a reason that continues "refused because of". */
export type PromptResult = ParsedPrompt | string;

/** An object with one text: openqa's `question`, longalpaca's `instruction`. */
export function readTextField(given: unknown, key: string): PromptResult {
  if (!isObject(given)) return 'a line that is not a JSON object';
  const value = withoutNulls(given);
  const text = value[key];
  if (typeof text !== 'string') return `no text under "${key}"`;
  if (text.trim() === '') return `nothing under "${key}"`;
  return withNumbers(value, [{ role: 'user', content: text.trim() }]);
}

/** custom: `messages` or `prompt`, and if wanted `system`, `max_tokens`, `input_tokens`; other fields are left alone. */
export function readCustomFields(given: unknown): PromptResult {
  if (!isObject(given)) return 'a line that is not a JSON object';
  const value = withoutNulls(given);
  const { messages, prompt, system } = value as { messages?: unknown; prompt?: unknown; system?: unknown };
  if (messages !== undefined && prompt !== undefined) return 'both "messages" and "prompt"';
  if (system !== undefined && typeof system !== 'string') return 'a "system" that is not text';
  if (Array.isArray(prompt)) return withIds(value, readIds(prompt), system);
  const read = messages === undefined ? readPromptText(prompt) : readMessages(messages);
  if (typeof read === 'string') return read;
  if (system === undefined || system === '') return withNumbers(value, read);
  if (read[0]?.role === 'system') return 'a "system" beside a system message';
  return withNumbers(value, [{ role: 'system', content: system }, ...read]);
}

/** line-by-line: a line is text, a JSON string, a JSON array of messages, or an object as custom has them. */
export function readFreeLine(line: string): PromptResult {
  const value = /^["[{]/.test(line) ? parseJson(line) : undefined;
  if (typeof value === 'string' && value.trim() !== '') return textPrompt(value);
  if (Array.isArray(value) && value.length > 0 && value.every(isObject)) return readCustomFields({ messages: value });
  // An object without these keys is text that happens to be JSON, such as code to explain.
  if (isObject(value) && ('messages' in value || 'prompt' in value)) return readCustomFields(value);
  return value === '' ? 'an empty text' : textPrompt(line);
}

function textPrompt(text: string): ParsedPrompt {
  return { prompt: { messages: [{ role: 'user', content: text }] }, fields: { prompt: text } };
}

/** Exports of tables write every column of every row; null is their word for nothing. */
function withoutNulls(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function withIds(fields: JsonObject, ids: Prompt | null, system: unknown): PromptResult {
  if (ids === null) return 'a "prompt" that is neither text nor a list of token ids';
  if (system !== undefined) return 'a "system" beside token ids';
  const read = withNumbers(fields, ids.messages);
  return typeof read === 'string' ? read : { ...read, prompt: { ...read.prompt, ...ids } };
}

function readPromptText(prompt: unknown): ChatMessage[] | string {
  if (prompt === undefined) return 'neither "messages" nor "prompt"';
  if (typeof prompt !== 'string') return 'a "prompt" that is not text';
  return prompt.trim() === '' ? 'nothing under "prompt"' : [{ role: 'user', content: prompt }];
}

function readMessages(messages: unknown): ChatMessage[] | string {
  if (!Array.isArray(messages) || messages.length === 0) return '"messages" that are not an array with a message in it';
  for (const [index, message] of messages.entries()) {
    if (!isObject(message) || typeof message['role'] !== 'string') return `message ${index + 1}, which has no "role"`;
    const content = message['content'];
    const hasContent = typeof content === 'string' || Array.isArray(content);
    // A turn of the assistant that only calls tools has none.
    if (!hasContent && !Array.isArray(message['tool_calls'])) return `message ${index + 1}, which has no "content"`;
  }
  return messages as ChatMessage[];
}

function withNumbers(fields: JsonObject, messages: readonly ChatMessage[]): PromptResult {
  const maxTokens = fields['max_tokens'];
  const inputTokens = fields['input_tokens'];
  if (maxTokens !== undefined && !isWhole(maxTokens, 1)) return '"max_tokens" that is not a whole number from 1';
  if (inputTokens !== undefined && !isWhole(inputTokens, 0)) return '"input_tokens" that is not a whole number from 0';
  const prompt: Prompt = {
    messages,
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(inputTokens === undefined ? {} : { input_tokens: inputTokens }),
  };
  return { prompt, fields };
}
