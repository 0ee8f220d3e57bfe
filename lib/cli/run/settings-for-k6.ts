import { PARAMETERS } from '../../config/parameters.ts';
import type { Problem } from '../../shared/errors.ts';
import { findNearestName } from '../../shared/nearest-name.ts';
import { describeShape, isHarmless } from '../../shared/show-word.ts';

/** The words after `--`, taken apart. */
interface WordsForK6 {
  /** What k6 is given. */
  readonly words: readonly string[];
  /** What `-e` and `--env` set, which counts more than flags, as in k6. */
  readonly settings: Readonly<Record<string, string>>;
  readonly problems: readonly Problem[];
}

const NAMES = PARAMETERS.flatMap(({ env, envFallbacks = [] }) => [env, ...envFallbacks]);

/**
 * Takes `-e NAME=value` out of the words for k6: as an argument, the value, which may be a key, would stand in the list of
 * processes. It goes through the environment, as all settings do.
 */
export function takeSettings(given: readonly string[]): WordsForK6 {
  const words: string[] = [];
  const settings: Record<string, string> = {};
  const problems: Problem[] = [];
  for (let at = 0; at < given.length; at += 1) {
    const word = given[at] as string;
    const [, switches = '', short] = /^-([qvhlpw]*)e=?(.*)$/s.exec(word) ?? [];
    const [, long] = /^--env=(.*)$/s.exec(word) ?? [];
    if (short === undefined && long === undefined && word !== '--env') {
      words.push(word);
      continue;
    }
    if (switches !== '') words.push(`-${switches}`);
    const setting = long ?? (short || (given[++at] ?? ''));
    const [name = ''] = setting.split('=', 1);
    if (NAMES.includes(name) && setting !== name) settings[name] = setting.slice(name.length + 1);
    else problems.push(describeWrong(name, setting !== name));
  }
  return { words, settings, problems };
}

function describeWrong(name: string, hasValue: boolean): Problem {
  const nearest = hasValue ? findNearestName(name.toUpperCase(), NAMES, Math.floor(name.length / 3)) : null;
  return {
    key: `-e after --: ${isHarmless(name) ? JSON.stringify(name) : describeShape(name)}`,
    got: hasValue ? 'a name that is not a setting and that nothing reads' : 'a setting without a value',
    allowed: nearest ? `did you mean ${nearest}?` : 'NAME=value, with a name that --help lists',
    paste: `-e ${nearest ?? 'PARALLEL'}=…`,
  };
}
