import { describe, expect, it } from 'vitest';
import { hashNumbers, hashText } from './random.ts';

describe('hashNumbers', () => {
  // Test vectors of FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ (test_fnv.c).
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('is FNV-1a of the bytes of %j', (text, expected) => {
    expect(hashNumbers([...Buffer.from(text)])).toBe(expected);
  });
});

it('the seed of a name stays what it was: texts of runs with a seed depend on it', () => {
  expect([hashText(''), hashText('run'), hashText('𝄞')]).toEqual([1202157994, 907377817, 155428961]);
});
