import { expect, it } from 'vitest';
import { readVectors } from './read-vectors.ts';

it('takes vectors in the order of their inputs, and none of what is none', () => {
  const read = (value: unknown) => readVectors(JSON.stringify(value));
  const data = [
    { index: 2, embedding: [3] },
    { index: 0, embedding: [1] },
    { index: 1, embedding: [2] },
  ];
  expect(read({ data })).toEqual([[1], [2], [3]]);
  expect(read({ data: [{ embedding: [7] }, { embedding: [5] }] })).toEqual([[7], [5]]);
  expect(read([[7], [5]])).toEqual([[7], [5]]);
  expect(read({ data: [{ index: 0, embedding: 'AACAPw==' }] })).toEqual([]);
  expect(readVectors('<html>')).toEqual([]);
});
