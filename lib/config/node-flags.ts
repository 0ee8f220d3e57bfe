import type { Problem } from '../shared/errors.ts';
import { escapeText } from '../shared/escape-text.ts';
import { findNearestName } from '../shared/nearest-name.ts';
import { type FlagShape, splitArguments } from '../shared/node-split-arguments.ts';
import { ownValue } from '../shared/own-value.ts';
import { describeShape, showValue } from '../shared/show-word.ts';
import { describeProblem, formatFlag } from './describe-problem.ts';
import { FOREIGN_FLAGS } from './foreign-flags.ts';
import { completeRows, type FlagRow, type FlagSpec, type Parameter, type ValuesOf } from './parameter.ts';
import { PARAMETERS } from './parameters.ts';
import { isBooleanWord } from './scalar-types.ts';

/** A command line, taken apart. */
export interface ParsedFlags {
  /** Values by the names of environment variables, as `loadConfig` reads them; lists are JSON texts. */
  readonly env: Record<string, string>;
  /** Words that belong to no flag, in order. */
  readonly positionals: string[];
  /** The same with where they stood. */
  readonly strays: readonly StrayWord[];
  /** Everything after `--`. */
  readonly passThrough: string[];
  readonly problems: Problem[];
}

/**
 * Takes a command line apart, in evalscope's spelling: `--flag value`, `--flag=value`, `-n 15`, `-n15`, several words
 * after `--stop`, `--stop-token-ids`, `--headers`, `--parallel` and `--number`, and `--stream`, `--no-stream`, `--stream true`.
 *
 * Values are not checked here, that is `loadConfig`'s part. A flag given twice counts the last time, unless it
 * is `repeatable`. Which words belong to which flag is `splitArguments`'s part.
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
  const { items, rest } = splitArguments(args, specs.map(toShape), isBooleanWord);
  const result = {
    env: {} as Record<string, string>,
    positionals: [] as string[],
    strays: [] as StrayWord[],
    passThrough: [...rest],
    problems: [] as Problem[],
  };
  for (const item of items) {
    if (item.kind === 'word') {
      result.positionals.push(item.word);
      result.strays.push({ word: item.word, after: item.after });
      continue;
    }
    if (item.kind === 'unknown') {
      result.problems.push(
        (base === PARAMETERS ? describeForeign(item) : null) ?? describeUnknown(item.spelling, specs),
      );
      continue;
    }
    const { env, repeatable } = item.flag.spec;
    const isAlone = item.flag.arity === 'switch' && item.values.length === 0;
    const value = encodeValue({ ...item, spec: item.flag.spec }, isAlone ? ['true'] : item.values);
    const before = repeatable === true ? ownValue(result.env, env) : undefined;
    if (typeof value === 'string') result.env[env] = before === undefined ? value : `${before}\n${value}`;
    else result.problems.push(value);
  }
  return result;
}

/** A word of a command line that belongs to no flag. */
export interface StrayWord {
  readonly word: string;
  /** The flag before it, as written; null without one. */
  readonly after: string | null;
}

/**
 * The problem with a word where a command takes flags only. It is not shown, since it may be a key that lost its flag, unless it
 * is a small number, or a name that this tool itself knows.
 *
 * @param command what to ask for help, `calibrate`; null for a run
 */
export function describeStray({ word, after }: StrayWord, command: string | null): Problem {
  const isOurs = /^\d{1,6}$/.test(word) || isBooleanWord(word) || PARAMETERS.some(({ flag }) => flag === word);
  const where = after === null ? '' : ` after ${after}`;
  return {
    key: isOurs ? JSON.stringify(word) : describeShape(word),
    got: `a word that belongs to no flag${where}`,
    allowed: `flags${command === null ? ', and k6 flags after --' : ''}; quotes keep a value of several words together`,
    paste: command === null ? 'k6-llm-perf run --help' : `k6-llm-perf ${command} --help`,
  };
}

/** Settings by the names of environment variables. */
export type Settings = Readonly<Record<string, string | undefined>>;

/** A table of settings, and its reader: what is wrong is added to `problems`, and has its default. */
interface SettingSet<Options> {
  readonly rows: readonly Parameter[];
  read(settings: Settings, problems: Problem[]): Options;
}

/** Settings that are not part of a run's configuration: of sweeps, searches and the like. */
export function createSettings<const Table extends Readonly<Record<string, FlagRow>>>(
  table: Table,
): SettingSet<ValuesOf<Table>> {
  const rows = completeRows(table);
  return {
    rows,
    read(settings, problems) {
      const values = rows.map((row) => {
        const given = settings[row.env];
        if (given === undefined || given === '') return [row.name, row.default];
        const parsed = row.type.parse(given, () => '');
        if (parsed.state === 'refused') problems.push(describeProblem(row, given, parsed.why, 'flag'));
        return [row.name, parsed.state === 'value' ? parsed.value : row.default];
      });
      return Object.fromEntries(values) as ValuesOf<Table>;
    },
  };
}

/** The flags of a command, and their reader, which calls them by their flags alone. */
export interface FlagSet<Options> extends Pick<SettingSet<Options>, 'read'> {
  readonly specs: readonly FlagSpec[];
}

export function createFlagSet<const Table extends Readonly<Record<string, FlagRow>>>(
  table: Table,
): FlagSet<ValuesOf<Table>> {
  const { rows, read } = createSettings(table);
  return {
    // Without what the environment and the default would add to their help.
    specs: rows.map(({ name, default: _, ...spec }) => spec),
    read(env, problems) {
      const wrong: Problem[] = [];
      const values = read(env, wrong);
      problems.push(...wrong.map((problem) => ({ ...problem, key: problem.key.replace(/^.*\((--.*)\)$/, '$1') })));
      return values;
    },
  };
}

interface SpecShape extends FlagShape {
  readonly spec: FlagSpec;
}

function toShape(spec: FlagSpec): SpecShape {
  const { flag, aliases = [], short, type, secret } = spec;
  const { arity, continues } = type;
  return { spec, names: [flag, ...aliases], short, arity, secret, ...(continues === undefined ? {} : { continues }) };
}

interface FlagMatch {
  readonly spec: FlagSpec;
  readonly spelling: string;
  readonly negated: boolean;
}

function encodeValue(match: FlagMatch, values: readonly string[]): string | Problem {
  const { spec, spelling, negated } = match;
  const problem = (got: string): Problem => ({
    key: spelling,
    got,
    allowed: spec.type.allowed,
    paste: formatFlag(spec),
  });
  const [first] = values;
  if (first === undefined || first === '') {
    // --api-key "" takes back what the environment says; with lists there is nothing that an empty word could mean.
    return first === '' && spec.type.arity === 'one' ? '' : problem('no value');
  }
  if (negated) {
    if (!isBooleanWord(first)) return problem(`${showValue(first)} after a flag that switches off`);
    return /^(true|on|yes|1)$/i.test(first.trim()) ? 'false' : 'true';
  }
  if (spec.type.arity !== 'many') return first;
  return spec.type.encode?.(values) ?? problem('a value of another form, which is not shown');
}

/** A flag of another tool, which people bring along, with the number that it has; null for any other. */
function describeForeign({
  spelling,
  value,
}: {
  readonly spelling: string;
  readonly value: string | null;
}): Problem | null {
  const flag = spelling.startsWith('-') ? spelling : `--${spelling.replace(/^[^A-Za-z]+/, '')}`;
  const found = FOREIGN_FLAGS.find((row) => row.flag === flag);
  if (found === undefined) return null;
  const { tools, answer, paste } = found;
  // Any other value may be a key.
  const isNumber = value !== null && /^\d{1,6}$/.test(value);
  const line = isNumber ? paste?.replace(/^(--[a-z-]+) \d+$/, `$1 ${value}`) : paste;
  return { key: flag, got: `a flag of ${tools}`, allowed: answer, paste: line ?? 'k6-llm-perf run --help' };
}

function describeUnknown(spelling: string, specs: readonly FlagSpec[]): Problem {
  const isLong = spelling.startsWith('--');
  const isPasted = !spelling.startsWith('-');
  const name = spelling.replace(/^[^A-Za-z]+/, '');
  const known = specs.flatMap(({ flag, aliases = [], type }) => [
    flag,
    ...aliases,
    ...(type.arity === 'switch' && !flag.startsWith('no-') ? [`no-${flag}`] : []),
  ]);
  const nearest = isLong || isPasted ? findNearestName(name, known, allowedDistance(name)) : null;
  const isNear = nearest !== null;
  const spec = isNear
    ? specs.find(({ flag, aliases = [] }) => flag === nearest || aliases.includes(nearest))
    : undefined;
  const isShown = isNear || /^--?[a-z]{1,20}(-[a-z]{1,20}){0,4}$/.test(spelling);
  return {
    key: isShown ? escapeText(spelling) : `a flag whose name is ${describeShape(name)}`,
    got: isPasted ? 'a dash that is not a hyphen, as documents make them of "--"' : 'a flag that does not exist',
    allowed: isNear ? `did you mean --${nearest}?` : 'the flags that --help lists',
    paste: spec === undefined ? (isNear ? `--${nearest}` : '--help') : formatFlag(spec),
  };
}

/** Two letters changed places are a distance of two, so short names get that much, but not the shortest. */
function allowedDistance(name: string): number {
  return name.length < 5 ? 1 : Math.max(2, Math.floor(name.length / 3));
}
