import { isObject, type JsonObject } from '../shared/json.ts';
import type { ChoiceDelta, Delta, Usage } from './delta.ts';
import { isErrorName, isPing, readError } from './error-shapes.ts';
import { readFinishReason } from './finish-reasons.ts';
import { isEmpty } from './json.ts';
import { readOutput } from './output-shapes.ts';
import { countOf, readUsage } from './usage-shapes.ts';

/** So much of a server's text is enough for a record. */
const MAX_WORDS = 2000;
const BYTE_ORDER_MARK = 0xfeff;
const MOST_CHOICES = 1024;

const NOTHING: Delta = {
  kind: 'other',
  hasChoices: false,
  hasOutput: false,
  hasContent: false,
  isReasoning: false,
  isWhole: false,
  text: '',
  choices: [],
  usage: null,
  unknownFields: [],
  unknownText: '',
  problem: '',
};

/** What a chunk of one answer says: `content`, `reasoning` and `tools` are texts of the model. */
export interface Chunk {
  readonly content?: string;
  readonly reasoning?: string;
  readonly tools?: string;
  readonly hasMedia?: boolean;
  readonly finishReason?: string | null;
  readonly usage?: Usage | null;
  readonly isWhole?: boolean;
  /** Output of a kind that nobody knows: what it calls itself, and its text. */
  readonly unknown?: readonly [field: string, text: string];
}

/** A chunk of an API that knows one answer a request. */
export function chunkOf(chunk: Chunk): Delta {
  const { content = '', reasoning = '', tools = '', hasMedia = false, finishReason = null, usage = null } = chunk;
  const [field, unknownText = ''] = chunk.unknown ?? [];
  const text = reasoning + content + tools;
  const hasOutput = text !== '' || hasMedia;
  return {
    kind: 'chunk',
    hasChoices: true,
    hasOutput,
    hasContent: content !== '',
    isReasoning: hasOutput && text === reasoning && !hasMedia,
    isWhole: chunk.isWhole ?? false,
    text,
    choices: [{ index: 0, hasOutput, finishReason }],
    usage,
    unknownFields: field === undefined ? [] : [field],
    unknownText,
    problem: '',
  };
}

/**
 * Interprets one SSE event of the OpenAI APIs, or the body of an answer without streaming (`message` in place of
 * `delta`). The lists in the `*-shapes.ts` beside this say which fields are output, usage, an end and an error.
 *
 * @param name what the event calls itself (`event: …`); empty for the usual one without a name
 * @returns a Delta for any text; never throws
 */
export function readOpenaiEvent(data: string, name: string): Delta {
  return readJsonEvent(data, name, readObject);
}

/** An error, a ping, what cannot be read, or a JSON object, which `readObject` reads. */
export function readJsonEvent(
  data: string,
  name: string,
  readObject: (value: JsonObject, data: string) => Delta,
): Delta {
  const text = data.charCodeAt(0) === BYTE_ORDER_MARK ? data.slice(1) : data;
  if (isErrorName(name)) return nothing('error', text.trim() === '' ? `an event called ${name}` : text);
  if (isPing(name, text) || text === '') return nothing('other', text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return nothing('malformed', `not JSON: ${text.slice(0, 200)}`);
  }
  if (isObject(value)) return readObject(value, text);
  const error = Array.isArray(value) ? readErrorOfList(value, text) : null;
  if (error !== null) return nothing('error', error);
  const isWord = typeof value === 'string' && !isPing('', value);
  return (isWord || Array.isArray(value)) && !isEmpty(value)
    ? nothing('malformed', `no JSON object: ${text.slice(0, 200)}`)
    : nothing('other', '');
}

/** What is not a chunk: an error, what cannot be read, or what says nothing that is measured. */
export function nothing(kind: Delta['kind'], problem: string): Delta {
  return { ...NOTHING, kind, problem: problem.slice(0, MAX_WORDS) };
}

/** Gemini sends its errors in a list. */
function readErrorOfList(list: readonly unknown[], data: string): string | null {
  for (const event of list) {
    const error = isObject(event) ? readError(event, data) : null;
    if (error !== null) return error;
  }
  return null;
}

/** An object of a kind that an API does not know: the words of an error, or nothing. */
export function readOther(value: JsonObject, data: string): Delta {
  const error = readError(value, data);
  return error === null ? nothing('other', data) : nothing('error', error);
}

function readObject(value: JsonObject, data: string): Delta {
  const error = readError(value, data);
  if (error !== null) return nothing('error', error);
  const choices = Array.isArray(value['choices']) ? value['choices'].filter(isObject) : [];
  const usage = readUsage(value, data);
  if (choices.length === 0 && usage === null) return nothing('other', data);

  let text = '';
  let content = '';
  let hasReasoning = false;
  let hasOther = false;
  let hasMedia = false;
  let isWhole = choices.length > 0;
  const unknown: { fields: string[]; text: string } = { fields: [], text: '' };
  const parts: ChoiceDelta[] = [];
  for (const choice of choices) {
    const { delta, message } = choice;
    const source = isObject(delta) ? delta : isObject(message) ? message : {};
    isWhole &&= source === message;
    const output = readOutput(choice, source);
    const all = output.reasoning + output.content + output.tools;
    content += output.content;
    text += all;
    hasMedia ||= output.hasMedia;
    hasReasoning ||= output.reasoning !== '';
    hasOther ||= output.hasMedia || output.content !== '' || output.tools !== '';
    unknown.fields.push(...output.unknownFields);
    unknown.text += output.unknownText;
    const index = countOf(choice['index']);
    parts.push({
      index: index === null || index >= MOST_CHOICES ? 0 : index,
      hasOutput: all !== '' || output.hasMedia,
      finishReason: readFinishReason(choice, source),
    });
  }
  return {
    kind: 'chunk',
    hasChoices: choices.length > 0,
    hasOutput: text !== '' || hasMedia,
    hasContent: content !== '',
    isReasoning: hasReasoning && !hasOther,
    isWhole,
    text,
    choices: parts,
    usage,
    unknownFields: unknown.fields,
    unknownText: unknown.text,
    problem: '',
  };
}
