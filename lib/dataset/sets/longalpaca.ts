import type { Dataset } from '../dataset.ts';
import { textFieldFormat } from '../json-formats.ts';

/** Long instructions: a passage, then a task about it. */
export function longalpaca() {
  return {
    name: 'longalpaca',
    file: 'longalpaca.jsonl',
    exampleFile: 'prompts.json',
    content: '22 instructions of 3,000 to 12,000 characters',
    written: 'JSON lines, or a JSON array, with a text under `instruction`',
    key: 'instruction',
    formatOf: () =>
      textFieldFormat('instruction', 'JSON objects with a text under "instruction", a line each or in an array'),
  } as const satisfies Dataset;
}
