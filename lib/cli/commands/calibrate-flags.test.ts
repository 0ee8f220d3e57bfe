import { describe, expect, it } from 'vitest';
import { parseCalibrateFlags } from './calibrate-flags.ts';

describe('parseCalibrateFlags', () => {
  it('plans 64 streams of 50 tokens/s and three requests for each, on the engine that a run would take', () => {
    expect(parseCalibrateFlags([])).toEqual({
      options: { parallel: 64, tokensPerS: 50, requests: 192, engine: 'auto', noStore: false, json: false },
      problems: [],
    });
  });

  it('sends at least twelve requests, unless a number is given', () => {
    expect(parseCalibrateFlags(['--parallel', '1']).options.requests).toBe(12);
    expect(parseCalibrateFlags(['--parallel', '1', '--number', '3']).options.requests).toBe(3);
  });

  it('tells every problem at once, each with a right flag', () => {
    const { problems } = parseCalibrateFlags(['--parallel', '0', '--tokens-per-s', 'fast', '--engine', 'go', 'stray']);
    expect(problems.map(({ key, paste }) => `${key}: ${paste}`)).toEqual([
      'a word of 5 characters, which is not shown: k6-llm-perf calibrate --help',
      '--parallel: --parallel 64',
      '--tokens-per-s: --tokens-per-s 50',
      '--engine: --engine k6',
    ]);
  });
});
