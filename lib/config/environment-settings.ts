import { editDistance } from '../shared/nearest-name.ts';
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

/** Settings of the command line, or of the scripts of other datasets, that change what is sent, or where numbers go. */
const OF_OTHERS =
  /^(APPLY_CHAT_TEMPLATE|DATASET_ARGS|(TARGET_)?(IN|OUT)PUT_LEN(_MODE)?|PREFIX_(FILE|ROLE|LENGTH)|PUSH_(OTLP|PROMETHEUS)|RESET_CACHE_URL|SLA_AUTO_TUNE|TOKENIZE_PROMPT|M(IN|AX)_TURNS|MULTI_TURN)$/;

/**
 * Names in k6's environment that would be passed over in silence: settings that this script does not have, and what is close to a setting
 * and is none, as `-e NUMBRE=3`. Only one letter too many, missing or wrong in a long name, or two that changed places: a script cannot tell
 * what `-e` set from what the system had.
 */
export function describeUnread(environment: Environment, parameters: readonly Parameter[] = PARAMETERS): string[] {
  const known = parameters.flatMap(({ env, envFallbacks = [] }) => [env, ...envFallbacks]);
  return Object.keys(environment).flatMap((name) => {
    if (known.includes(name) || NO_TYPOS.includes(name) || environment[name] === undefined) return [];
    if (OF_OTHERS.test(name)) return [`${name} has no effect in this script`];
    const nearest = known.find((candidate) => isTypo(name, candidate));
    return nearest === undefined ? [] : [`${name} is not a setting, and nothing reads it: did you mean ${nearest}?`];
  });
}

function isTypo(name: string, known: string): boolean {
  const plain = name.toUpperCase().replace(/-/g, '_');
  if (plain === known) return known.length >= 5;
  const letters = (text: string): string => [...text].sort().join('');
  const steps = editDistance(plain, known, 2);
  return (steps === 1 && known.length >= 6) || (steps === 2 && known.length >= 5 && letters(plain) === letters(known));
}
