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
  const makeBody = (input: JsonObject, model: string, maxTokens: number | undefined): Body => {
    const body: Record<string, unknown> = { ...template, ...spread(input, api), ...settings };
    // One model leaves it to the template.
    if (config.models.length > 1 && api.fields.model !== undefined) body[api.fields.model] = model;
    if (limit !== undefined) body[limit] = maxTokens ?? body[limit];
    Object.assign(body, extraArgs);
    for (const field of Object.keys(body)) if (body[field] === null) delete body[field];
    const choices = countOf(ownValue(body, api.fields.nChoices ?? '')) || 1;
    const mostOutputTokens = mostTokens(api, body, choices);
    return { text: JSON.stringify(gather(body, api)), choices, mostOutputTokens };
  };
  const fill = config.models.length > 1 ? makeBody : rememberAround(makeBody, api);
  return (prompt, index = 0) => {
    const { url, model } = targetOf(index);
    const { text, choices, mostOutputTokens } = fill(api.input(prompt, model), model, prompt.max_tokens);
    return {
      ...common,
      url: api.urlOf?.(url, { model, stream }) ?? url,
      model,
      body: text,
      flaw: api.flaw?.(),
      choices,
      inputs: api.countInputs?.(prompt) ?? null,
      mostOutputTokens,
    };
  };
}

/** A body, and what it asks for. */
interface Body extends Pick<ApiRequest, 'choices' | 'mostOutputTokens'> {
  readonly text: string;
}

type MakeBody = (input: JsonObject, model: string, maxTokens: number | undefined) => Body;

/** The one field that prompts of chats, completions and messages fill, and nothing else does. */
const PLAIN_INPUTS: readonly string[] = ['messages', 'prompt'];

/**
 * Makes bodies that differ in their prompt alone from the text around it, which takes k6 a tenth of making each. That text is
 * proven before it is used: the body of a second prompt has to come out of it as it is made.
 */
function rememberAround(make: MakeBody, { group }: Api): MakeBody {
  let first: (Body & { readonly field: string; readonly at: number; readonly inner: string }) | null = null;
  let isProven = false;
  return (input, model, maxTokens) => {
    const [field = '', ...others] = Object.keys(input);
    const isPlain =
      others.length === 0 && PLAIN_INPUTS.includes(field) && maxTokens === undefined && group === undefined;
    if (!isPlain) return make(input, model, maxTokens);
    const inner = JSON.stringify(input[field]);
    const around =
      first?.field === field
        ? first.text.slice(0, first.at) + inner + first.text.slice(first.at + first.inner.length)
        : null;
    if (isProven && first !== null && around !== null) {
      return { text: around, choices: first.choices, mostOutputTokens: first.mostOutputTokens };
    }
    const body = make(input, model, maxTokens);
    if (around === body.text) isProven = inner !== first?.inner;
    else first = { ...body, field, inner, at: body.text.indexOf(inner) };
    return body;
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
