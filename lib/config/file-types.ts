import { whyUnreadable } from '../shared/decode-text.ts';
import { accept, type Parsed, type ReadFile, refuse, type ValueType } from './value-type.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Text itself, or what the file after an `@` holds; the blanks around it stay. */
export const textOrFile: ValueType<string> = {
  label: 'text|@file',
  arity: 'one',
  allowed: 'text that is not blank, or @ and the path of a file that holds it',
  parse(given, readFile) {
    const resolved = resolveFile(given, readFile);
    if (resolved.state === 'value' && resolved.value.trim() === '') return refuse('there is nothing in it');
    return resolved;
  },
};

/** A JSON object, written out or, with `orFile`, in a file named after an `@`. */
export function jsonObject(orFile: boolean): ValueType<JsonObject> {
  return {
    label: orFile ? 'json|@file' : 'json',
    arity: 'one',
    allowed: orFile ? 'a JSON object, or @ and the path of a file that holds one' : 'a JSON object',
    parse(given, readFile) {
      const resolved = orFile ? resolveFile(given.trim(), readFile) : accept(given);
      if (resolved.state === 'refused') return resolved;
      const value = parseJson(resolved.value);
      if (value === undefined) return refuse('not JSON');
      return isJsonObject(value) ? accept(value) : refuse('JSON, but not an object');
    },
  };
}

/** The value of a JSON text; undefined, which JSON cannot express, where it is not JSON. A BOM in front is skipped. */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function resolveFile(given: string, readFile: ReadFile): Parsed<string> {
  if (!given.startsWith('@')) return accept(given);
  const path = given.slice(1).trim();
  if (path === '') return refuse('no path after @');
  try {
    return accept(readFile(path));
  } catch (error) {
    return refuse(whyUnreadable(error));
  }
}
