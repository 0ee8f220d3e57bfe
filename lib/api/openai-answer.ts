import type { Api } from './api.ts';
import { readOpenaiEvent } from './read-event.ts';

/** The mark that ends a stream, in quotes where a server writes it as JSON. */
const END = /^\s*"?\[DONE\]"?\s*$/i;

/** The answer's half of both OpenAI APIs: chats and completions differ in the fields of a choice, and one list has both. */
export const OPENAI_ANSWER: Pick<Api, 'readEvent' | 'isEnd' | 'readWhole'> = {
  readEvent: readOpenaiEvent,
  isEnd: (data) => END.test(data),
  readWhole: (body) => readOpenaiEvent(body, ''),
};
