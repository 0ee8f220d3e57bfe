import type { RunConfig } from '../config/run-config.ts';
import type { Prompt } from '../dataset/prompt.ts';

/**
 * The fields of a request body that steer generation, in evalscope's order.
 *
 * What counts, lowest first: a default of ours, the query template, the flag a user gave, the prompt's own
 * `max_tokens`, and last `extra-args`, merged over everything. A null takes a field away, in the template and in `extra-args`.
 */
export function buildBody(
  input: Readonly<Record<string, unknown>>,
  prompt: Prompt,
  config: RunConfig,
): Record<string, unknown> {
  const template = config.queryTemplate ?? {};
  const pick = (name: keyof RunConfig, field: string, value: unknown): unknown =>
    Object.hasOwn(template, field) && !config.given.has(name) ? template[field] : value;
  const stream = streams(config);
  const limit = limitField(config);
  const body: Record<string, unknown> = {
    ...template,
    ...input,
    model: pick('model', 'model', config.model),
    [limit]: prompt.max_tokens ?? pick('maxTokens', limit, config.maxTokens),
    min_tokens: pick('minTokens', 'min_tokens', config.minTokens),
    frequency_penalty: pick('frequencyPenalty', 'frequency_penalty', config.frequencyPenalty),
    repetition_penalty: pick('repetitionPenalty', 'repetition_penalty', config.repetitionPenalty),
    logprobs: pick('logprobs', 'logprobs', config.logprobs),
    n: pick('nChoices', 'n', config.nChoices),
    seed: pick('seed', 'seed', config.seed),
    stop: pick('stop', 'stop', config.stop),
    stream: stream ? true : null,
    stream_options: stream ? pick('streamOptions', 'stream_options', usageOptions(config)) : null,
    stop_token_ids: pick('stopTokenIds', 'stop_token_ids', config.stopTokenIds),
    temperature: pick('temperature', 'temperature', config.temperature),
    top_p: pick('topP', 'top_p', config.topP),
    top_k: pick('topK', 'top_k', config.topK),
    ...config.extraArgs,
  };
  for (const [field, value] of Object.entries(body)) {
    if (value === null) delete body[field];
  }
  return body;
}

function usageOptions({ streamOptions }: RunConfig): object | null {
  return streamOptions ? { include_usage: true } : null;
}

/** The field that holds the most tokens of an answer: two of them are refused where services know both. */
function limitField({ maxTokensField, given, extraArgs, queryTemplate }: RunConfig): string {
  if (given.has('maxTokensField')) return maxTokensField;
  const isOther = [extraArgs, queryTemplate ?? {}].some((fields) => typeof fields[NEWER_LIMIT] === 'number');
  return isOther ? NEWER_LIMIT : maxTokensField;
}

/** OpenAI's field since its reasoning models. */
const NEWER_LIMIT = 'max_completion_tokens';

/**
 * Whether requests ask for a stream: what `extra-args` say, which are merged last, else the flag, unless only the query template
 * says otherwise.
 */
export function streams(config: RunConfig): boolean {
  if (Object.hasOwn(config.extraArgs, 'stream')) return config.extraArgs['stream'] === true;
  const fromTemplate = config.queryTemplate?.['stream'];
  return typeof fromTemplate === 'boolean' && !config.given.has('stream') ? fromTemplate : config.stream;
}
