import { isObject } from '../../shared/json.ts';
import type { Milliseconds } from '../../shared/units.ts';
import { ENGINE_EXIT_CODES, EngineError } from '../engine-error.ts';
import { parseDuration } from './duration.ts';

/** Something wrong in the form of `options`. k6 names the script in front of it. */
export class OptionError extends EngineError {}

/** A value of the wrong form, in k6's words; ends with exit code 104. */
export function badOption(text: string): OptionError {
  return new OptionError(text, ENGINE_EXIT_CODES.badConfiguration);
}

/** Options that are well formed and make no sense, in k6's words; ends with exit code 104. */
export function badConfiguration(text: string): EngineError {
  return new EngineError(text, ENGINE_EXIT_CODES.badConfiguration);
}

/** How k6 names the type of a JSON value in its messages. */
function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return `number ${value}`;
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

/** k6's text for a value of the wrong type. */
export function wrongType(path: string, value: unknown, goType: string): EngineError {
  return badOption(`json: cannot unmarshal ${jsonKind(value)} into Go struct field Options.${path} of type ${goType}`);
}

/** Reads what is set, and gives undefined for undefined and null. */
function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined || value === null ? undefined : read(value);
}

/** A whole number, also as text (`'10'`), or undefined where nothing is set. */
export function readInteger(value: unknown, path: string): number | undefined {
  if (typeof value === 'string') {
    if (/^[+-]?\d+$/.test(value)) return Number(value);
    throw badOption(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  }
  return optional(value, (number) => {
    if (Number.isInteger(number)) return number as number;
    throw wrongType(path, number, 'int64');
  });
}

/** Milliseconds, or undefined where nothing is set. */
export function readDuration(value: unknown): Milliseconds | undefined {
  try {
    return optional(value, parseDuration);
  } catch (error) {
    throw badOption((error as Error).message);
  }
}

export function readString(value: unknown, path: string): string | undefined {
  return optional(value, (text) => {
    if (typeof text === 'string') return text;
    throw wrongType(path, text, 'string');
  });
}

export function readBoolean(value: unknown, path: string): boolean {
  if (value === undefined || value === null || typeof value === 'boolean') return value === true;
  throw wrongType(path, value, 'bool');
}

/** A map of texts; anything but a text in it is refused, as k6 does. */
export function readStringMap(value: unknown, path: string): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw wrongType(path, value, 'map[string]string');
  for (const item of Object.values(value)) if (typeof item !== 'string') throw wrongType(path, item, 'string');
  return value as Record<string, string>;
}
