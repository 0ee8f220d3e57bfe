import { expect, it } from 'vitest';
import { createRandom, mixSeed } from '../shared/random.ts';
import { loadTokenizer } from '../tokens/node-tokenizer.ts';
import { createTextMaker } from './random-text.ts';
import { listWords } from './words.ts';

it('texts of random words have as many tokens as words in GPT tokenizers, whatever comes before them', async () => {
  const make = createTextMaker(7);
  for (const name of ['o200k_base', 'cl100k_base']) {
    const { count } = await loadTokenizer(name);
    for (const words of [1, 2, 16, 17, 80, 81, 1000, 9000]) {
      const text = make(createRandom(mixSeed(7, words)), words);
      expect(count(text)).toBe(words);
      expect(count(`time ${text}`)).toBe(words + 1);
    }
  }
});

it('the words are different, and of letters alone', () => {
  const words = listWords().split(' ');
  expect(new Set(words).size).toBe(words.length);
  expect(words.length).toBeGreaterThan(2000);
  expect(words.every((word) => /^[a-z]{3,12}$/.test(word))).toBe(true);
});
