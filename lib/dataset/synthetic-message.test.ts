import { describe, expect, it } from 'vitest';
import { fillIn, splitWords } from './synthetic-message.ts';

const words = splitWords();
const textOf = (message: Record<string, unknown>, key = 0): string[] =>
  String(fillIn({ role: 'user', content: undefined, ...message }, words, key).content).split(' ');

describe('fillIn', () => {
  it.each([1, 3, 512, 1200, 10_000])('makes %d words, and the same ones for the same key', (tokens) => {
    expect(textOf({ tokens })).toHaveLength(tokens);
    expect(textOf({ tokens })).toEqual(textOf({ tokens }));
    expect(textOf({ tokens }, 1)).not.toEqual(textOf({ tokens }, 2));
  });

  it('shares beginnings as the hashes say, and no others', () => {
    const message = (blocks: unknown[], tokens = 1200) => textOf({ tokens, blocks, block_tokens: 512 });
    const [one, other] = [message([0, 1, 2]), message([0, 1, 3])];
    expect(one.slice(0, 1024)).toEqual(other.slice(0, 1024));
    expect(one[1024]).not.toBe(other[1024]);
    expect(message(['a'], 600)).toHaveLength(600);
    const starts = new Set(Array.from({ length: 20_000 }, (_, id) => textOf({ tokens: 4, blocks: [id] }).join(' ')));
    expect(starts.size).toBe(20_000);
  });

  it('makes other texts with a salt, which share the same beginnings', () => {
    const text = (blocks: number[], salt: number) =>
      String(
        fillIn({ role: 'user', content: undefined, tokens: 20, blocks, block_tokens: 10 }, words, 0, salt).content,
      );
    expect(text([1, 2], 77).slice(0, 30)).toBe(text([1, 3], 77).slice(0, 30));
    expect(text([1, 2], 77)).not.toBe(text([1, 2], 0));
  });

  it('leaves a message with a text alone, and takes its own keys away', () => {
    expect(fillIn({ role: 'user', content: 'a', tokens: 3 }, words, 0)).toEqual({
      role: 'user',
      content: 'a',
      tokens: 3,
    });
    expect(Object.keys(fillIn({ role: 'user', content: undefined, tokens: 3, blocks: [1] }, words, 0))).toEqual([
      'role',
      'content',
    ]);
  });
});
