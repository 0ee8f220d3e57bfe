import { createConversationFormat } from '../conversation-format.ts';
import type { Dataset } from '../dataset.ts';
import type { Conversation } from '../prompt.ts';

/** The first question of each ShareGPT conversation; multi-turn sends the whole of them. */
export function sharegpt() {
  return {
    name: 'sharegpt',
    file: null,
    exampleFile: 'sharegpt.json',
    content: 'none',
    written:
      "conversations as multi-turn takes them, ShareGPT's `conversations` or `conversation`; the first turn is sent",
    formatOf() {
      const format = createConversationFormat();
      return {
        ...format,
        read: (text) =>
          format.read(text).map((source) => {
            if (typeof source.result === 'string') return source;
            const { next: _, ...prompt } = source.result.prompt as Conversation;
            return { ...source, result: { prompt, fields: { messages: prompt.messages } } };
          }),
      };
    },
  } as const satisfies Dataset;
}
