import { CONVERSATION_TABLE } from '../../config/conversation-table.ts';
import { completeRows } from '../../config/parameter.ts';
import { arrangeConversations } from '../arrange-conversations.ts';
import { createConversationFormat } from '../conversation-format.ts';
import type { Dataset } from '../dataset.ts';

/** Conversations of a user's own, one request a turn. */
export function multiTurn(): Dataset & { readonly name: 'multi-turn' } {
  return {
    name: 'multi-turn',
    file: null,
    exampleFile: 'conversations.jsonl',
    content: 'none',
    written: "one conversation a line: an array of messages, `messages`, or ShareGPT's `conversations`",
    parameters: completeRows(CONVERSATION_TABLE),
    formatOf: createConversationFormat,
    arrange: arrangeConversations,
  };
}
