import { renderHelpRow } from '../shared/help-layout.ts';
import { type FlagSpec, GROUPS, type Parameter } from './parameter.ts';

/** The flags of a command by group, at most 80 columns wide; ends without a line feed. */
export function renderFlagHelp(specs: readonly FlagSpec[]): string {
  return GROUPS.map((group) => [group, specs.filter((spec) => spec.group === group)] as const)
    .filter(([, rows]) => rows.length > 0)
    .map(([group, rows]) => [group, ...rows.map(renderRow)].join('\n'))
    .join('\n\n');
}

/** The default of a setting as a reader would write it; `none` where nothing is sent or set. */
export function showDefault({ default: value, defaultText }: Parameter): string {
  if (defaultText !== undefined) return defaultText;
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'object') return Object.keys(value as object).length === 0 ? 'none' : JSON.stringify(value);
  return String(value);
}

function renderRow(spec: FlagSpec): string {
  const { flag, short, type } = spec;
  const label = type.arity === 'switch' ? '' : ` <${type.label}>`;
  const negation = type.arity === 'switch' && !flag.startsWith('no-') ? `, --no-${flag}` : '';
  return renderHelpRow(`${short === undefined ? '' : `-${short}, `}--${flag}${negation}${label}`, describe(spec));
}

function describe(spec: FlagSpec): string {
  // The label of a choice already lists its words.
  const isToldByLabel = spec.type.arity === 'switch' || spec.type.allowed.replace(/, /g, '|') === spec.type.label;
  const allowed = isToldByLabel ? [] : [`Allowed: ${spec.type.allowed}.`];
  if (!isParameter(spec)) return [spec.help, ...allowed].join(' ');
  return [
    spec.help,
    ...allowed,
    `Default: ${showDefault(spec)}.`,
    `[${[spec.env, ...(spec.envFallbacks ?? [])].join(', else ')}]`,
  ].join(' ');
}

function isParameter(spec: FlagSpec): spec is Parameter {
  return Object.hasOwn(spec, 'default');
}
