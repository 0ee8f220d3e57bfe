import { expect, it } from 'vitest';
import { countLost, countUnfinished } from './engine-counts.ts';

const read = (records: number, more: object = {}) => ({ records, requestsWithoutRecord: 0, lostRecords: 0, ...more });

it('counts a request once that was stopped between its record and its count', () => {
  // As k6 2.2 left it: 8 were sent, 6 completed, 2 have a record that says aborted and are in no counter.
  const told = { finished_requests: 6, unfinished_requests: 2 };
  expect([countUnfinished(told, read(8)), countLost(told, read(8))]).toEqual([0, 0]);
  expect([countUnfinished(told, read(7)), countLost(told, read(7))]).toEqual([1, 0]);
  expect([countUnfinished(told, read(6)), countLost(told, read(6))]).toEqual([2, 0]);
});

it('tells what finished and was not kept from what was under way', () => {
  const told = { finished_requests: 10, unfinished_requests: 2 };
  // Of 10, a full disk kept 7.
  expect([countUnfinished(told, read(7)), countLost(told, read(7))]).toEqual([2, 3]);
  const off = read(0, { requestsWithoutRecord: 10 });
  expect([countUnfinished(told, off), countLost(told, off)]).toEqual([2, 0]);
  const cut = read(9, { lostRecords: 1 });
  expect([countUnfinished(told, cut), countLost(told, cut)]).toEqual([2, 0]);
});
