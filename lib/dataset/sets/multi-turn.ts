import { CONVERSATION_FORMAT } from '../conversation-format.ts';
import type { Dataset } from '../dataset.ts';

/** Conversations of a user's own, one request a turn. */
export function multiTurn() {
  return {
    name: 'multi-turn',
    file: null,
    exampleFile: 'conversations.jsonl',
    content: 'none',
    written: "one conversation a line: an array of messages, `messages`, or ShareGPT's `conversations`",
    formatOf: () => CONVERSATION_FORMAT,
  } as const satisfies Dataset;
}
