import type { Dataset } from '../dataset.ts';
import { textFieldFormat } from '../json-formats.ts';

/** Short questions, as evalscope's quick start sends them. */
export function openqa() {
  return {
    name: 'openqa',
    file: 'openqa.jsonl',
    exampleFile: 'prompts.jsonl',
    content: '258 questions, English and Chinese',
    written: 'JSON lines with a text under `question`',
    key: 'question',
    formatOf: () => textFieldFormat('question', 'one JSON object a line, with a text under "question"'),
  } as const satisfies Dataset;
}
