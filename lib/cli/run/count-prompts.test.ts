import { expect, it } from 'vitest';
import { countPrompts, describeRounds } from './count-prompts.ts';

it('a conversation is one prompt, however many requests it is', () => {
  const summary = { total_requests: 15, conversations: { conversations: 5 } } as Parameters<typeof countPrompts>[0];
  expect(countPrompts({ ...summary, conversations: null }, 3, { warmupNum: 3 })).toBe(18);
  // One warm-up of three turns; of a share nobody knows how many they were.
  expect(countPrompts(summary, 3, { warmupNum: 1 })).toBe(6);
  expect(countPrompts(summary, 3, { warmupNum: 0.1 })).toBe(8);
});

it('a run that only time bounds says what it sent again', () => {
  const run = { config: { prompt: null }, sent: null, promptCount: 1001 };
  expect(describeRounds(run, 4004)[0]).toMatch(/^75 % of the 4004 prompts repeat .* has 1001;/);
  expect(describeRounds(run, 1002)[0]).toMatch(/^1 % /);
  expect(describeRounds(run, 1001)).toEqual([]);
  expect(describeRounds({ ...run, sent: 4004 }, 4004)).toEqual([]);
  expect(describeRounds({ ...run, config: { prompt: 'x' } }, 4004)).toEqual([]);
});
