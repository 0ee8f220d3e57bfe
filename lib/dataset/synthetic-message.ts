import { hashNumbers } from '../shared/random.ts';
import type { ChatMessage } from './prompt.ts';
import { listWords } from './words.ts';

/** Tokens of a block where a message does not say: Mooncake's. */
const BLOCK_TOKENS = 512;

/**
 * A message as it is sent: one whose text is not known, only its length, gets a text of so many words, each of them a token
 * of the usual tokenizers.
 *
 * With `blocks`, the hashes of its parts, messages whose first hashes are the same begin with the same text, and only those:
 * what a prefix cache found in the recorded prompts it finds in these.
 * @param words of `splitWords`
 * @param key   makes the text of a message without blocks its own
 * @param salt  32 bits that make other texts of the same hashes, for a run that no cache is to know
 */
export function fillIn(message: ChatMessage, words: readonly string[], key: number, salt = 0): ChatMessage {
  const { tokens, blocks, block_tokens, ...sent } = message;
  if (typeof tokens !== 'number' || sent['content'] !== undefined) return message;
  const ids = Array.isArray(blocks) && blocks.length > 0 ? (blocks as readonly unknown[]) : [key];
  const size = Array.isArray(blocks) && typeof block_tokens === 'number' ? block_tokens : BLOCK_TOKENS;
  const texts: string[] = [];
  for (let place = 0, left = tokens; left > 0 && place < ids.length; place++) {
    // What the last hash does not cover is part of it.
    const length = place + 1 === ids.length ? left : Math.min(size, left);
    texts.push(blockText(words, (hashOf(ids[place]) ^ salt) >>> 0, length));
    left -= length;
  }
  return { ...sent, role: message.role, content: texts.join(' ') };
}

export function splitWords(): readonly string[] {
  return listWords().split(' ');
}

/** So many words tell a block from others: more than there are hashes of 32 bits. */
const DIGITS = 4;

/** The first words are the number of the block, the others follow in the order of the list from a place of its own. */
function blockText(words: readonly string[], id: number, length: number): string {
  const count = words.length;
  const text: string[] = [];
  for (let rest = id; text.length < DIGITS && text.length < length; rest = Math.floor(rest / count)) {
    text.push(words[rest % count] as string);
  }
  for (let from = id % count; text.length < length; from = 0) {
    text.push(...words.slice(from, from + length - text.length));
  }
  return text.join(' ');
}

/** 32 bits of a hash, which files have as a number or as text. */
function hashOf(id: unknown): number {
  if (typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < 2 ** 32) return id;
  return hashNumbers([...String(id)].map((character) => character.codePointAt(0) as number));
}
