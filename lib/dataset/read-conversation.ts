import { isObject, isWhole, type JsonObject } from '../shared/json.ts';
import { ownValue } from '../shared/own-value.ts';
import type { ChatMessage, Conversation, Turn } from './prompt.ts';
import type { PromptResult } from './prompt-fields.ts';

/** The reason why a conversation without a question is none. Files of other tools have many. */
export const NOTHING_ASKED = 'a conversation in which nobody asks anything';

/**
 * One conversation of a file: an array of messages, or an object that holds one, or ShareGPT's turns, or pairs of what was
 * asked and answered.
 */
export function readConversation(given: unknown): PromptResult {
  const value = Array.isArray(given) ? { messages: given } : given;
  if (!isObject(value)) return 'a line that is neither a JSON object nor an array of messages';
  const found = Array.isArray(value['turns']) ? readTurns(value['turns']) : findMessages(value);
  if (typeof found === 'string') return found;
  const turns = 'turns' in found ? found.turns : splitTurns(found);
  const [first, ...next] = turns;
  if (first === undefined) return NOTHING_ASKED;
  const { id, start_ms, tools } = value;
  if (start_ms !== undefined && !isTime(start_ms)) return 'a "start_ms" that is not a number from 0';
  const settings = readSettings(value);
  if (typeof settings === 'string') return settings;
  const common = { ...settings, ...(Array.isArray(tools) ? { body: { ...settings.body, tools } } : {}) };
  const prompt: Conversation = {
    ...common,
    ...first,
    ...(typeof id === 'string' || typeof id === 'number' ? { id: String(id) } : {}),
    ...(start_ms === undefined ? {} : { start_ms: start_ms as number }),
    next: next.map((turn) => ({ ...common, ...turn })),
  };
  return { prompt, fields: value };
}

/** What holds for every turn of a conversation. */
function readSettings({ max_tokens, body }: JsonObject): Pick<Turn, 'max_tokens' | 'body'> | string {
  if (max_tokens !== undefined && !isWhole(max_tokens, 1)) return '"max_tokens" that is not a whole number from 1';
  if (body !== undefined && !isObject(body)) return 'a "body" that is not a JSON object';
  return {
    ...(max_tokens === undefined ? {} : { max_tokens: max_tokens as number }),
    ...(isObject(body) ? { body } : {}),
  };
}

const TURN_TIMES = ['at_ms', 'delay_ms', 'duration_ms'];
const TURN_COUNTS = ['max_tokens', 'output_tokens', 'input_tokens'];

/** Turns as `prepare trace` writes them. */
function readTurns(list: readonly unknown[]): { readonly turns: readonly Turn[] } | string {
  const turns: Turn[] = [];
  for (const [index, turn] of list.entries()) {
    const problem = isObject(turn) ? checkTurn(turn) : 'which is not a JSON object';
    if (problem !== null) return `turn ${index + 1}, ${problem}`;
    const { messages, reply, ...rest } = turn as unknown as Turn;
    turns.push({
      ...rest,
      messages: messages.map(withoutOurs),
      ...(reply === undefined ? {} : { reply: withoutOurs(reply) }),
    });
  }
  return { turns };
}

/** Why a turn is none, as it continues "turn 3, "; null where it is one. */
function checkTurn(turn: JsonObject): string | null {
  const { messages, reply, body, headers } = turn;
  const all =
    Array.isArray(messages) && messages.length > 0 ? [...messages, ...(reply === undefined ? [] : [reply])] : null;
  if (all === null) return 'which has no "messages"';
  for (const message of all) {
    const isMessage = isObject(message) && typeof message['role'] === 'string';
    const problem = isMessage ? checkMessage(message as ChatMessage) : 'without a "role"';
    if (problem !== null) return `with a message ${problem}`;
  }
  const time = TURN_TIMES.find((key) => turn[key] !== undefined && !isTime(turn[key]));
  if (time !== undefined) return `whose "${time}" is not a number from 0`;
  const count = TURN_COUNTS.find((key) => turn[key] !== undefined && !isWhole(turn[key], 1));
  if (count !== undefined) return `whose "${count}" is not a whole number from 1`;
  const inner = Object.entries({ body, headers }).find(([, value]) => value !== undefined && !isObject(value));
  return inner === undefined ? null : `whose "${inner[0]}" is not a JSON object`;
}

/** Who speaks, by the words of ShareGPT and its like. */
const ROLES: Readonly<Record<string, string>> = {
  human: 'user',
  user: 'user',
  gpt: 'assistant',
  chatgpt: 'assistant',
  bing: 'assistant',
  bard: 'assistant',
  assistant: 'assistant',
  system: 'system',
  tool: 'tool',
};

function findMessages(value: JsonObject): ChatMessage[] | string {
  const list = value['messages'] ?? value['conversations'] ?? value['conversation'] ?? value['items'];
  if (value['input_prompt_length'] !== undefined)
    return 'a trace of lengths, which "k6-llm-perf prepare trace" makes a file of conversations of';
  if (!Array.isArray(list)) return 'neither "messages" nor "conversations" with something in them';
  const messages: ChatMessage[] = [];
  for (const [index, entry] of list.entries()) {
    const found = isObject(entry) ? readEntry(entry) : null;
    if (found === null) return `message ${index + 1}, which is not an object with "role" and "content"`;
    for (const message of found) {
      const problem = checkMessage(message);
      if (problem !== null) return `message ${index + 1}, ${problem}`;
    }
    messages.push(...found);
  }
  return messages;
}

/** A message, or a pair of them; null where it is neither. What a person asks without a word is left out, as evalscope does. */
function readEntry(entry: JsonObject): ChatMessage[] | null {
  const { role, from, value, human, assistant } = entry;
  if (typeof role === 'string') return [entry as ChatMessage];
  if (typeof from === 'string') {
    const known = ownValue(ROLES, from.toLowerCase());
    if (known === undefined) return null;
    return known === 'user' && isBlank(value) ? [] : [{ role: known, content: value }];
  }
  if (human === undefined && assistant === undefined) return null;
  return [
    ...(human === undefined || isBlank(human) ? [] : [{ role: 'user', content: human }]),
    ...(assistant === undefined ? [] : [{ role: 'assistant', content: assistant }]),
  ];
}

function isBlank(text: unknown): boolean {
  return text === null || (typeof text === 'string' && text.trim() === '');
}

/** Keys of ours that hold times, and counts; the service gets none of them. */
const TIMES = ['at_ms', 'delay_ms', 'latency_ms'];
const COUNTS = ['max_tokens', 'tokens', 'block_tokens'];

/** Why a message is none, as it continues "message 3, "; null where it is one. */
function checkMessage(message: ChatMessage): string | null {
  const { content, tool_calls, tokens } = message;
  const hasContent = typeof content === 'string' || Array.isArray(content) || tokens !== undefined;
  if (!hasContent && !Array.isArray(tool_calls)) return 'which has no "content"';
  const time = TIMES.find((key) => message[key] !== undefined && !isTime(message[key]));
  if (time !== undefined) return `whose "${time}" is not a number from 0`;
  const count = COUNTS.find((key) => message[key] !== undefined && !isWhole(message[key], 1));
  return count === undefined ? null : `whose "${count}" is not a whole number from 1`;
}

/**
 * Cuts a conversation after each answer. Answers that come before anybody asked are left out; of several in a row the last
 * is the one that is waited for.
 */
function splitTurns(messages: readonly ChatMessage[]): Turn[] {
  const turns: Turn[] = [];
  let asked: ChatMessage[] = [];
  for (const [index, message] of messages.entries()) {
    const isAnswer = message.role === 'assistant';
    const hasQuestion = asked.some(({ role }) => role !== 'system' && role !== 'developer');
    if (isAnswer && !hasQuestion) continue;
    if (!isAnswer || messages[index + 1]?.role === 'assistant') {
      asked.push(message);
      continue;
    }
    turns.push(toTurn(asked, message));
    asked = [];
  }
  if (asked.some(({ role }) => role !== 'system' && role !== 'developer')) turns.push(toTurn(asked, null));
  return turns;
}

/** @param reply null: nobody recorded one */
function toTurn(asked: readonly ChatMessage[], reply: ChatMessage | null): Turn {
  const numbers = (key: string): number[] =>
    asked.flatMap((message) => (typeof message[key] === 'number' ? [message[key]] : []));
  const output = reply?.['tokens'];
  const limit = [...numbers('max_tokens'), reply?.['max_tokens']].find((value) => typeof value === 'number');
  const [at] = numbers('at_ms');
  // Tools that are called together work side by side.
  const delay = Math.max(0, ...numbers('delay_ms'), ...numbers('latency_ms'));
  return {
    messages: asked.map(withoutOurs),
    ...(reply === null ? {} : { reply: withoutOurs(reply) }),
    ...(limit === undefined ? {} : { max_tokens: limit as number }),
    ...(typeof output === 'number' ? { output_tokens: output } : {}),
    ...(at === undefined ? {} : { at_ms: at }),
    ...(delay === 0 ? {} : { delay_ms: delay }),
  };
}

function withoutOurs(message: ChatMessage): ChatMessage {
  const { at_ms, delay_ms, latency_ms, max_tokens, ...sent } = message;
  const { tokens, blocks, block_tokens, ...said } = sent as ChatMessage;
  return (said.content === undefined && tokens !== undefined ? sent : said) as ChatMessage;
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value);
}
