import type { Api } from './api.ts';
import { OPENAI_SHARED } from './openai-shared.ts';

/** `POST /v1/completions`: the texts of all messages as one prompt, a blank line between them, since this API knows no roles. */
export const openaiCompletions: Api = {
  ...OPENAI_SHARED,
  name: 'openai-completions',
  aliases: ['completions', 'text-completions'],
  path: '/completions',
  input: ({ messages }) => ({
    prompt: messages
      .map(({ content }) => (typeof content === 'string' ? content : JSON.stringify(content)))
      .join('\n\n'),
  }),
};
