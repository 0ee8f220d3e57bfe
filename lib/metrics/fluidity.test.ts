import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeFluidity } from './fluidity.ts';

describe('computeFluidity', () => {
  it('gives 0.375 for the worked example, deadline 25 ms', () => {
    // By hand, by the rule of arXiv 2407.07000, section 4:
    //  10 <= 25: met, slack 15.   10 <= 25 + 15: met, slack 30.
    //  60 > 25 + 30: missed floor((60 - 30) / 25) = 1, slack 0.
    //  25 <= 25: met, slack 0.   100 > 25: missed floor(100 / 25) = 4.
    // 3 met and 5 missed.
    expect(computeFluidity([10, 10, 60, 25, 100], 25, null)).toBe(3 / 8);
  });

  it('lets an answer that is ahead pause for as long as it is', () => {
    expect(computeFluidity([5, 5, 65], 25, null)).toBe(1);
    expect(computeFluidity([5, 5, 66], 25, null)).toBe(2 / 3);
  });

  it('is that of the single tokens where outputs have several, which come at once', () => {
    // Speculative decoding: three tokens, then three each time.
    for (const gaps of [
      [40, 75, 75],
      [40, 300, 60],
      [100, 10, 400],
    ]) {
      const single = [0, 0, ...gaps.flatMap((gap) => [gap, 0, 0])];
      expect(computeFluidity(gaps, 25, 12)).toBe(computeFluidity(single, 25, null));
    }
    // 75 tokens/s; and 15, which is slack of 50 and 150 ms late: 6 deadlines, while two tokens of each output come with its first.
    expect([computeFluidity([40, 40], 25, 9), computeFluidity([200], 25, 6)]).toEqual([1, 4 / 10]);
  });

  it('is that of the outputs where they hardly have more than a token each, or usage counts one that ends the answer', () => {
    // 100 chunks of one token, every one 0.1 ms late; with an EOS that is counted 101 tokens, each due 25.25 ms after the last.
    const late = Array.from({ length: 99 }, () => 25.1);
    expect([null, 100, 101, 110].map((tokens) => computeFluidity(late, 25, tokens))).toEqual([0, 0, 0, 0]);
    // Of five chunks and an EOS, too; 7 tokens are more than 1.1 each beside an EOS, and come in time with 35 ms each.
    expect([5, 6, 7].map((tokens) => computeFluidity([26, 26, 26, 26], 25, tokens))).toEqual([0, 0, 1]);
  });

  it('is 1 where every output comes in time, and 0 where none does', () => {
    expect([computeFluidity([25, 25], 25, null), computeFluidity([26, 26], 25, null)]).toEqual([1, 0]);
  });

  it('has no value below two outputs', () => {
    expect(computeFluidity([], 25, null)).toBeNull();
  });

  it('lies from 0 to 1, and is 1 for a deadline that nothing can miss', () => {
    const gaps = fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 100 }), (list, deadline) => {
        const index = computeFluidity(list, deadline, null) as number;
        expect(index).toBeGreaterThanOrEqual(0);
        expect(computeFluidity(list, 1e6, null)).toBe(1);
        expect(index).toBeLessThanOrEqual(1);
      }),
    );
  });
});
