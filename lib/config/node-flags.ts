import { closest, distance } from 'fastest-levenshtein';
import type { Problem } from '../shared/errors.ts';
import { quoteForShell } from './describe-problem.ts';
import type { FlagSpec } from './parameter.ts';
import { PARAMETERS } from './parameters.ts';
import { isBooleanWord } from './scalar-types.ts';

/** A command line, taken apart. */
export interface ParsedFlags {
  /** Values by the names of environment variables, as `loadConfig` reads them; lists are JSON texts. */
  readonly env: Record<string, string>;
  /** Words that belong to no flag, in order. */
  readonly positionals: string[];
  /** Everything after `--`. */
  readonly passThrough: string[];
  readonly problems: Problem[];
  /** Whether `--help` or `-h` was there. */
  readonly help: boolean;
}

/**
 * Takes a command line apart, in evalscope's spelling: `--flag value`, `--flag=value`, `-n 15`, `-n15`, several words
 * after `--stop`, `--stop-token-ids`, `--headers`, `--parallel` and `--number`, and `--stream`, `--no-stream`, `--stream true`.
 *
 * Values are not checked here, that is `loadConfig`'s part. A flag given twice counts the last time, unless it
 * is `repeatable`. A word that begins
 * with a dash is a value when it is a number or holds a blank; any other such value needs `--flag=value`.
 *
 * @param extra further flags, of the command that is being read
 * @param base  the flags of a run; a command that does not run anything passes []
 */
export function parseFlags(
  args: readonly string[],
  extra: readonly FlagSpec[] = [],
  base: readonly FlagSpec[] = PARAMETERS,
): ParsedFlags {
  const specs = [...base, ...extra];
  const end = args.indexOf('--');
  const words = end < 0 ? args : args.slice(0, end);
  const result = {
    env: {} as Record<string, string>,
    positionals: [] as string[],
    passThrough: end < 0 ? [] : args.slice(end + 1),
    problems: [] as Problem[],
    help: false,
  };
  let at = 0;
  while (at < words.length) {
    const word = words[at++] ?? '';
    if (word === '--help' || word === '-h') {
      result.help = true;
      continue;
    }
    if (!looksLikeFlag(word)) {
      result.positionals.push(word);
      continue;
    }
    const match = matchFlag(word, specs);
    if (match === null) {
      result.problems.push(describeUnknown(word, specs));
      // Its value is not a command or a file, and it may be a mistyped key: it is told nowhere.
      if (!word.includes('=') && at < words.length && !looksLikeFlag(words[at] ?? '')) at += 1;
      continue;
    }
    const taken = takeValues(match, words, at, specs);
    at = taken.next;
    const value = encodeValue(match, taken.values);
    const { env, repeatable } = match.spec;
    const before = repeatable === true ? result.env[env] : undefined;
    if (typeof value === 'string') result.env[env] = before === undefined ? value : `${before}\n${value}`;
    else result.problems.push(value);
  }
  return result;
}

interface FlagMatch {
  readonly spec: FlagSpec;
  /** As written, without a value. */
  readonly spelling: string;
  /** What stood behind `=` or a short flag. */
  readonly attached: string | null;
  /** `--no-stream`. */
  readonly negated: boolean;
}

function matchFlag(word: string, specs: readonly FlagSpec[]): FlagMatch | null {
  if (!word.startsWith('--')) {
    const spec = specs.find(({ short }) => short !== undefined && word[1] === short);
    if (spec === undefined) return null;
    const rest = word.slice(2).replace(/^=/, '');
    return { spec, spelling: word.slice(0, 2), attached: word.length > 2 ? rest : null, negated: false };
  }
  const equals = word.indexOf('=');
  const spelling = equals < 0 ? word : word.slice(0, equals);
  const attached = equals < 0 ? null : word.slice(equals + 1);
  const name = spelling.slice(2);
  const named = specs.find(({ flag, aliases = [] }) => flag === name || aliases.includes(name));
  if (named !== undefined) return { spec: named, spelling, attached, negated: false };
  const switched = specs.find(({ flag, type }) => type.arity === 'switch' && `no-${flag}` === name);
  return switched === undefined ? null : { spec: switched, spelling, attached, negated: true };
}

interface TakenValues {
  readonly values: readonly string[];
  /** Index of the first word that was not taken. */
  readonly next: number;
}

function takeValues(match: FlagMatch, words: readonly string[], at: number, specs: readonly FlagSpec[]): TakenValues {
  const { spec, attached } = match;
  if (attached !== null) return { values: [attached], next: at };
  const following = words[at];
  if (spec.type.arity === 'switch') {
    return following !== undefined && isBooleanWord(following)
      ? { values: [following], next: at + 1 }
      : { values: ['true'], next: at };
  }
  if (spec.type.arity === 'one') {
    // A key may begin with a dash; whatever follows its flag is it, unless it is a flag that exists.
    const isSecretWord = spec.secret === true && following !== undefined && matchFlag(following, specs) === null;
    const isValue = following !== undefined && (isSecretWord || !looksLikeFlag(following));
    return isValue ? { values: [following], next: at + 1 } : { values: [], next: at };
  }
  const belongs = (word: string, index: number): boolean =>
    !looksLikeFlag(word) && (index === at || (spec.type.continues?.(word) ?? true));
  let next = at;
  while (next < words.length && belongs(words[next] ?? '', next)) next += 1;
  return { values: words.slice(at, next), next };
}

function encodeValue(match: FlagMatch, values: readonly string[]): string | Problem {
  const { spec, spelling, negated } = match;
  const problem = (got: string): Problem => ({
    key: spelling,
    got,
    allowed: spec.type.allowed,
    paste: formatExample(spec),
  });
  const [first] = values;
  if (first === undefined || first === '') {
    // --api-key "" takes back what the environment says; with lists there is nothing that an empty word could mean.
    return first === '' && spec.type.arity === 'one' ? '' : problem('no value');
  }
  if (negated) {
    if (!isBooleanWord(first)) return problem(`${JSON.stringify(first)} after a flag that switches off`);
    return /^(true|on|yes|1)$/i.test(first.trim()) ? 'false' : 'true';
  }
  if (spec.type.arity !== 'many') return first;
  return spec.type.encode?.(values) ?? problem('a value of another form, which is not shown');
}

function describeUnknown(word: string, specs: readonly FlagSpec[]): Problem {
  const isLong = word.startsWith('--');
  const spelling = isLong ? (word.split('=')[0] ?? word) : word.slice(0, 2);
  const name = spelling.slice(2);
  const known = specs.flatMap(({ flag, aliases = [], type }) => [
    flag,
    ...aliases,
    ...(type.arity === 'switch' && !flag.startsWith('no-') ? [`no-${flag}`] : []),
  ]);
  const nearest = isLong && known.length > 0 ? closest(name, known) : null;
  const isNear = nearest !== null && distance(name, nearest) <= allowedDistance(name);
  const spec = isNear
    ? specs.find(({ flag, aliases = [] }) => flag === nearest || aliases.includes(nearest))
    : undefined;
  return {
    key: spelling,
    got: 'a flag that does not exist',
    allowed: isNear ? `did you mean --${nearest}?` : 'the flags that --help lists',
    paste: spec === undefined ? (isNear ? `--${nearest}` : '--help') : formatExample(spec),
  };
}

/** Two letters changed places are a distance of two, so short names get that much, but not the shortest. */
function allowedDistance(name: string): number {
  return name.length < 5 ? 1 : Math.max(2, Math.floor(name.length / 3));
}

function formatExample({ flag, type, example }: FlagSpec): string {
  return type.arity === 'switch' ? (example[0] ?? `--${flag}`) : [`--${flag}`, ...example.map(quoteForShell)].join(' ');
}

function looksLikeFlag(word: string): boolean {
  return word.length > 1 && word.startsWith('-') && !/^-\.?\d/.test(word) && !/\s/.test(word);
}
