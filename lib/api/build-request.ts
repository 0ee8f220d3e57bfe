import type { RunConfig } from '../config/parameters.ts';
import type { Prompt } from '../dataset/prompt.ts';
import type { Api, ApiRequest } from './api.ts';
import { findApi } from './apis.ts';
import { countOf } from './usage-shapes.ts';

/** Turns one prompt into one request. */
export function buildRequest(prompt: Prompt, config: RunConfig): ApiRequest {
  const api = findApi(config);
  const body = buildBody(api, prompt, config);
  const choices = countOf(body[api.fields.nChoices ?? '']) || 1;
  return {
    api,
    url: config.url,
    headers: api.headers(config),
    body: JSON.stringify(body),
    choices,
    mostOutputTokens: mostOutputTokens(api, body, choices),
    stream: streams(config),
    keepConnection: config.connections === 'kept',
    connectTimeoutMs: config.connectTimeoutS * 1000,
    totalTimeoutMs: config.totalTimeoutS * 1000,
    readTimeoutMs: config.readTimeoutS * 1000,
  };
}

/**
 * The body of a request, its fields in the order of the API's.
 *
 * What counts, lowest first: a default of ours, the query template, the flag a user gave, the prompt's own
 * `max_tokens`, and last `extra-args`, merged over everything. A null takes a field away, in the template and in `extra-args`.
 */
function buildBody(api: Api, prompt: Prompt, config: RunConfig): Record<string, unknown> {
  const template = config.queryTemplate ?? {};
  const stream = streams(config);
  const body: Record<string, unknown> = { ...template, ...api.input(prompt) };
  const settings = Object.entries({ model: 'model', ...api.fields }) as [keyof RunConfig, string][];
  for (const [name, usual] of settings) {
    const field = name === 'maxTokens' ? limitField(api, config) : usual;
    const isOfTemplate = Object.hasOwn(template, field) && !config.given.has(name);
    const own = name === 'maxTokens' ? (prompt.max_tokens ?? null) : null;
    body[field] = own ?? (isOfTemplate ? template[field] : settingOf(name, config));
    if (name === 'stream') body[field] = stream ? true : null;
    if (name === 'streamOptions' && !stream) body[field] = null;
  }
  Object.assign(body, config.extraArgs);
  for (const [field, value] of Object.entries(body)) {
    if (value === null) delete body[field];
  }
  return body;
}

function settingOf(name: keyof RunConfig, config: RunConfig): unknown {
  if (name !== 'streamOptions') return config[name];
  return config.streamOptions ? { include_usage: true } : null;
}

/** The field that holds the most tokens of an answer: two of them are refused where services know both. */
function limitField({ limitFields }: Api, { maxTokensField, given, extraArgs, queryTemplate }: RunConfig): string {
  if (given.has('maxTokensField')) return maxTokensField;
  const [usual, ...others] = limitFields;
  const holds = (field: string): boolean =>
    [extraArgs, queryTemplate ?? {}].some((fields) => typeof fields[field] === 'number');
  return others.find(holds) ?? usual;
}

/** How many tokens a body lets a server make, over all choices; null where it sets no limit. */
function mostOutputTokens(
  { limitFields }: Api,
  body: Readonly<Record<string, unknown>>,
  choices: number,
): number | null {
  const limits = limitFields.map((field) => countOf(body[field])).filter((limit) => limit !== null);
  const limit = limits.at(-1);
  return limit === undefined ? null : limit * choices;
}

/**
 * Whether requests ask for a stream: what `extra-args` say, which are merged last, else the flag, unless only the query template
 * says otherwise.
 */
export function streams(config: RunConfig): boolean {
  if (Object.hasOwn(config.extraArgs, 'stream')) return config.extraArgs['stream'] === true;
  const fromTemplate = config.queryTemplate?.['stream'];
  return typeof fromTemplate === 'boolean' && !config.given.has('stream') ? fromTemplate : config.stream;
}
