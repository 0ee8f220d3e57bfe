import { countPromptTokens } from './prompt-tokens.ts';

/** What the mock reads from the body of a request. */
export interface CompletionRequest {
  readonly chat: boolean;
  readonly stream: boolean;
  readonly model: string;
  /** `n`, from 1. */
  readonly choices: number;
  /** `max_completion_tokens`, else `max_tokens`; null when neither is given. 0 counts as 1, as in llama.cpp. */
  readonly maxTokens: number | null;
  readonly minTokens: number;
  readonly ignoreEos: boolean;
  readonly includeUsage: boolean;
  /** vLLM's `stream_options.continuous_usage_stats`. */
  readonly continuousUsage: boolean;
  readonly promptTokens: number;
  /** The body as it came. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A request that a real server refuses with status 400. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

/**
 * Reads the body of a completion request.
 *
 * @throws {BadRequest} when it is no JSON object, has no messages (chat) or prompt, or a count that is no count
 */
export function parseCompletionRequest(text: string, chat: boolean): CompletionRequest {
  const body = parseObject(text);
  const prompt = chat ? body['messages'] : body['prompt'];
  if (chat && !Array.isArray(prompt)) throw new BadRequest("'messages' must be an array");
  if (!chat && typeof prompt !== 'string' && !Array.isArray(prompt)) {
    throw new BadRequest("'prompt' must be a string or an array");
  }
  const options = body['stream_options'];
  const streamOptions = (typeof options === 'object' && options !== null ? options : {}) as Record<string, unknown>;
  const limit = readCount(body, 'max_completion_tokens') ?? readCount(body, 'max_tokens');
  const minTokens = readCount(body, 'min_tokens') ?? 0;
  const choices = readChoices(body);
  const longest = Math.max(minTokens, body['ignore_eos'] === true ? (limit ?? 0) : 0);
  if (choices * longest > MAX_TOKENS) {
    throw new BadRequest(`${choices} choices of ${longest} tokens are too many: the mock makes ${MAX_TOKENS} at most`);
  }
  return {
    chat,
    stream: body['stream'] === true,
    model: typeof body['model'] === 'string' ? body['model'] : 'mock-llm',
    choices,
    maxTokens: limit === null ? null : Math.max(1, limit),
    minTokens,
    ignoreEos: body['ignore_eos'] === true,
    includeUsage: streamOptions['include_usage'] === true,
    continuousUsage: streamOptions['continuous_usage_stats'] === true,
    promptTokens: countPromptTokens(body),
    body,
  };
}

/** As many choices as OpenAI takes. */
const MAX_CHOICES = 128;

/** As many output tokens as one answer may be made to have: more would keep the mock from its other requests. */
const MAX_TOKENS = 2e6;

function readChoices(body: Readonly<Record<string, unknown>>): number {
  const choices = Math.max(1, readCount(body, 'n') ?? 1);
  if (choices > MAX_CHOICES) throw new BadRequest(`'n' must be at most ${MAX_CHOICES}`);
  return choices;
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadRequest('The body is not valid JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadRequest('The body must be a JSON object');
  }
  return value as Record<string, unknown>;
}

function readCount(body: Readonly<Record<string, unknown>>, key: string): number | null {
  const value = body[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 1e7) {
    throw new BadRequest(`'${key}' must be a whole number from 0`);
  }
  return value;
}
