import { parseJson } from '../shared/json.ts';
import type { PromptFormat, PromptSource } from './dataset.ts';
import { type PromptResult, readTextField } from './prompt-fields.ts';

/** JSON objects, a line each or in an array, with one text under `key`. */
export function textFieldFormat(key: string, allowed: string): PromptFormat {
  return objectFormat(key, allowed, (value) => readTextField(value, key));
}

/** JSON objects, a line each or in an array; a line to paste has its text under `key`. */
export function objectFormat(key: string, allowed: string, readValue: (value: unknown) => PromptResult): PromptFormat {
  const readLine = (line: string): PromptResult => {
    const value = parseJson(line);
    return value === undefined ? 'a line that is not JSON' : readValue(value);
  };
  return {
    allowed,
    read: (text) => (/^\s*\[/.test(text) ? readArray(text, readValue) : readLines(text, readLine)),
    formatLine: (text) => JSON.stringify({ [key]: text }),
  };
}

/** The lines of a text that are not blank, with their numbers. */
export function readLines(text: string, readLine: (line: string) => PromptResult): PromptSource[] {
  const sources: PromptSource[] = [];
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const line = raw.trim();
    if (line !== '') sources.push({ place: `:${index + 1}`, shown: line, result: readLine(line) });
  }
  return sources;
}

function readArray(text: string, readValue: (value: unknown) => PromptResult): PromptSource[] {
  const elements = parseJson(text);
  if (!Array.isArray(elements))
    return [{ place: '', shown: text.trim(), result: 'a [ that does not begin a JSON array' }];
  return elements.map((element, index) => ({
    place: `[${index}]`,
    shown: JSON.stringify(element),
    result: readValue(element),
  }));
}
