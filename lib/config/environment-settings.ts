import { isHarmless } from '../shared/show-word.ts';
import { ofSpokenApi } from './load-config.ts';
import type { Parameter } from './parameter.ts';
import { PARAMETERS } from './parameters.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Kinds of values that are numbers, switches or words of a list, so that showing them gives nothing away. */
const SHOWN_LABELS = /^(integer|number|seconds|duration|on\|off|count\|share)|\|/;

/**
 * The settings of a command line that come out of the environment, where a CI job may have exported them for something
 * else: `settings from the environment: MODEL, SEED=7`. null where there are none.
 *
 * @param settings what flags say, which wins
 */
export function describeEnvironment(environment: Environment, settings: Environment): string | null {
  const { API = '', URL = '' } = { ...environment, ...settings };
  const found = PARAMETERS.map((parameter) => ofSpokenApi(parameter, API, URL)).flatMap((parameter) => {
    const { env, envFallbacks = [], ignored } = parameter;
    const names = [env, ...envFallbacks];
    if (names.some((name) => settings[name] !== undefined)) return [];
    const name = names.find((candidate) => {
      const value = environment[candidate];
      return value !== undefined && value !== '' && ignored?.test(value.trim()) !== true;
    });
    return name === undefined ? [] : [showSetting(parameter, name, environment[name] as string)];
  });
  return found.length === 0 ? null : `settings from the environment: ${found.join(', ')}`;
}

function showSetting({ type, secret }: Parameter, name: string, value: string): string {
  const isShown = secret !== true && SHOWN_LABELS.test(type.label) && !type.label.includes('@');
  return isShown && value.length <= 20 && isHarmless(value) && !/\s/.test(value) ? `${name}=${value}` : name;
}

/** What CI jobs set for purposes of their own. */
const NO_TYPOS: readonly string[] = ['STAGE'];

/** Settings of every script that its report keeps, and k6 does not. */
const OF_THE_REPORT = /^(JUNIT|NO_TIMESTAMP|REQUIRE_(COLD|VALID))$/;

/** Settings of the command line, or of the scripts of other datasets, that change what is sent. */
const OF_OTHERS =
  /^(DATASET_ARGS|(TARGET_)?(IN|OUT)PUT_LEN(_MODE)?|PREFIX_(FILE|LENGTH)|RESET_CACHE_URL|TOKENIZE_PROMPT|M(IN|AX|ULTI)_TURNS?)$/;

/**
 * Names in k6's environment that would be passed over in silence: settings that this script does not have, and what is close to a setting
 * and is none, as `-e NUMBRE=3`. Only one letter too many, missing or wrong in a long name, or two that changed places: a script cannot tell
 * what `-e` set from what the system had.
 */
export function describeUnread(environment: Environment, parameters: readonly Parameter[] = PARAMETERS): string[] {
  const known = parameters.flatMap(({ env, envFallbacks = [] }) => [env, ...envFallbacks]);
  return Object.keys(environment).flatMap((name) => {
    const isKnown = known.includes(name) && !OF_THE_REPORT.test(name);
    if (isKnown || NO_TYPOS.includes(name) || environment[name] === undefined) return [];
    if (OF_OTHERS.test(name) || known.includes(name)) return [`${name} has no effect in this script`];
    const plain = name.toUpperCase().replace(/-/g, '_');
    const nearest = known.find((candidate) => isTypo(plain, candidate));
    return nearest === undefined ? [] : [`${name} is not a setting, and nothing reads it: did you mean ${nearest}?`];
  });
}

/** By what is left between their common beginning and end: a table of distances is slow in k6 (docs/accuracy.md). */
function isTypo(name: string, known: string): boolean {
  if (Math.abs(name.length - known.length) > 1) return false;
  let [a, b] = [name, known];
  for (; a !== '' && a[0] === b[0]; b = b.slice(1)) a = a.slice(1);
  for (; a !== '' && a.at(-1) === b.at(-1); b = b.slice(0, -1)) a = a.slice(0, -1);
  if (a.length < 2 && b.length < 2) return known.length >= (name === known ? 5 : 6);
  return known.length >= 5 && a.length === 2 && `${a[1]}${a[0]}` === b;
}
