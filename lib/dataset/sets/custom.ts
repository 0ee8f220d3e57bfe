import { CSV_FORMAT } from '../csv-prompts.ts';
import { customFormat } from '../custom-format.ts';
import type { Dataset } from '../dataset.ts';
import { checkIds } from '../prompt-ids.ts';

/** A file of a user's own, with messages, or a prompt and its settings; the ending of its name tells CSV. */
export function custom() {
  return {
    name: 'custom',
    file: null,
    exampleFile: 'prompts.jsonl',
    content: 'none',
    written:
      'JSON lines with `messages` or `prompt`, or a `.csv` with a `prompt` column; `system` and `max_tokens` if wanted',
    endings: ['.csv'],
    arrange: checkIds,
    formatOf: (path) => (path.toLowerCase().endsWith('.csv') ? CSV_FORMAT : customFormat()),
  } as const satisfies Dataset;
}
