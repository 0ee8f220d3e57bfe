import { isObject, type JsonObject } from '../shared/json.ts';
import { isEmpty, listOf, textOf, toJson } from './json.ts';

/** What a choice of one event, or of a whole answer, holds of output. */
export interface Output {
  /** Visible answer text. */
  readonly content: string;
  readonly reasoning: string;
  /** Names and arguments of tool calls, which are output although nobody reads them as an answer. */
  readonly tools: string;
  /** Output that is not text: sound, pictures. */
  readonly hasMedia: boolean;
  /** Names of fields with text that nobody knows, and that text. */
  readonly unknownFields: readonly string[];
  readonly unknownText: string;
}

/**
 * Fields with reasoning. A server that fills two of them sends the same text twice, so the first one counts.
 *
 * `reasoning_content`: DeepSeek, vLLM, llama.cpp, Kimi. `reasoning`: newer vLLM, OpenRouter, Groq. `reasoning_details`:
 * OpenRouter's list of texts, summaries and encrypted data. `thinking`, `thinking_blocks`: LiteLLM and what speaks like
 * Anthropic. `thought`: Gemini.
 */
const REASONING_FIELDS = [
  'reasoning_content',
  'reasoning',
  'reasoning_details',
  'reasoning_text',
  'reasoning_summary',
  'thinking',
  'thinking_content',
  'thinking_blocks',
  'thought',
  'thoughts',
];

/** Where the parts of a reasoning field have their text. */
const REASONING_TEXTS = ['text', 'thinking', 'summary', 'content', 'reasoning', 'reasoning_content', 'thought', 'data'];

/** Visible answer text beside `content`. */
const CONTENT_FIELDS = ['refusal', 'text', 'output_text'];

/** Types of parts of `content` that are reasoning: Mistral's `thinking`, its like of others. */
const REASONING_TYPE = /think|thought|reason/i;
const CONTENT_TEXTS = ['text', 'content', 'refusal', 'output_text', 'value', 'parts'];

/** Pictures, sound and files: no text. */
const MEDIA_FIELDS = [
  'images',
  'image',
  'image_url',
  'b64_json',
  'video',
  'videos',
  'video_url',
  'file',
  'files',
  'inline_data',
  'inlineData',
];

/** Text that the model did not write: who speaks, identities, signatures, what a service adds to an answer. */
const METADATA_FIELD =
  /^(?:role|name|type|object|model|channel|recipient|phase|status|format|prefix|provider|native_.*|service_.*|stop_.*|finish.*|.*_?id|.*_reason|.*_?signature|.*opaque.*|encrypted_content|annotations?|citations?|references?|sources?|search_.*|grounding.*|logprobs?|usage|system_fingerprint|created.*|.*_at|.*_filter.*|.*_offsets?|.*_fields|metadata|.*_metadata|error.*|tool_calls|function_call|audio|content)$/;

/** Fields of a choice, and of its delta, that hold no output but a text as `content`. */
const PLAIN_CHOICE = ['index', 'delta', 'logprobs', 'finish_reason', 'stop_reason', 'matched_stop'];
const PLAIN_DELTA = ['role', 'content'];

/** What a choice holds; `source` is its `delta` or `message`. */
export function readOutput(choice: JsonObject, source: JsonObject): Output {
  const { content: text } = source;
  if ((text === undefined || typeof text === 'string') && isPlain(choice, PLAIN_CHOICE) && isPlain(source, PLAIN_DELTA))
    return { content: text ?? '', reasoning: '', tools: '', hasMedia: false, unknownFields: [], unknownText: '' };
  const parts = splitContent(source['content'] ?? choice['content']);
  const audio = isObject(source['audio']) ? source['audio'] : {};
  const content =
    textOf(choice['text'], CONTENT_TEXTS) +
    parts.content +
    CONTENT_FIELDS.map((field) => (source[field] ? textOf(source[field], CONTENT_TEXTS) : '')).join('') +
    textOf(audio['transcript'], []);
  const reasoning = (firstReasoning(source) || firstReasoning(choice)) + parts.reasoning;
  const hasMedia =
    parts.hasMedia ||
    !isEmpty(audio['data']) ||
    MEDIA_FIELDS.some((name) => source[name] !== undefined && !isEmpty(source[name]));
  return { content, reasoning, tools: toolText(source), hasMedia, ...readUnknown(choice, source) };
}

function isPlain(value: JsonObject, fields: readonly string[]): boolean {
  return Object.keys(value).every((field) => fields.includes(field));
}

function firstReasoning(source: JsonObject): string {
  for (const field of REASONING_FIELDS) {
    const text = source[field] === undefined ? '' : textOf(source[field], REASONING_TEXTS);
    if (text !== '') return text;
  }
  return '';
}

/** `content` is a text, or a list of parts of several types. */
function splitContent(value: unknown): { content: string; reasoning: string; hasMedia: boolean } {
  if (typeof value === 'string') return { content: value, reasoning: '', hasMedia: false };
  let content = '';
  let reasoning = '';
  let hasMedia = false;
  for (const part of listOf(value)) {
    if (!isObject(part)) {
      content += textOf(part, []);
    } else if (REASONING_TYPE.test(textOf(part['type'], [])) || part['thinking'] !== undefined) {
      reasoning += textOf(part, REASONING_TEXTS);
    } else {
      content += textOf(part, CONTENT_TEXTS);
      hasMedia ||= [...MEDIA_FIELDS, 'audio', 'input_audio'].some((name) => !isEmpty(part[name]));
    }
  }
  return { content, reasoning, hasMedia };
}

/** Calls of functions, of custom tools, and of neither, by their names and arguments; an id alone is not output. */
function toolText(source: JsonObject): string {
  const calls = listOf(source['tool_calls']).filter(isObject);
  return [...calls.map((call) => call['function'] ?? call['custom'] ?? call), source['function_call']]
    .map((call) => (isObject(call) ? callText(call) : ''))
    .join('');
}

function callText(call: JsonObject): string {
  return textOf(call['name'], []) + argumentText(call['arguments']) + argumentText(call['input']);
}

/** Ollama sends arguments as an object. */
function argumentText(value: unknown): string {
  if (typeof value === 'string') return value;
  return isEmpty(value) ? '' : toJson(value);
}

/** Fields with the numbers of tokens, which vLLM and SGLang send alone where they turn none into text. */
export const TOKEN_ID_FIELDS: readonly string[] = ['token_ids', 'output_ids'];

function readUnknown(choice: JsonObject, source: JsonObject): Pick<Output, 'unknownFields' | 'unknownText'> {
  const unknownFields = TOKEN_ID_FIELDS.filter((field) => !isEmpty(choice[field]));
  let unknownText = '';
  for (const field of Object.keys(source)) {
    if (isKnown(field)) continue;
    const text = textOf(source[field], REASONING_TEXTS);
    if (text.trim() === '') continue;
    unknownFields.push(field.slice(0, 60));
    unknownText += text;
  }
  return { unknownFields, unknownText };
}

function isKnown(field: string): boolean {
  return (
    field === 'content' ||
    field === 'role' ||
    REASONING_FIELDS.includes(field) ||
    CONTENT_FIELDS.includes(field) ||
    MEDIA_FIELDS.includes(field) ||
    METADATA_FIELD.test(field)
  );
}
