import type { Api } from './api.ts';
import { OPENAI_SHARED } from './openai-shared.ts';

/** `POST /v1/chat/completions`: the prompt's messages as they are. */
export const openaiChat: Api = {
  ...OPENAI_SHARED,
  name: 'openai-chat',
  aliases: ['chat', 'chat-completions'],
  path: '/chat/completions',
  input: ({ messages }) => ({ messages }),
};
