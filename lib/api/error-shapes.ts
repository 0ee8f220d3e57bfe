import { isObject, type JsonObject } from '../shared/json.ts';
import { isEmpty, listOf, toJson } from './json.ts';

/** Names of events (`event: …`) that say that the server failed; `default` is none. */
const ERROR_NAME = /error|exception|fail|(?:^|[^e])fault|abort/i;
/** Names of events that say nothing. */
const PING_NAME = /^(?:ping|pong|heart[_-]?beat|keep[_-]?alive|comment)$/i;
/** Texts of events that say nothing, although they are not JSON; an end mark of nobody's API is not an end. */
const PING_TEXT =
  /^\s*(?:ping|pong|heart[_-]?beat|keep[_-]?alive|\[?(?:done|end|eos|eof|stop|completed?|finish(?:ed)?)\]?)\s*$/i;

/** Fields that hold an error wherever they are, in a chunk with choices too; most servers send them empty then. */
const ERROR_FIELDS = ['error', 'errors', 'error_message', 'error_msg', 'errorMessage', 'errorMsg', 'err_msg'];
/** More of them, where there are no choices beside them: Bedrock's `throttlingException`, Baidu's `error_code`. */
const LONE_ERROR_FIELD = /(?:error|errors|exception|fault)$|^err(?:or)?_?(?:code|type|no|info)$/i;

/** Fields with words for a person. */
const WORD_FIELDS = ['message', 'msg', 'detail', 'details', 'reason', 'title', 'description', 'status_msg'];
const CODE_FIELDS = ['code', 'status_code', 'statusCode', 'status', 'ret_code'];
/** Fields that tell what kind of thing an event is: beside one of them, words are not an error by themselves. */
const KIND_FIELDS = ['type', 'object', 'status', 'state', 'event', 'kind', 'stage'];
const FAILED_KIND = /error|fail|exception|fault|abort|cancel|reject|denied|timed?_?out|unavailable/i;
/** Values of an error field, or a code, of a server to which nothing happened. */
const GOOD = /^\s*(?:0+|2\d\d|20000|ok|success|successful|succeeded|none|null|no|false)?\s*$/i;

/** The same fields within an envelope, where Tencent begins them with a capital. */
const WITHIN = /^(?:errors?|error_?message|error_?msg|err_msg)$/i;
/** Where gateways put an answer of another API, with its error. */
const ENVELOPES = ['response', 'data', 'result', 'body', 'payload', 'base_resp', 'x_groq', 'status'];

/** What the text of every error beside choices or usage holds: looking for it costs k6 a tenth of looking at all fields. */
const HINTS = ['rr', 'code', 'tatus', 'xception', 'ault'];

/** Whether an event says nothing by its name, or by a text that is not JSON. */
export function isPing(name: string, data: string): boolean {
  return (name !== '' && PING_NAME.test(name)) || (data.length < 30 && PING_TEXT.test(data));
}

/** Whether an event says by its name that the server failed. */
export function isErrorName(name: string): boolean {
  return name !== '' && ERROR_NAME.test(name);
}

/**
 * The server's words where an event is an error, in the shapes of OpenAI, vLLM, SGLang, TGI, FastAPI, Bedrock, Gemini,
 * Zhipu, Baidu, MiniMax, OpenRouter and gateways; null where it is none. An empty error, as some servers send with every
 * good chunk, is none.
 *
 * @param data the event as it came, for errors that are more than one field
 */
export function readError(event: JsonObject, data: string): string | null {
  const { choices: parts, usage } = event;
  const isUsual = Array.isArray(parts) && (isObject(parts[0]) || isObject(usage));
  if (isUsual && !HINTS.some((hint) => data.includes(hint))) return null;
  for (const field of ERROR_FIELDS) {
    if (!isGood(event[field])) return field === 'error' ? describe(event[field], data) : data;
  }
  const choices = listOf(event['choices']).filter(isObject);
  for (const { error, delta } of choices) {
    if (!isGood(error)) return describe(error, data);
    if (isObject(delta) && !isGood(delta['error'])) return describe(delta['error'], data);
  }
  const hidden = Object.entries(event).some(
    ([field, inner]) => isObject(inner) && ENVELOPES.includes(field.toLowerCase()) && isErrorWithin(inner),
  );
  return hidden || (choices.length === 0 && isLoneError(event)) ? data : null;
}

/** Whether an error field is empty, or says that all is well: `{"code":0,"message":"success"}`. */
function isGood(error: unknown): boolean {
  if (isEmpty(error)) return true;
  if (!isObject(error)) return isGoodText(error);
  return Object.values(error).every((value) => isEmpty(value) || isGoodText(value));
}

function isGoodText(value: unknown): boolean {
  return (typeof value === 'string' || typeof value === 'number') && GOOD.test(String(value));
}

/** An event without choices that is an error by its fields. */
function isLoneError(event: JsonObject): boolean {
  if (event['success'] === false || event['ok'] === false) return true;
  if (Object.keys(event).some((field) => LONE_ERROR_FIELD.test(field) && !isGood(event[field]))) return true;
  const kinds = KIND_FIELDS.map((field) => event[field]).filter((kind) => typeof kind === 'string');
  if (kinds.some((kind) => FAILED_KIND.test(kind))) return true;
  const isNamed = kinds.some((kind) => kind.trim() !== '');
  return hasWords(event) && (hasBadCode(event) || !(isNamed || hasGoodCode(event)));
}

function isErrorWithin(envelope: JsonObject): boolean {
  const hasError = Object.keys(envelope).some((field) => WITHIN.test(field) && !isGood(envelope[field]));
  return hasError || (hasWords(envelope) && hasBadCode(envelope));
}

function hasWords(event: JsonObject): boolean {
  return WORD_FIELDS.some((field) => {
    const words = event[field];
    return !isEmpty(words) && (typeof words === 'string' || /^details?$/.test(field));
  });
}

function hasGoodCode(event: JsonObject): boolean {
  return CODE_FIELDS.some((field) => event[field] !== null && isGoodText(event[field]));
}

/** A status that is a word, such as `queued`, is not a code. */
function hasBadCode(event: JsonObject): boolean {
  return CODE_FIELDS.some((field) => {
    const code = event[field];
    if (isEmpty(code) || isGoodText(code)) return false;
    return typeof code === 'number' || (typeof code === 'string' && (field !== 'status' || /^\d+$/.test(code)));
  });
}

/** The error in the server's words. */
function describe(error: unknown, data: string): string {
  if (typeof error === 'string') return error;
  return isObject(error) ? toJson(error) : data;
}
