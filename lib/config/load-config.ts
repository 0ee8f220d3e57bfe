import { findApi, findKeyVariable, listMissingSettings } from '../api/apis.ts';
import { whyUnreadable } from '../shared/decode-text.ts';
import type { Problem } from '../shared/errors.ts';
import { findNearestName } from '../shared/nearest-name.ts';
import { isHarmless, isMarkedKey } from '../shared/show-word.ts';
import { formatBasicAuth } from './basic-auth.ts';
import { checkLoad, lengthOf } from './check-load.ts';
import { describeProblem, formatFlag, type PasteStyle } from './describe-problem.ts';
import { completeEndpoint } from './endpoint.ts';
import { formatHttpUrl, parseHttpUrl, splitUrls } from './http-url.ts';
import { lowOf, SEVERAL, splitList } from './list-types.ts';
import { parseModels } from './model-list.ts';
import { isOpenLoop, LOAD_SETTINGS } from './open-loop.ts';
import type { Parameter } from './parameter.ts';
import { type ConfigKey, PARAMETERS, type RunConfig, SHORTEST_TOTAL_TIMEOUT_S } from './parameters.ts';
import { type ReadFile, refuse } from './value-type.ts';

/** Settings as text, by the names of environment variables; an empty text counts as not given. */
export type ConfigSource = Readonly<Record<string, string | undefined>>;

/** The configuration of a run, or everything that is wrong with it: `config` is null exactly when there are problems. */
export interface LoadedConfig {
  readonly config: RunConfig | null;
  readonly problems: readonly Problem[];
}

type Draft = { -readonly [Key in ConfigKey | 'urls' | 'models']: RunConfig[Key] };

/**
 * Reads, checks and completes the configuration.
 *
 * @param readFile reads what `@file` names; not called where nothing is named so
 * @param style    whether problems suggest flags or `-e` settings
 * @param parameters those of the script, where it is one
 */
export function loadConfig(
  source: ConfigSource,
  readFile: ReadFile,
  style: PasteStyle = 'flag',
  parameters: readonly Parameter<ConfigKey>[] = PARAMETERS,
): LoadedConfig {
  const values: Partial<Record<ConfigKey, unknown>> = {};
  const texts = new Map<ConfigKey, string>();
  const wrong = new Map<ConfigKey, Problem>();

  for (const parameter of parameters) {
    const given = readSetting(ofSpokenApi(parameter, String(values.api), String(values.url)), source);
    values[parameter.name] = parameter.default;
    if (given === null) {
      if (parameter.required === true) {
        wrong.set(parameter.name, describeProblem(parameter, null, whyNothing(source, style), style));
      }
      continue;
    }
    texts.set(parameter.name, given);
    const strange = isMisplacedKey(parameter, given, source) ? MISPLACED_KEY : describeWrapping(parameter, given);
    const parsed = strange === null ? parameter.type.parse(given, readFile) : refuse(strange);
    if (parsed.state === 'value') values[parameter.name] = parsed.value;
    else {
      const problem = describeProblem(parameter, given, parsed.why, style, guessBetter(parameter, given));
      // The command line runs several points, with the rest of the settings as flags.
      const isSweep = parsed.why === SEVERAL && style === 'env';
      const flag = isSweep ? `npx k6-llm-perf ${formatFlag(parameter, splitList(given))}` : problem.paste;
      wrong.set(parameter.name, { ...problem, paste: flag });
    }
  }

  const draft = { ...values, urls: [], models: [] } as unknown as Draft;
  const complain: Complain = (name, why, better, isTooMuch = false) => {
    const parameter = parameters.find((candidate) => candidate.name === name);
    if (parameter === undefined || wrong.has(name)) return;
    const problem = describeProblem(parameter, texts.get(name) ?? null, why, style, better);
    const setting = style === 'flag' ? `--${parameter.flag}` : parameter.env;
    wrong.set(name, isTooMuch ? { ...problem, paste: `leave ${setting} out` } : problem);
  };
  // A setting that is wrong by itself is reported once; rules about two settings need both of them right.
  const right = (...names: readonly ConfigKey[]): boolean => names.every((name) => !wrong.has(name));
  completeLoad(draft);
  completeUrls(draft, texts, right, complain);
  splitModels(draft, right, complain);
  checkTogether(draft, texts, right, complain);
  readKeyFile(draft, readFile, right, complain);

  if (!texts.has('totalTimeoutS')) draft.totalTimeoutS = defaultTotalTimeout(draft.maxTokens);
  if (draft.stages !== null) {
    draft.parallel = Math.max(...draft.stages.map(({ target }) => target));
    draft.durationS = lengthOf(draft.stages);
  }
  if (draft.name === '') draft.name = draft.models.map(({ name }) => lastPart(name)).join('+');
  const problems = parameters.flatMap(({ name }) => wrong.get(name) ?? []);
  return problems.length > 0
    ? { config: null, problems }
    : {
        config: {
          ...draft,
          given: new Set<string>(texts.keys()),
          fewestMaxTokens: lowOf(texts.get('maxTokens')),
        },
        problems: [],
      };
}

/** The environment of the system reaches a script in `k6 run` only; a script elsewhere sees what `-e` hands over. */
function whyNothing(source: ConfigSource, style: PasteStyle): string | null {
  const isWithoutSystem = style === 'env' && !Object.keys(source).some((name) => name.toUpperCase() === 'PATH');
  return isWithoutSystem ? 'k6 inspect, archive and cloud see what -e sets, not exported variables' : null;
}

const MISPLACED_KEY = 'it looks like an API key, or holds one, which belongs in API_KEY (--api-key)';

/** A key in a setting that is printed, such as the model's name or a path, has lost its way: one that looks so, or the run's own. */
function isMisplacedKey({ type, secret, name }: Parameter, given: string, source: ConfigSource): boolean {
  if (type.label !== 'text' || secret === true || name === 'apiKeySecret') return false;
  // A placeholder such as `ollama` is a word.
  return isMarkedKey(given) || listKeys(source).some((key) => !isHarmless(key) && given.includes(key));
}

/** What comes along where a line of a script or of a document is pasted, and would be sent; null where nothing does. */
function describeWrapping({ env, envFallbacks = [], type }: Parameter, given: string): string | null {
  const plain = given.trim().replace(/^export\s+/, '');
  const name = [env, ...envFallbacks].find((candidate) => plain.startsWith(`${candidate}=`));
  if (name !== undefined) return `it begins with ${name}=: write the value alone`;
  // A prompt may be a quotation.
  const isQuoted = type.label === 'text' && /^(["'`]).*\1$|^[\u2018-\u201f\u00ab].*[\u2018-\u201f\u00bb]$/s.test(plain);
  return isQuoted ? 'the quotes around it would be part of it: leave them out' : null;
}

function listKeys(source: ConfigSource): string[] {
  return PARAMETERS.flatMap((parameter) => (parameter.name === 'apiKey' ? (readSetting(parameter, source) ?? []) : []));
}

/** The parameter of the key without the environment variables of other vendors: each key goes to its own. */
export function ofSpokenApi(parameter: Parameter, api: string, url: string): Parameter {
  return parameter.name === 'apiKey' ? { ...parameter, envFallbacks: [findKeyVariable({ api, url })] } : parameter;
}

function readSetting(parameter: Parameter, source: ConfigSource): string | null {
  for (const env of [parameter.env, ...(parameter.envFallbacks ?? [])]) {
    const given = source[env];
    if (given === undefined || given === '' || parameter.ignored?.test(given.trim()) === true) continue;
    return given;
  }
  return null;
}

/**
 * A number without what groups its digits, the word of a list that is nearest, or the URL with the scheme that people leave
 * out, or without a last comma; undefined where that is not right.
 */
function guessBetter({ name, type }: Parameter, given: string): string | undefined {
  const plain = given.trim();
  if (name !== 'url') {
    const guess = type.label.startsWith('integer')
      ? guessInteger(plain)
      : findNearestName(plain, type.label.split('|'));
    return guess && type.parse(guess, () => '').state === 'value' ? guess : undefined;
  }
  if (!isHarmless(given)) return undefined;
  const whole = plain.replace(/,$/, '');
  const guess = parseHttpUrl(whole === plain ? `http://${plain}` : whole);
  return guess.state === 'value' ? formatHttpUrl(guess.value) : undefined;
}

function guessInteger(plain: string): string {
  const digits = plain.replace(/[_,'\u2019\s]/g, '');
  return /^\d+(\.0*)?(e\+?\d+)?$/i.test(digits) ? String(Number(digits)) : '';
}

/** @param isTooMuch whether no value of the setting would be right */
type Complain = (name: ConfigKey, why: string, better?: string, isTooMuch?: boolean) => void;
type Right = (...names: readonly ConfigKey[]) => boolean;

/** Prompts of several turns are conversations, a trace is its own schedule, and so many users are so many VUs. */
function completeLoad(draft: Draft): void {
  if (draft.multiTurn === true && draft.dataset !== 'trace')
    draft.dataset = draft.dataset.startsWith('random') ? 'random-multi-turn' : 'multi-turn';
  if (draft.dataset === 'trace' && !isOpenLoop(draft)) draft.schedule = draft.datasetPath;
  draft.parallel = draft.users ?? draft.parallel;
}

/** Every URL is completed by itself; the first is used where one is enough. */
function completeUrls(draft: Draft, texts: ReadonlyMap<ConfigKey, string>, right: Right, complain: Complain): void {
  if (!right('url', 'api')) return;
  // The default endpoint follows the API; one that the user wrote has to fit it.
  const isGiven = texts.has('url');
  const parsed = splitUrls(draft.url).map((url) => parseHttpUrl(url));
  const urls = parsed.flatMap((each) =>
    each.state === 'value' ? [isGiven ? each.value : { ...each.value, path: '' }] : [],
  );
  const endpoints = urls.map((url) =>
    (draft.urlAsIs && isGiven) || findApi(draft).isCustom === true
      ? ({ state: 'value', url: formatHttpUrl(url) } as const)
      : completeEndpoint(url, draft.api),
  );
  const refused = endpoints.find((endpoint) => endpoint.state === 'refused');
  if (refused !== undefined) {
    const list = endpoints.map((endpoint) => (endpoint.state === 'value' ? endpoint.url : endpoint.better));
    complain('url', refused.why, list.join(','));
    return;
  }
  draft.urls = endpoints.flatMap((endpoint) => (endpoint.state === 'value' ? [endpoint.url] : []));
  draft.url = draft.urls[0] ?? draft.url;
  const apis = new Set(draft.urls.map((url) => findApi({ api: draft.api, url })));
  if (apis.size > 1) complain('url', 'endpoints of several APIs', draft.url);
  const users = new Set(urls.map(({ userinfo }) => userinfo));
  if (users.size > 1) complain('url', 'user information that is not the same in all of them');
  else moveUserinfo(draft, urls[0]?.userinfo ?? null, right);
}

function splitModels(draft: Draft, right: Right, complain: Complain): void {
  if (!right('model')) return;
  const models = parseModels(draft.model);
  if (models === null) {
    complain('model', 'a list with a name missing, twice, or without a weight beside others that have one', 'a:3,b:1');
    return;
  }
  draft.models = models;
  draft.model = models[0]?.name ?? draft.model;
}

/** User information of the URL becomes a header, unless one of its name is given. */
function moveUserinfo(draft: Draft, userinfo: string | null, right: Right): void {
  const hasAuthorization = Object.keys(draft.headers).some((name) => name.toLowerCase() === 'authorization');
  if (userinfo === null || userinfo === '' || hasAuthorization || !right('headers')) return;
  draft.headers = { ...draft.headers, Authorization: formatBasicAuth(userinfo) };
}

/** The key of a file counts when no key is given; the file's last line feed is none of it. */
function readKeyFile(draft: Draft, readFile: ReadFile, right: Right, complain: Complain): void {
  if (draft.apiKeyFile === null || draft.apiKey !== null || !right('apiKey', 'apiKeyFile')) return;
  try {
    draft.apiKey = readFile(draft.apiKeyFile).trim();
  } catch (error) {
    complain('apiKeyFile', whyUnreadable(error));
    return;
  }
  if (!/^[\x21-\x7e]+$/.test(draft.apiKey)) complain('apiKeyFile', 'the file holds no key, or more than a key');
}

function checkTogether(draft: Draft, given: ReadonlyMap<ConfigKey, string>, right: Right, complain: Complain): void {
  if (right('api', 'url', 'stream') && findApi(draft).countInputs !== undefined) {
    if (given.has('stream') && draft.stream)
      complain('stream', `${findApi(draft).name} has no stream`, undefined, true);
    draft.stream = false;
  }
  const { stream } = draft.extraArgs as { readonly stream?: unknown };
  if (right('extraArgs') && stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    complain('extraArgs', 'a "stream" that is not true or false', '{"stream":false}');
  }
  const api = findApi(draft);
  for (const name of right('api', 'url') && api.isCustom !== true ? listMissingSettings(api) : []) {
    const why = `the API ${api.name} has no field for it; --extra-args can send one`;
    if (given.has(name as ConfigKey)) complain(name as ConfigKey, why, undefined, true);
  }
  const { minPromptLength, maxPromptLength, minTokens, maxTokens } = draft;
  if (right('minPromptLength', 'maxPromptLength') && minPromptLength > maxPromptLength) {
    complain('minPromptLength', `more than max-prompt-length ${maxPromptLength}`, String(maxPromptLength));
  }
  if (right('minTokens', 'maxTokens') && minTokens !== null && minTokens > maxTokens) {
    complain('minTokens', `more than max-tokens ${maxTokens}`, String(maxTokens));
  }
  const { warmupNum, number, durationS } = draft;
  const isBoundByTime = number === null && (durationS !== null || draft.rateStages !== null || draft.stages !== null);
  const isShareOfNothing = warmupNum > 0 && warmupNum < 1 && isBoundByTime;
  if (right('warmupNum', 'number', 'durationS') && isShareOfNothing) {
    complain('warmupNum', 'a share of no number, since only time bounds the run');
  }
  if (right('rampUpS', 'durationS') && durationS !== null && draft.rampUpS >= durationS) {
    complain('rampUpS', `not shorter than duration ${durationS} s`, `${durationS / 10}s`);
  }
  if (draft.maxErrorRate === 1) complain('maxErrorRate', 'and no share is larger than that', '0.99');
  if (right('cancelRate', 'cancelAfter', 'totalTimeoutS')) checkLeaving(draft, given, complain);
  if (right(...LOAD_SETTINGS)) checkLoad(draft, (name) => given.has(name), complain);
  if (right('waitForModelS', 'noTestConnection') && draft.waitForModelS !== null && draft.noTestConnection) {
    complain('waitForModelS', 'and no-test-connection leaves out the test that waits');
  }
}

/** Who leaves, and when, say nothing one without the other. */
function checkLeaving(draft: Draft, given: ReadonlyMap<ConfigKey, string>, complain: Complain): void {
  const { cancelRate, cancelAfter } = draft;
  if (cancelRate > 0 && cancelAfter === null) complain('cancelAfter', 'which cancel-rate needs');
  if (cancelAfter === 'first-token' && !draft.stream)
    complain('cancelAfter', 'and there is no first token without streaming', '2s');
  else if (cancelAfter !== null && !given.has('cancelRate')) complain('cancelRate', 'which cancel-after needs');
  const limit = given.has('totalTimeoutS') ? draft.totalTimeoutS : defaultTotalTimeout(draft.maxTokens);
  if (typeof cancelAfter === 'number' && cancelAfter >= limit) {
    complain(
      'cancelAfter',
      `not shorter than total-timeout ${limit} s, which ends a request as a failure`,
      `${limit / 10}s`,
    );
  }
}

/**
 * Seconds: 100 ms for each token, ten times slower than anybody reads, and at least ten minutes. In k6 this limit alone ends
 * a stream that falls silent.
 */
function defaultTotalTimeout(maxTokens: number): number {
  return Math.max(SHORTEST_TOTAL_TIMEOUT_S, Math.ceil(maxTokens / 10));
}

/** The last part of a model's name or path, as evalscope names the results folder. */
function lastPart(model: string): string {
  const part = model
    .split(/[/\\]/)
    .filter((piece) => !/^\.{0,2}$/.test(piece))
    .at(-1);
  return part ?? 'model';
}
