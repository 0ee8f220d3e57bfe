import { isObject, type JsonObject } from '../shared/json.ts';
import type { Usage } from './delta.ts';
import { listOf } from './json.ts';

/** More tokens than this no request has. */
const MOST_TOKENS = 2 ** 31 - 1;

/** Where servers put an object of counts: the way from the event, the first count that is not 0 wins. `*`: each choice. */
const PLACES: readonly (readonly string[])[] = [
  ['usage'],
  // Kimi.
  ['*', 'usage'],
  ['*', 'delta', 'usage'],
  ['*', 'message', 'usage'],
  // Groq.
  ['x_groq', 'usage'],
  // Responses and Messages behind a gateway.
  ['response', 'usage'],
  ['message', 'usage'],
  ['token_usage'],
  // Gemini.
  ['usage_metadata'],
  ['usageMetadata'],
  // Cohere.
  ['meta', 'tokens'],
  ['meta', 'billed_units'],
  ['meta', 'usage'],
  // Bedrock.
  ['amazon-bedrock-invocationMetrics'],
  ['metrics'],
  // TGI.
  ['details'],
  ['statistics'],
  // Ollama: among the event's own fields.
  [],
];

/** The names of each count. */
const NAMES = {
  inputTokens: [
    'prompt_tokens',
    'input_tokens',
    'prompt_eval_count',
    'promptTokenCount',
    'prompt_token_count',
    'inputTokenCount',
    'inputTokens',
    'input_token_count',
    'promptTokens',
    // TGI.
    'input_length',
  ],
  outputTokens: [
    'completion_tokens',
    'output_tokens',
    'eval_count',
    'candidatesTokenCount',
    'candidates_token_count',
    'outputTokenCount',
    'outputTokens',
    'output_token_count',
    'completionTokens',
    'generated_tokens',
  ],
  cachedTokens: [
    'cached_tokens',
    // DeepSeek.
    'prompt_cache_hit_tokens',
    // Anthropic and what speaks like it.
    'cache_read_input_tokens',
    'cachedContentTokenCount',
    'cached_content_token_count',
  ],
} as const;

/** Where details of the prompt are, and what they call its cached part. */
const DETAILS = ['prompt_tokens_details', 'input_tokens_details'];
const CACHED_DETAILS = ['cached_tokens', 'cache_read_tokens'];

/** A count of tokens: a whole number from 0 that can be true; null for everything else. */
export function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS ? value : null;
}

/** What the text of every event with counts holds: looking for it costs k6 a hundredth of looking into all places. */
const HINTS = ['oken', 'eval_count', 'timings'];

/**
 * Reads the token counts of an event, wherever it carries them; null without any.
 *
 * @param data the event as it came
 */
export function readUsage(event: JsonObject, data: string): Usage | null {
  if (!HINTS.some((hint) => data.includes(hint))) return null;
  let usage: Usage | null = null;
  for (const place of PLACES) {
    if (usage?.inputTokens && usage.outputTokens) break;
    const first = place[0];
    if (first !== undefined && event[first === '*' ? 'choices' : first] === undefined) continue;
    for (const value of follow(event, place)) usage = merge(usage, readCounts(value));
  }
  return merge(usage, isObject(event['timings']) ? readTimings(event['timings']) : null);
}

/** What the first does not tell, or as 0, the second may. */
function merge(first: Usage | null, second: Usage | null): Usage | null {
  if (first === null || second === null) return first ?? second;
  return {
    inputTokens: first.inputTokens || (second.inputTokens ?? first.inputTokens),
    outputTokens: first.outputTokens || (second.outputTokens ?? first.outputTokens),
    cachedTokens: first.cachedTokens ?? second.cachedTokens,
    isTimings: first.isTimings,
  };
}

function follow(value: JsonObject, [step, ...rest]: readonly string[]): readonly JsonObject[] {
  if (step === undefined) return [value];
  const next = step === '*' ? listOf(value['choices']) : [value[step]];
  return next.filter(isObject).flatMap((inner) => follow(inner, rest));
}

function readCounts(value: JsonObject): Usage | null {
  const inputTokens = firstCount(value, NAMES.inputTokens);
  const outputTokens = firstCount(value, NAMES.outputTokens) ?? restOf(countOf(value['total_tokens']), inputTokens);
  if (inputTokens === null && outputTokens === null) return null;
  return { inputTokens, outputTokens, cachedTokens: readCached(value), isTimings: false };
}

/** llama.cpp: `prompt_n` is what was read of the prompt, `cache_n` what was there already. */
function readTimings(value: JsonObject): Usage | null {
  const [read, cached, written] = [
    countOf(value['prompt_n']),
    countOf(value['cache_n']),
    countOf(value['predicted_n']),
  ];
  if (read === null && written === null) return null;
  const inputTokens = read === null ? null : read + (cached ?? 0);
  return { inputTokens, outputTokens: written, cachedTokens: cached, isTimings: true };
}

function readCached(value: JsonObject): number | null {
  let found: number | null = null;
  for (const field of DETAILS) {
    const details = value[field];
    const count = isObject(details) ? firstCount(details, CACHED_DETAILS) : null;
    if (count !== null && count > 0) return count;
    found ??= count;
  }
  const own = firstCount(value, NAMES.cachedTokens);
  return own || (found ?? own);
}

/** The first positive count, else a 0 that is there: a server may fill one of two names. */
function firstCount(value: JsonObject, names: readonly string[]): number | null {
  let found: number | null = null;
  for (const name of names) {
    const count = value[name] === undefined ? null : countOf(value[name]);
    if (count !== null && count > 0) return count;
    found ??= count;
  }
  return found;
}

function restOf(total: number | null, input: number | null): number | null {
  return total !== null && input !== null && total > input ? total - input : null;
}
