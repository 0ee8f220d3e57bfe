import { describe, expect, it } from 'vitest';
import { describeRampUp, rampUpStart } from './ramp-up.ts';

describe('rampUpStart', () => {
  it('spreads the first starts evenly, whichever VU takes which', () => {
    expect([0, 1, 2, 3].map((index) => rampUpStart(index, 4, 2))).toEqual([0, 500, 1000, 1500]);
  });

  it('starts over for a VU whose first request comes late, and is 0 without a ramp', () => {
    expect(rampUpStart(5, 4, 2)).toBe(500);
    expect(rampUpStart(3, 4, 0)).toBe(0);
  });
});

describe('describeRampUp', () => {
  it('says what a reader needs, and nothing without a ramp', () => {
    expect(describeRampUp(5)).toEqual([
      'The first starts were spread over 5 s (--ramp-up); the steady state leaves that time out.',
    ]);
    expect([describeRampUp(0), describeRampUp(undefined)]).toEqual([[], []]);
  });
});
