import { whyUnreadable } from '../shared/decode-text.ts';
import { isObject, type JsonObject, parseJson } from '../shared/json.ts';
import { accept, oneWord, type Parsed, type ReadFile, refuse, type ValueType } from './value-type.ts';

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
  const [label, more] = orFile ? ['json|@file', ', or @ and the path of a file that holds one'] : ['json', ''];
  return oneWord(label, `a JSON object${more}`, (plain, readFile) => {
    const resolved = orFile ? resolveFile(plain, readFile) : accept(plain);
    if (resolved.state === 'refused') return resolved;
    const value = parseJson(resolved.value);
    if (value === undefined) return refuse('not JSON');
    return isObject(value) ? accept(value) : refuse('JSON, but not an object');
  });
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
