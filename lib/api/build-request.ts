import type { RunConfig } from '../config/parameters.ts';
import type { Prompt } from '../dataset/prompt.ts';
import type { JsonObject } from '../shared/json.ts';
import { ownValue } from '../shared/own-value.ts';
import type { Api, ApiRequest } from './api.ts';
import { findApi } from './apis.ts';
import { gather, spread } from './body-groups.ts';
import { createTargets } from './targets.ts';
import { countOf } from './usage-shapes.ts';

/** Turns one prompt into one request. */
export function buildRequest(prompt: Prompt, config: RunConfig): ApiRequest {
  return createRequestBuilder(config)(prompt);
}

/**
 * Creates the builder of one VU's requests: what is the same in all of them is made once.
 *
 * What counts in a body, lowest first: a default of ours, the query template, the flag a user gave, the prompt's own
 * `max_tokens`, and last `extra-args`, merged over everything. A null takes a field away, in the template and in `extra-args`.
 *
 * @param index of the request, by which it goes to one of several URLs and models
 */
export function createRequestBuilder(config: RunConfig): (prompt: Prompt, index?: number) => ApiRequest {
  const api = findApi(config);
  const targetOf = createTargets(config);
  const stream = streams(config);
  const extraArgs = spread(config.extraArgs, api);
  const template = spread(config.queryTemplate ?? {}, api);
  const limit = limitField(api, config, extraArgs, template);
  const settings = listSettings(api, limit, config, template);
  const common = {
    api,
    headers: api.headers(config),
    stream,
    connectTimeoutMs: config.connectTimeoutS * 1000,
    totalTimeoutMs: config.totalTimeoutS * 1000,
    readTimeoutMs: config.readTimeoutS * 1000,
    keepConnection: config.connections === 'kept',
  };
  const makeBody: MakeBody = (input, model, maxTokens) => {
    const body: Record<string, unknown> = { ...template, ...spread(input, api), ...settings };
    // One model leaves it to the template.
    if (config.models.length > 1 && api.fields.model !== undefined) body[api.fields.model] = model;
    if (limit !== undefined) body[limit] = maxTokens ?? body[limit];
    Object.assign(body, extraArgs);
    for (const field of Object.keys(body)) if (body[field] === null) delete body[field];
    const choices = countOf(ownValue(body, api.fields.nChoices ?? '')) || 1;
    return { body: JSON.stringify(gather(body, api)), choices, mostOutputTokens: mostTokens(api, body, choices) };
  };
  const fill = config.models.length > 1 || api.isCustom ? makeBody : rememberAround(makeBody, api);
  return (prompt, index = 0) => {
    const { url, model } = targetOf(index);
    const filled = fill(api.input(prompt, model), model, prompt.max_tokens);
    return {
      ...common,
      url: api.urlOf?.(url, { model, stream }) ?? url,
      model,
      ...filled,
      flaw: api.flaw?.(),
      inputs: api.countInputs?.(prompt) ?? null,
    };
  };
}

/** A body as JSON text, and what it asks for. */
type Body = Pick<ApiRequest, 'body' | 'choices' | 'mostOutputTokens'>;

type MakeBody = (input: JsonObject, model: string, maxTokens?: number) => Body;

/** Stands for a prompt in the text around it. */
const PROMPT_MARK = '\u2063prompt\u2063';

/**
 * Makes the text around a prompt once, where that is one field, in which nothing else looks, and which JSON never leaves out: it
 * takes k6 a tenth of making each body anew.
 */
function rememberAround(make: MakeBody, { group }: Api): MakeBody {
  let known: (Body & { readonly field: string; readonly around: readonly string[] }) | null = null;
  return (input, model, maxTokens) => {
    const [field = '', ...others] = Object.keys(input);
    if (others.length > 0 || maxTokens !== undefined || group !== undefined) return make(input, model, maxTokens);
    if (known?.field !== field) {
      const made = make({ [field]: PROMPT_MARK }, model);
      known = { ...made, field, around: made.body.split(JSON.stringify(PROMPT_MARK)) };
    }
    const { around, choices, mostOutputTokens } = known;
    if (around.length !== 2) return make(input, model);
    return { body: around[0] + JSON.stringify(input[field]) + around[1], choices, mostOutputTokens };
  };
}

/** The fields that steer generation, in the order of the API's; null where there is nothing to send. */
function listSettings(
  api: Api,
  limit: string | undefined,
  config: RunConfig,
  template: JsonObject,
): Record<string, unknown> {
  const stream = streams(config);
  const settings: Record<string, unknown> = {};
  for (const [name, usual] of Object.entries(api.fields) as [keyof RunConfig, string][]) {
    const field = name === 'maxTokens' && limit !== undefined ? limit : usual;
    const isOfTemplate = Object.hasOwn(template, field) && !config.given.has(name);
    settings[field] = isOfTemplate ? template[field] : settingOf(name, config);
    // Some services stream unless they are asked not to.
    if (name === 'stream') settings[field] = stream ? true : api.isLines === true ? false : null;
    if (name === 'streamOptions' && !stream) settings[field] = null;
  }
  return settings;
}

function settingOf(name: keyof RunConfig, config: RunConfig): unknown {
  if (name !== 'streamOptions') return config[name];
  return config.streamOptions ? { include_usage: true } : null;
}

/** The field that holds the most tokens of an answer: two of them are refused where services know both. */
function limitField(
  { limitFields }: Api,
  { maxTokensField, given }: RunConfig,
  ...bodies: readonly JsonObject[]
): string | undefined {
  if (given.has('maxTokensField')) return maxTokensField;
  const [usual, ...others] = limitFields;
  const holds = (field: string): boolean => bodies.some((fields) => typeof fields[field] === 'number');
  return others.find(holds) ?? usual;
}

/** How many tokens a body lets a server make, over all choices; null where it sets no limit. */
function mostTokens({ limitFields }: Api, body: Readonly<Record<string, unknown>>, choices: number): number | null {
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
