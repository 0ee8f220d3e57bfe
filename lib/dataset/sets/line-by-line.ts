import type { Dataset } from '../dataset.ts';
import { readLines } from '../json-formats.ts';
import { readFreeLine } from '../prompt-fields.ts';

/** A file of a user's own, a prompt a line. */
export function lineByLine() {
  return {
    name: 'line-by-line',
    file: null,
    exampleFile: 'prompts.txt',
    content: 'none',
    written: 'one prompt a line: text, a JSON string, or a JSON array of messages',
    endings: ['.txt'],
    formatOf: () => ({
      allowed: 'a line of text, a JSON string, or a JSON array of messages',
      read: (text) => readLines(text, readFreeLine),
      formatLine: (text) => text,
    }),
  } as const satisfies Dataset;
}
