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
 * Takes `-e NAME=value` out of the words for k6: as an argument, the value, which may be a key, would be in the list of
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

/** What the command line sets itself, since it follows what k6 writes, and the variables that k6 would take it from. */
const OURS = [
  { flag: '--console-output', variable: 'K6_CONSOLE_OUTPUT', paste: '--records samples -- --console-output=FILE' },
  { flag: '--log-format', variable: 'K6_LOG_FORMAT', paste: '-- --log-output=file=k6.log' },
];
/** Flags of k6 for a load, which its own would take the place of, and ours for the same. */
const LOADS = [
  { flags: ['--vus', '-u'], paste: '--parallel 8' },
  { flags: ['--iterations', '-i'], paste: '--number 100' },
  { flags: ['--duration', '-d'], paste: '--duration 30s' },
  { flags: ['--stage', '-s'], paste: '--stages 8@30s,16@30s' },
];

/** Flags after `--` that would set another load than the one that is planned, named and reported. */
export function findLoadFlags(words: readonly string[]): Problem[] {
  return LOADS.flatMap(({ flags, paste }) =>
    flags
      .filter((flag) => words.some((word) => isFlag(word, flag)))
      .map((flag) => ({
        key: `${flag} after --`,
        got: "a flag of k6 that would replace the load's own settings",
        allowed: `use ${paste.replace(/ .*$/, '')}, before --`,
        paste,
      })),
  );
}

function isFlag(word: string, flag: string): boolean {
  return (
    word === flag ||
    word.startsWith(`${flag}=`) ||
    (!flag.startsWith('--') && /^-[a-z][=\d]/.test(word) && word.startsWith(flag))
  );
}

const ALLOWED = 'leave it out: a line of the script must be a line of records.jsonl, which reports are made from';

/**
 * Flags and variables of k6's that would take its lines away from where the command line finds them. `--log-output` is not
 * one of them: it is for what k6 says itself.
 *
 * @param hasConsole whether the records go through the console; else that belongs to the user
 */
export function findTakenSettings(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  hasConsole: boolean,
): Problem[] {
  return OURS.filter(({ flag }) => hasConsole || flag !== '--console-output').flatMap(({ flag, variable, paste }) => [
    ...(words.some((word) => isFlag(word, flag))
      ? [{ key: `${flag} after --`, got: 'a flag that the command line sets', allowed: ALLOWED, paste }]
      : []),
    ...(environment[variable]
      ? [
          {
            key: variable,
            got: 'a variable of k6 that would be passed over',
            allowed: ALLOWED,
            paste: `unset ${variable}`,
          },
        ]
      : []),
  ]);
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
