import type { JsonObject } from '../../shared/json.ts';
import type { Dataset } from '../dataset.ts';
import { objectFormat } from '../json-formats.ts';
import { type PromptResult, readTextField } from '../prompt-fields.ts';

/** Instructions as Stanford's Alpaca has them, each with an input if it needs one. */
export function alpaca() {
  return {
    name: 'alpaca',
    file: null,
    exampleFile: 'alpaca_data.json',
    content: 'none',
    written: 'JSON lines, or a JSON array, with a text under `instruction`, and under `input` if there is one',
    formatOf: () =>
      objectFormat(
        'instruction',
        'JSON objects with texts under "instruction" and, if wanted, "input"',
        readInstruction,
      ),
  } as const satisfies Dataset;
}

/** The input is a paragraph of its own after the instruction. */
function readInstruction(given: unknown): PromptResult {
  const read = readTextField(given, 'instruction');
  if (typeof read === 'string') return read;
  const { input } = given as JsonObject;
  if (input === undefined || input === null || input === '') return read;
  if (typeof input !== 'string') return 'an "input" that is not text';
  const [message] = read.prompt.messages;
  const messages = [{ role: 'user', content: `${message?.content}\n\n${input.trim()}` }];
  return { ...read, prompt: { ...read.prompt, messages } };
}
