import type { Api } from './api.ts';
import { buildBody } from './generation-parameters.ts';
import { buildHeaders } from './headers.ts';
import { OPENAI_ANSWER } from './openai-answer.ts';

/** `POST /v1/chat/completions`: the prompt's messages as they are. */
export const openaiChat: Api = {
  name: 'openai-chat',
  path: '/chat/completions',
  headers: buildHeaders,
  body: (prompt, config) => buildBody({ messages: prompt.messages }, prompt, config),
  ...OPENAI_ANSWER,
};
