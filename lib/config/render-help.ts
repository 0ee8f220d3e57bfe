import { type FlagSpec, GROUPS, type Parameter } from './parameter.ts';
import { PARAMETERS } from './parameters.ts';

const WIDTH = 100;
/** Where the text begins: behind the longest flag that is common. */
const TEXT_COLUMN = 34;

/** The help text of all settings of a run, by group, at most 100 columns wide; ends without a line feed. */
export function renderHelp(): string {
  return GROUPS.map((group) => {
    const rows = PARAMETERS.filter((parameter) => parameter.group === group);
    return `${group}\n${renderFlagHelp(rows)}`;
  }).join('\n\n');
}

/** The rows of a help text, one flag after the other. */
export function renderFlagHelp(specs: readonly FlagSpec[]): string {
  return specs.map(renderRow).join('\n');
}

/** The settings as a Markdown table, for the README; ends without a line feed. */
export function renderParameterTable(): string {
  const header = ['Flag', 'Environment', 'Default', 'Allowed', 'Meaning'];
  const rows = PARAMETERS.map((parameter) => [
    `\`--${parameter.flag}\`${parameter.short === undefined ? '' : `, \`-${parameter.short}\``}`,
    [parameter.env, ...(parameter.envFallbacks ?? [])].map((env) => `\`${env}\``).join(', else '),
    parameter.defaultText ?? (showDefault(parameter) === 'none' ? 'none' : `\`${showDefault(parameter)}\``),
    parameter.type.allowed,
    parameter.help,
  ]);
  const lines = [header, header.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.map((cell) => cell.replace(/\|/g, '\\|')).join(' | ')} |`).join('\n');
}

/** The default of a setting as a reader would write it; `none` where nothing is sent or set. */
function showDefault({ default: value, defaultText }: Parameter): string {
  if (defaultText !== undefined) return defaultText;
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'object') return Object.keys(value as object).length === 0 ? 'none' : JSON.stringify(value);
  return String(value);
}

function renderRow(spec: FlagSpec): string {
  const label = spec.type.arity === 'switch' ? '' : ` <${spec.type.label}>`;
  const negation = spec.type.arity === 'switch' && !spec.flag.startsWith('no-') ? `, --no-${spec.flag}` : '';
  const left = `  ${spec.short === undefined ? '' : `-${spec.short}, `}--${spec.flag}${negation}${label}`;
  const lines = wrap(describe(spec), WIDTH - TEXT_COLUMN).map((line) => ' '.repeat(TEXT_COLUMN) + line);
  if (left.length > TEXT_COLUMN - 2) return [left, ...lines].join('\n');
  return [left.padEnd(TEXT_COLUMN) + (lines[0] ?? '').trimStart(), ...lines.slice(1)].join('\n');
}

function describe(spec: FlagSpec): string {
  // The label of a choice already lists its words.
  const isToldByLabel = spec.type.arity === 'switch' || spec.type.allowed.replace(/, /g, '|') === spec.type.label;
  const allowed = isToldByLabel ? [] : [`Allowed: ${spec.type.allowed}.`];
  if (!isParameter(spec)) return [spec.help, ...allowed].join(' ');
  const env = [spec.env, ...(spec.envFallbacks ?? [])].join(', else ');
  return [spec.help, ...allowed, `Default: ${showDefault(spec)}.`, `[${env}]`].join(' ');
}

function isParameter(spec: FlagSpec): spec is Parameter {
  return 'group' in spec;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
