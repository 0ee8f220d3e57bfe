import { expect, it } from 'vitest';
import { createSentOrder } from './sent-order.ts';

function follow(indexes: readonly number[]): { given: number[]; flushed: number[] } {
  const given: number[] = [];
  const order = createSentOrder<{ index: number; conversation: unknown }>(({ index }) => given.push(index));
  for (const index of indexes) order.take({ index, conversation: null });
  const before = [...given];
  order.flush();
  return { given: before, flushed: given.slice(before.length) };
}

it('gives requests as they were sent, whichever ends first', () => {
  expect(follow([2, 0, 1, 3])).toEqual({ given: [0, 1, 2, 3], flushed: [] });
});

it('holds back what came after one that is still under way, until there is nothing more to come', () => {
  expect(follow([0, 3, 2])).toEqual({ given: [0], flushed: [2, 3] });
});

it('gives turns of conversations as they come, since several have one index', () => {
  const given: string[] = [];
  const order = createSentOrder<{ index: number; conversation: string | null }>(({ conversation }) =>
    given.push(String(conversation)),
  );
  for (const turn of ['1/1', '2/1', '1/2']) order.take({ index: Number(turn[0]), conversation: turn });
  expect(given).toEqual(['1/1', '2/1', '1/2']);
});
