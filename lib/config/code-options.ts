import type { Problem } from '../shared/errors.ts';
import { isObject } from '../shared/json.ts';
import { findNearestName } from '../shared/nearest-name.ts';
import { describeShape } from '../shared/show-word.ts';
import type { Parameter } from './parameter.ts';
import { PARAMETERS } from './parameters.ts';

/** Options of code as settings, and everything that is wrong with their names and types. */
interface CodeSettings {
  readonly settings: Record<string, string>;
  readonly problems: readonly Problem[];
}

/** What code may say: all settings of a run, where nothing else is named. */
interface CodeLanguage {
  readonly parameters?: readonly Parameter[];
  /** The type that lists them. */
  readonly typeName?: string;
  readonly controlNames?: readonly string[];
}

/**
 * Options as the texts that environment variables hold, so that they go through the same checks as those of a command
 * line. What no check could see is found here: names that do not exist, and values of another type.
 */
export function readOptions(
  options: unknown,
  controls: unknown,
  { parameters = PARAMETERS, typeName = 'PerfOptions', controlNames = CONTROLS }: CodeLanguage = {},
): CodeSettings {
  const settings: Record<string, string> = {};
  const problems: Problem[] = [];
  const names = parameters.map(({ name }) => name as string);
  if (!isObject(options)) {
    problems.push(describeType('options', options, 'an object', typeName, "{ model: 'qwen2.5' }"));
    return { settings, problems };
  }
  for (const [name, value] of Object.entries(options)) {
    const parameter = parameters.find((candidate) => candidate.name === name);
    if (parameter === undefined) {
      problems.push(describeUnknown(name, names, typeName));
      continue;
    }
    if (value === undefined || value === null) continue;
    const text = toText(value);
    if (text === null || !hasType(parameter, value, text)) {
      problems.push(describeType(name, value, `${nameType(parameter)}: ${parameter.type.allowed}`, typeName));
    } else settings[parameter.env] = text;
  }
  for (const name of isObject(controls) ? Object.keys(controls) : []) {
    if (!controlNames.includes(name)) problems.push(describeUnknown(name, controlNames, typeName));
  }
  return { settings, problems };
}

const CONTROLS = ['log', 'signal'];

/** null for what no text can say. */
function toText(value: unknown): string | null {
  try {
    if (typeof value === 'object') return JSON.stringify(value);
    return typeof value === 'function' || typeof value === 'symbol' ? null : String(value);
  } catch {
    return null;
  }
}

/** A value has the type of what its text is read as; a text that is refused is reported by the check itself. */
function hasType(parameter: Parameter, value: unknown, text: string): boolean {
  // `@file` is read in place of the object.
  if (typeof value === 'string' && parameter.type.label.includes('@file')) return true;
  return kindOf(value) === expectedKind(parameter, text);
}

/** By the default where there is one, else by a value that is right. */
function expectedKind({ type, default: fallback, example }: Parameter, text: string): string {
  if (fallback !== null) return kindOf(fallback);
  for (const candidate of [text, type.encode?.(example) ?? null, example.join(' '), 'true', '1']) {
    const parsed = candidate === null ? null : type.parse(candidate, () => '');
    if (parsed?.state === 'value') return kindOf(parsed.value);
  }
  return 'string';
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}

function nameType(parameter: Parameter): string {
  const kind = expectedKind(parameter, '');
  return { string: 'a text', array: 'an array', object: 'an object', boolean: 'true or false' }[kind] ?? `a ${kind}`;
}

function describeType(key: string, value: unknown, allowed: string, typeName: string, paste?: string): Problem {
  const got = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
  return { key, got, allowed, paste: paste ?? `the types of ${typeName}` };
}

function describeUnknown(name: string, known: readonly string[], typeName: string): Problem {
  const plain = name.replace(/[-_]([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const nearest = findNearestName(plain, known, Math.max(1, Math.floor(plain.length / 3)));
  return {
    key: nearest || /^[A-Za-z]{1,24}$/.test(name) ? name : `an option whose name is ${describeShape(name)}`,
    got: 'an option that does not exist',
    allowed: nearest
      ? `did you mean ${nearest}?`
      : `the names that ${typeName === 'PerfOptions' ? 'PerfOptions and PerfControls list' : `${typeName} lists`}`,
    paste: nearest ?? known.join(', '),
  };
}
