import { ConfigError, type Problem } from '../shared/errors.ts';
import { renderHelpRow } from '../shared/help-layout.ts';
import { findNearestName } from '../shared/nearest-name.ts';
import { splitArguments } from '../shared/node-split-arguments.ts';
import { describeShape, showValue } from '../shared/show-word.ts';
import { wrapText } from '../shared/wrap-text.ts';
import { APIS } from './apis/apis.ts';
import { KNOB_GROUPS, type KnobGroup } from './knob-types.ts';
import { DEFAULT_OPTIONS, MOCK_KNOBS, type MockKnob, type MockOptions } from './knobs.ts';
import { SHAPES } from './shapes.ts';

export { MOCK_KNOBS, type MockOptions };

const BY_FLAG = new Map(MOCK_KNOBS.map((knob) => [knob.flag, knob]));

const BY_HEADER = new Map(MOCK_KNOBS.flatMap((knob) => (knob.header === null ? [] : [[knob.header, knob]])));

/**
 * The options that command-line arguments ask for; what they leave out has its default.
 *
 * Forms: `--ttft-ms 80`, `--ttft-ms=80`, and `--no-done` alone for `--no-done on`. The last of several wins.
 * @throws {ConfigError} with all problems: unknown flags (the nearest one is suggested), values that are not allowed
 */
export function parseMockFlags(args: readonly string[]): MockOptions {
  const shapes = MOCK_KNOBS.map(({ flag, standsAlone, secret, parse }) => ({
    names: [flag.slice(2)],
    arity: standsAlone ? ('switch' as const) : ('one' as const),
    secret,
    parse,
  }));
  const { items, rest } = splitArguments(args, shapes, (word, { parse }) => parse(word) !== undefined);
  const given: [string, string | undefined][] = [];
  const problems: Problem[] = [];
  for (const item of items) {
    if (item.kind === 'flag') given.push([`--${item.flag.names[0]}`, item.values[0]]);
    else if (item.kind === 'unknown') problems.push(unknownName(item.spelling, BY_FLAG, 'flag'));
    else problems.push(strayWord(item.word, item.after));
  }
  problems.push(...rest.map((word) => strayWord(word, '--')));
  return applyTexts(DEFAULT_OPTIONS, given, BY_FLAG, 'flag', problems);
}

/** A word that belongs to no flag is not shown: it may be a key that lost its flag. */
function strayWord(word: string, after: string | null): Problem {
  return {
    key: describeShape(word),
    got: `a word that belongs to no flag${after === null ? '' : ` after ${after}`}`,
    allowed: "flags that the mock's help lists",
    paste: 'k6-llm-perf mock --help',
  };
}

/**
 * The options of one request: the server's, changed by its `x-mock-*` headers.
 *
 * @param headers as Node gives them, names in lower case
 * @throws {ConfigError} with all problems: unknown `x-mock-*` headers, values that are not allowed
 */
export function applyMockHeaders(
  options: MockOptions,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): MockOptions {
  const given = Object.entries(headers)
    .filter(([name]) => name.startsWith('x-mock-'))
    .map(([name, value]): [string, string | undefined] => [name, Array.isArray(value) ? value.at(-1) : value]);
  if (given.length === 0) return options;
  return applyTexts(options, given, BY_HEADER, 'header');
}

/** Every knob of the mock with its flag, its values, what it does and its default, at most 80 columns wide. */
export function renderMockHelp(): string {
  const groups = (Object.keys(KNOB_GROUPS) as KnobGroup[]).map((group) => {
    const rows = MOCK_KNOBS.filter((knob) => knob.group === group).map(renderKnob);
    return [KNOB_GROUPS[group], ...rows].join('\n');
  });
  const shapes = Object.entries(SHAPES).map(([name, { does }]) => renderHelpRow(name, does));
  return [HELP_HEAD, ...groups, ['Shapes, for --shape', ...shapes].join('\n')].join('\n\n');
}

const HELP_HEAD = wrapText(
  `Routes: ${APIS.map(({ path }) => `POST ${path}`).join(', ')}, GET /v1/models, GET /health, GET /__timings (what each request really got, ?reset=1 forgets it after), POST /__reset. Every flag without * can also be sent with one request, as a header: --ttft-ms 80 is "x-mock-ttft-ms: 80". "Chunk N" counts the events that carry output, from 1.`,
).join('\n');

function renderKnob(knob: MockKnob): string {
  const left = `${knob.flag} ${knob.type}${knob.header === null ? ' *' : ''}`;
  return renderHelpRow(left, `${knob.text} Default: ${showDefault(knob.default)}.`);
}

function showDefault(value: unknown): string {
  if (value === null) return 'off';
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
}

type Source = 'flag' | 'header';

/** Sets knobs from texts, and collects what is wrong. */
function applyTexts(
  base: MockOptions,
  given: readonly (readonly [string, string | undefined])[],
  knobs: ReadonlyMap<string, MockKnob>,
  source: Source,
  before: readonly Problem[] = [],
): MockOptions {
  const problems: Problem[] = [...before];
  const changes: Record<string, unknown> = {};
  for (const [name, text] of given) {
    const knob = knobs.get(name);
    const value = knob?.parse(text ?? (knob.standsAlone ? 'on' : ''));
    if (knob === undefined) problems.push(unknownName(name, knobs, source));
    else if (value === undefined) problems.push(badValue(name, text, knob, source));
    else changes[knob.name] = value;
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { ...base, ...changes };
}

function unknownName(name: string, knobs: ReadonlyMap<string, MockKnob>, source: Source): Problem {
  const names = [...knobs.keys()];
  // The beginning of a name is nearer to it than another of the same length.
  const nearest = names.find((known) => known.startsWith(name)) ?? findNearestName(name, names, Infinity) ?? '';
  const paste = pasteLine(nearest, knobs.get(nearest) as MockKnob, source);
  const isShown = /^(--|x-)[a-z]{1,20}(-[a-z]{1,20}){0,5}$/.test(name);
  const key = isShown ? name : `a ${source} whose name is ${describeShape(name)}`;
  return { key, got: `an unknown ${source}`, allowed: `a ${source} that the mock's help lists`, paste };
}

function badValue(name: string, text: string | undefined, knob: MockKnob, source: Source): Problem {
  const got = text === undefined ? 'nothing' : knob.secret ? 'a value that is not shown' : showValue(text);
  return { key: name, got, allowed: knob.allowed, paste: pasteLine(name, knob, source) };
}

function pasteLine(name: string, knob: MockKnob, source: Source): string {
  return `${name}${source === 'flag' ? ' ' : ': '}${knob.example}`;
}
