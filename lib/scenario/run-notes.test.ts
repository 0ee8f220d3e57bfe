import { expect, it } from 'vitest';
import { describeBeginnings, describeFewChunks, describeWarmup } from './run-notes.ts';

it('a warm-up that is smaller than the load says what that means, where the load says how large it is', () => {
  expect(describeWarmup(0, 8)).toEqual([]);
  for (const inFlight of [null, 1, 2]) {
    expect(describeWarmup(2, inFlight)).toEqual(['2 warm-up requests came first, in none of these numbers.']);
  }
  expect(describeWarmup(1, 8)).toEqual([
    '1 warm-up request came first, in none of these numbers. The load has 8 in flight, so some first requests were measured cold.',
  ]);
});

it('instances say how far apart they began, and that one was not ready at START_AT', () => {
  expect([describeBeginnings([], 5), describeBeginnings([7], null), describeBeginnings([5], 5)]).toEqual([[], [], []]);
  expect(describeBeginnings([1000, 4250], null)).toEqual([
    'The loads of 2 instances began 3.250 s apart by their clocks; --start-at (START_AT) gives an open loop one beginning.',
  ]);
  expect(describeBeginnings([1000, 4250], 1000)).toEqual([
    'The loads of 2 instances began 3.250 s apart by their clocks.',
    'The load was ready 3.250 s after --start-at, and sent what was due before all at once: leave more time.',
  ]);
  expect(describeBeginnings([4250], 1000)).toHaveLength(1);
});

it('usage that counts many tokens a chunk may count hidden reasoning, which speculative decoding does not reach', () => {
  expect([null, 0, 1, 0.25, 0.126].flatMap(describeFewChunks)).toEqual([]);
  // 1,000 hidden tokens and 100 that were sent: 100 chunks / 1,100 tokens.
  expect(describeFewChunks(100 / 1100)).toEqual([
    'A chunk stands for 11 output tokens: the service sends several at once, or counts reasoning that it hides. If it hides it, TPOT, tokens/s, fluidity and waiting readers look better than they are, and TTFT holds the time of thinking.',
  ]);
});
