import type { RunConfig } from '../config/run-config.ts';
import type { Prompt } from '../dataset/prompt.ts';

/**
 * The fields of a request body that steer generation, in evalscope's order.
 *
 * What counts, lowest first: a default of ours, the query template, the flag a user gave, the prompt's own
 * `max_tokens`, and last `extra-args`, merged over everything.
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
  const body: Record<string, unknown> = {
    ...template,
    ...input,
    model: pick('model', 'model', config.model),
    max_tokens: prompt.max_tokens ?? pick('maxTokens', 'max_tokens', config.maxTokens),
    min_tokens: pick('minTokens', 'min_tokens', config.minTokens),
    frequency_penalty: pick('frequencyPenalty', 'frequency_penalty', config.frequencyPenalty),
    repetition_penalty: pick('repetitionPenalty', 'repetition_penalty', config.repetitionPenalty),
    logprobs: pick('logprobs', 'logprobs', config.logprobs),
    n: pick('nChoices', 'n', config.nChoices),
    seed: pick('seed', 'seed', config.seed),
    stop: pick('stop', 'stop', config.stop),
    stream: stream ? true : null,
    stream_options: stream ? { include_usage: true } : null,
    stop_token_ids: pick('stopTokenIds', 'stop_token_ids', config.stopTokenIds),
    temperature: pick('temperature', 'temperature', config.temperature),
    top_p: pick('topP', 'top_p', config.topP),
    top_k: pick('topK', 'top_k', config.topK),
    ...config.extraArgs,
  };
  for (const [field, value] of Object.entries(body)) {
    if (value === null && !Object.hasOwn(config.extraArgs, field)) delete body[field];
  }
  return body;
}

/** Whether requests ask for a stream: the flag, unless only the query template says otherwise. */
export function streams(config: RunConfig): boolean {
  const fromTemplate = config.queryTemplate?.['stream'];
  return typeof fromTemplate === 'boolean' && !config.given.has('stream') ? fromTemplate : config.stream;
}
