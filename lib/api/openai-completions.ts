import type { Api } from './api.ts';
import { OPENAI_SHARED } from './openai-shared.ts';
import { joinMessages } from './prompt-input.ts';

/** `POST /v1/completions`: token ids where the prompt is of them, else the texts of all messages as one prompt, a blank line between them, since this API knows no roles. */
export const openaiCompletions: Api = {
  ...OPENAI_SHARED,
  name: 'openai-completions',
  aliases: ['completions', 'text-completions'],
  path: '/completions',
  pictures: 'none',
  input: (prompt) => ({ prompt: prompt.ids ?? joinMessages(prompt) }),
};
