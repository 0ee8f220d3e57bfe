import { closest } from 'fastest-levenshtein';
import { ConfigError, type Problem } from '../shared/errors.ts';
import { KNOB_GROUPS, type KnobGroup } from './knob-types.ts';
import { DEFAULT_OPTIONS, MOCK_KNOBS, type MockKnob, type MockOptions } from './knobs.ts';
import { SHAPES } from './shapes.ts';

export { MOCK_KNOBS, type MockOptions };

/**
 * The options that command-line arguments ask for; what they leave out has its default.
 *
 * Forms: `--ttft-ms 80`, `--ttft-ms=80`, and `--no-done` alone for `--no-done on`. The last of several wins.
 * @throws {ConfigError} with all problems: unknown flags (the nearest one is suggested), values that are not allowed
 */
export function parseMockFlags(args: readonly string[]): MockOptions {
  const flags = MOCK_KNOBS.map((knob) => knob.flag);
  const given: [string, string | undefined][] = [];
  for (let i = 0; i < args.length; i++) {
    const [flag = '', inline] = splitAtEquals(args[i] as string);
    const knob = MOCK_KNOBS.find((row) => row.flag === flag);
    const next = args[i + 1];
    const isValue =
      next !== undefined && !next.startsWith('--') && (!knob?.standsAlone || knob.parse(next) !== undefined);
    const takesNext = inline === undefined && isValue && flag.startsWith('--');
    given.push([flag, inline ?? (takesNext ? next : undefined)]);
    if (takesNext) i++;
  }
  return applyTexts(DEFAULT_OPTIONS, given, flags, (flag) => MOCK_KNOBS.find((knob) => knob.flag === flag), 'flag');
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
  const names = MOCK_KNOBS.flatMap((knob) => knob.header ?? []);
  return applyTexts(options, given, names, (name) => MOCK_KNOBS.find((knob) => knob.header === name), 'header');
}

/** The help text of the mock: every knob with its flag, its values, what it does and its default. */
export function renderMockHelp(): string {
  const groups = (Object.keys(KNOB_GROUPS) as KnobGroup[]).map((group) => {
    const rows = MOCK_KNOBS.filter((knob) => knob.group === group).map(renderKnob);
    return [`${KNOB_GROUPS[group]}:`, ...rows].join('\n');
  });
  const shapes = Object.entries(SHAPES).map(([name, { does }]) => `  ${name.padEnd(26)} ${does}`);
  return `${HELP_HEAD}\n\n${groups.join('\n\n')}\n\nShapes, for --shape:\n${shapes.join('\n')}\n`;
}

const HELP_HEAD = `Usage: k6-llm-perf mock [flags]

An LLM server without a model: it answers OpenAI chat completions and completions with known timings.
Routes: POST /v1/chat/completions, POST /v1/completions, GET /v1/models, GET /health,
GET /__timings (what each request really got, ?reset=1 forgets it after), POST /__reset.
Every flag without * can also be sent with one request, as a header: --ttft-ms 80 is "x-mock-ttft-ms: 80".
"Chunk N" counts the events that carry output, from 1.`;

function renderKnob(knob: MockKnob): string {
  const left = `  ${knob.flag} ${knob.type}${knob.header === null ? ' *' : ''}`;
  const right = `${knob.text} Default: ${showDefault(knob.default)}.`;
  return left.length > 38 ? `${left}\n${' '.repeat(40)}${right}` : `${left.padEnd(40)}${right}`;
}

function showDefault(value: unknown): string {
  if (value === null) return 'off';
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
}

function splitAtEquals(argument: string): [string, string?] {
  const at = argument.indexOf('=');
  return at < 0 ? [argument] : [argument.slice(0, at), argument.slice(at + 1)];
}

/** Sets knobs from texts, and collects what is wrong. */
function applyTexts(
  base: MockOptions,
  given: readonly (readonly [string, string | undefined])[],
  names: readonly string[],
  find: (name: string) => MockKnob | undefined,
  source: 'flag' | 'header',
): MockOptions {
  const problems: Problem[] = [];
  const changes: Record<string, unknown> = {};
  for (const [name, text] of given) {
    const knob = find(name);
    const value = knob?.parse(text ?? (knob.standsAlone ? 'on' : ''));
    if (knob === undefined) problems.push(unknownName(name, names, source));
    else if (value === undefined) problems.push(badValue(name, text, knob, source));
    else changes[knob.name] = value;
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { ...base, ...changes };
}

function unknownName(name: string, names: readonly string[], source: 'flag' | 'header'): Problem {
  // The beginning of a name is nearer to it than another of the same length.
  const nearest = names.find((known) => known.startsWith(name)) ?? closest(name, [...names]);
  const knob = MOCK_KNOBS.find((row) => row[source] === nearest);
  const paste = knob === undefined ? nearest : pasteLine(nearest, knob, source);
  return { key: name, got: `an unknown ${source}`, allowed: `a ${source} that the mock's help lists`, paste };
}

function badValue(name: string, text: string | undefined, knob: MockKnob, source: 'flag' | 'header'): Problem {
  const got = text === undefined ? 'nothing' : knob.secret ? 'a value that is not shown' : `"${text}"`;
  return { key: name, got, allowed: knob.allowed, paste: pasteLine(name, knob, source) };
}

function pasteLine(name: string, knob: MockKnob, source: 'flag' | 'header'): string {
  return `${name}${source === 'flag' ? ' ' : ': '}${knob.example}`;
}
