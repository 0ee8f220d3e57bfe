/** What a server says about tokens; null where it says nothing usable. */
export interface Usage {
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cachedTokens: number | null;
}

/** One event of a completion stream, or the whole answer without streaming, as far as measuring needs it. */
export interface Delta {
  /** `malformed`: no JSON object; `error`: an error object in place of a chunk. */
  readonly kind: 'chunk' | 'error' | 'malformed';
  /** Whether `choices` is there and not empty. */
  readonly hasChoices: boolean;
  /** Content, reasoning, text or a tool call: something the model made. */
  readonly hasOutput: boolean;
  /** Visible answer text. */
  readonly hasContent: boolean;
  readonly text: string;
  /** Index of the first choice; 0 without choices. */
  readonly choice: number;
  readonly finishReason: string | null;
  readonly usage: Usage | null;
  /** The text of `kind: 'error'` and `'malformed'`, else empty. */
  readonly problem: string;
}

const NOTHING: Delta = {
  kind: 'chunk',
  hasChoices: false,
  hasOutput: false,
  hasContent: false,
  text: '',
  choice: 0,
  finishReason: null,
  usage: null,
  problem: '',
};

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text of a string, or of a list of parts that carry `text`; anything else is no text. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return '';
  return value
    .map((part: unknown) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('');
}

/** Names and arguments of tool calls, which are output although nobody reads them as an answer. */
function toolText(source: Json): string {
  const calls = Array.isArray(source['tool_calls']) ? source['tool_calls'] : [];
  const functions = calls.map((call: unknown) => (isObject(call) ? call['function'] : null));
  return [...functions, source['function_call']]
    .map((call) => (isObject(call) ? textOf(call['name']) + textOf(call['arguments']) : ''))
    .join('');
}

/**
 * Reasoning text. `reasoning_content` is DeepSeek's, vLLM's and llama.cpp's key, `reasoning` newer vLLM's and
 * OpenRouter's, `reasoning_details` OpenRouter's list; a server that sends two of them sends the same text twice.
 */
function reasoningText(source: Json): string {
  return textOf(source['reasoning_content']) || textOf(source['reasoning']) || textOf(source['reasoning_details']);
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
}

/** Reads `usage`; a count that is a string, negative or absent is no count. */
function readUsage(value: unknown): Usage | null {
  if (!isObject(value)) return null;
  const details = isObject(value['prompt_tokens_details']) ? value['prompt_tokens_details'] : {};
  const usage = {
    inputTokens: count(value['prompt_tokens']),
    outputTokens: count(value['completion_tokens']),
    cachedTokens: count(details['cached_tokens']),
  };
  return usage.inputTokens === null && usage.outputTokens === null ? null : usage;
}

/** The message of an error in the shapes servers use: `{error: {message}}`, `{error: "…"}`, `{object: "error", message}`. */
function errorMessage(value: Json): string | null {
  const { error, object, message } = value as { error?: unknown; object?: unknown; message?: unknown };
  if (error !== undefined && error !== null && error !== false) return JSON.stringify(error);
  return object === 'error' ? String(message ?? 'error') : null;
}

/**
 * Interprets the `data` of one SSE event, or the body of an answer without streaming (`message` in place of `delta`).
 *
 * @returns a Delta for any text; never throws
 */
export function parseDelta(data: string): Delta {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return { ...NOTHING, kind: 'malformed', problem: `not JSON: ${data.slice(0, 200)}` };
  }
  if (!isObject(value)) return { ...NOTHING, kind: 'malformed', problem: `no JSON object: ${data.slice(0, 200)}` };
  const error = errorMessage(value);
  if (error !== null) return { ...NOTHING, kind: 'error', problem: error };

  const choices = Array.isArray(value['choices']) ? value['choices'].filter(isObject) : [];
  let text = '';
  let content = '';
  let finishReason: string | null = null;
  for (const choice of choices) {
    const source = isObject(choice['delta']) ? choice['delta'] : isObject(choice['message']) ? choice['message'] : {};
    const visible = textOf(choice['text']) + textOf(source['content']) + textOf(source['refusal']);
    content += visible;
    text += reasoningText(source) + visible + toolText(source);
    if (typeof choice['finish_reason'] === 'string') finishReason = choice['finish_reason'];
  }
  return {
    kind: 'chunk',
    hasChoices: choices.length > 0,
    hasOutput: text !== '',
    hasContent: content !== '',
    text,
    choice: count(choices[0]?.['index']) ?? 0,
    finishReason,
    usage: readUsage(value['usage']),
    problem: '',
  };
}
