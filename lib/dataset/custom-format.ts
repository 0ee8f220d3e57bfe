import type { PromptFormat } from './dataset.ts';
import { objectFormat } from './json-formats.ts';
import { readCustomFields } from './prompt-fields.ts';

/** Lines with `messages` or `prompt`: what `prepare` writes, and files of the user's own. */
export function customFormat(): PromptFormat {
  return objectFormat('prompt', 'one JSON object a line, with "messages" or "prompt"', readCustomFields);
}
