import type { Prompt } from '../dataset/prompt.ts';
import type { Api } from './api.ts';
import { buildBody } from './generation-parameters.ts';
import { buildHeaders } from './headers.ts';
import { OPENAI_ANSWER } from './openai-answer.ts';

/** `POST /v1/completions`: the texts of all messages as one prompt, since this API knows no roles. */
export const openaiCompletions: Api = {
  name: 'openai-completions',
  path: '/completions',
  headers: buildHeaders,
  body: (prompt, config) => buildBody({ prompt: joinTexts(prompt) }, prompt, config),
  ...OPENAI_ANSWER,
};

/** The texts of all messages, a blank line between them. */
function joinTexts({ messages }: Prompt): string {
  return messages.map(({ content }) => (typeof content === 'string' ? content : JSON.stringify(content))).join('\n\n');
}
