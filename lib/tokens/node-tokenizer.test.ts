import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createOwnFolder } from '../../tests/support/own-folder.ts';
import { ConfigError } from '../shared/errors.ts';
import { loadTokenizer } from './node-tokenizer.ts';

/** A byte-level BPE made for this test: letters h, e, l, o, a space, and the merges he, ll, hell, hello; `<s>` is special. */
const TINY = join(import.meta.dirname, '../../tests/fixtures/tokens/tiny');

const folder = createOwnFolder('tokenizer');

describe('loadTokenizer', () => {
  it('counts with a Hugging Face tokenizer.json what its merges give by hand, without special tokens added', async () => {
    const { name, count } = await loadTokenizer(join(TINY, 'tokenizer.json'));
    expect(name).toBe(join(TINY, 'tokenizer.json'));
    expect(count('hello')).toBe(1);
    expect(count('hello hello')).toBe(3); // hello, space, hello
    expect(count('hell')).toBe(1);
    expect(count('hole')).toBe(4); // h, o, l, e: no merge fits
    expect(count('helo')).toBe(3); // he, l, o
    expect(count('')).toBe(0);
  });

  it('takes the folder that holds a tokenizer.json', async () => {
    expect((await loadTokenizer(TINY)).count('hello hell')).toBe(3);
  });

  it('counts with OpenAI’s encodings', async () => {
    // tiktoken's own example: "hello world" is [24912, 2375] in o200k_base and [15339, 1917] in cl100k_base.
    expect((await loadTokenizer('o200k_base')).count('hello world')).toBe(2);
    const { name, count } = await loadTokenizer('cl100k_base');
    expect(name).toBe('cl100k_base');
    // The OpenAI cookbook: "antidisestablishmentarianism" has 6 tokens in cl100k_base, "お誕生日おめでとう" 9.
    expect([
      count('hello world'),
      count('antidisestablishmentarianism'),
      count('お誕生日おめでとう'),
      count(''),
    ]).toEqual([2, 6, 9, 0]);
  });

  it('takes the text of a special token for text', async () => {
    expect((await loadTokenizer('cl100k_base')).count('<|endoftext|>')).toBeGreaterThan(1);
  });

  it('refuses anything else, and says what is allowed', async () => {
    const broken = join(folder, 'tokenizer.json');
    writeFileSync(broken, '{"model":');
    const notOne = join(folder, 'other.json');
    writeFileSync(notOne, '{}');
    for (const name of ['gpt-5', 'toString', join(folder, 'none'), folder, broken, notOne]) {
      const refusal = await loadTokenizer(name).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(ConfigError);
      expect((refusal as ConfigError).message).toContain(
        'o200k_base, cl100k_base, or the path of a Hugging Face tokenizer.json',
      );
      expect((refusal as ConfigError).problems[0]?.got).toContain(JSON.stringify(name));
    }
  });
});
