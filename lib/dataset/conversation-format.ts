import { isObject, parseJson } from '../shared/json.ts';
import type { PromptFormat, PromptSource } from './dataset.ts';
import { readLines } from './json-formats.ts';
import type { PromptResult } from './prompt-fields.ts';
import { NOTHING_ASKED, readConversation } from './read-conversation.ts';

/** Conversations, a line each, or in an array, or in the array that an object holds; those in which nobody asks anything are left out. */
export function createConversationFormat(): PromptFormat {
  let [all, left] = [0, 0];
  return {
    allowed: 'a conversation a line: an array of messages, or an object with "messages" or ShareGPT\'s "conversations"',
    read(text) {
      const whole = /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
      const sources = whole === undefined ? readLines(text, readLine) : readWhole(whole);
      const asking = sources.filter(({ result }) => result !== NOTHING_ASKED);
      all = sources.length;
      left = all - asking.length;
      return asking;
    },
    listNotes: () =>
      left === 0 ? [] : [`${left} of ${all} conversations were left out: nobody asks anything in them.`],
    formatLine: (text) => JSON.stringify({ messages: [{ role: 'user', content: text }] }),
  };
}

function readLine(line: string): PromptResult {
  const value = parseJson(line);
  return value === undefined ? 'a line that is not JSON' : readConversation(value);
}

/** The text is one JSON value: one conversation, or a list of them. */
function readWhole(value: unknown): PromptSource[] {
  const list = isObject(value) && Array.isArray(value['conversations']) ? value['conversations'] : value;
  const isList = Array.isArray(list) && list.every((entry) => Array.isArray(entry) || !isMessage(entry));
  const conversations = isList && Array.isArray(list) ? list : [value];
  return conversations.map((entry, index) => ({
    place: isList ? `[${index}]` : ':1',
    shown: JSON.stringify(entry),
    result: readConversation(entry),
  }));
}

/** What belongs to one conversation, and is none by itself. */
function isMessage(entry: unknown): boolean {
  return isObject(entry) && ['role', 'from', 'human', 'assistant'].some((key) => Object.hasOwn(entry, key));
}
