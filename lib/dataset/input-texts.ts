import { isObject, type JsonObject, parseJson } from '../shared/json.ts';
import type { PromptFormat } from './dataset.ts';
import { readLines } from './json-formats.ts';
import type { ChatMessage, Prompt } from './prompt.ts';
import type { PromptResult } from './prompt-fields.ts';

/** Where a line has its text: evalscope's names for it. */
const TEXT_FIELDS = ['text', 'input', 'sentence', 'content', 'prompt', 'question'];
const DOCUMENT_FIELDS = ['documents', 'passages', 'texts'];

/** Texts to embed, a message each. */
export const TEXT_FORMAT: PromptFormat = {
  allowed: 'a line of text, or JSON with a text, or a list of them, under "text", "input", "sentence" or "content"',
  read: (text) => readLines(text, readTexts),
  formatLine: (text) => text,
};

/** A query and documents: the first message, and the others. */
export const RERANK_FORMAT: PromptFormat = {
  allowed: 'one JSON object a line, with a text under "query" and a list of texts under "documents"',
  read: (text) => readLines(text, readRerank),
  formatLine: (text) => JSON.stringify({ query: text, documents: ['It puts a service under load.', 'It is a cat.'] }),
};

/** As many prompts in one as a request is to hold texts; the last one may hold fewer. */
export function batchPrompts(prompts: readonly Prompt[], size: number): Prompt[] {
  if (size === 1) return [...prompts];
  const batches: Prompt[] = [];
  for (let at = 0; at < prompts.length; at += size) {
    const batch = prompts.slice(at, at + size);
    const counts = batch.map(({ input_tokens }) => input_tokens);
    const isCounted = counts.every((count) => count !== undefined);
    batches.push({
      messages: batch.flatMap(({ messages }) => messages),
      ...(isCounted ? { input_tokens: counts.reduce((sum: number, count) => sum + (count ?? 0), 0) } : {}),
    });
  }
  return batches;
}

/** One message of a prompt of texts. */
function inputMessage(content: string): ChatMessage {
  return { role: 'user', content };
}

function readTexts(line: string): PromptResult {
  const value = /^["[{]/.test(line) ? parseJson(line) : undefined;
  const found = isObject(value) ? firstField(value, TEXT_FIELDS) : (value ?? line);
  const texts = Array.isArray(found) ? found : [found];
  if (found === undefined) return 'an object without a text';
  if (texts.length === 0 || !texts.every(isText)) return 'something in the place of a text';
  return { prompt: { messages: texts.map(inputMessage) }, fields: isObject(value) ? value : { text: found } };
}

function readRerank(line: string): PromptResult {
  const value = parseJson(line);
  if (!isObject(value)) return 'a line that is not a JSON object';
  const { query } = value;
  const documents = firstField(value, DOCUMENT_FIELDS);
  if (!isText(query)) return 'no text under "query"';
  if (!Array.isArray(documents) || documents.length === 0) return 'no list under "documents"';
  const texts = documents.map((item: unknown) => (isObject(item) ? firstField(item, TEXT_FIELDS) : item));
  if (!texts.every(isText)) return 'a document that is not text';
  return { prompt: { messages: [query, ...texts].map(inputMessage) }, fields: value };
}

function firstField(value: JsonObject, names: readonly string[]): unknown {
  return names.map((name) => value[name]).find((found) => found !== undefined && found !== null);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
