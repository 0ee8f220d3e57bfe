import { describe, expect, it } from 'vitest';
import { describeLookedPrompts } from './first-look.ts';

describe('describeLookedPrompts', () => {
  // Of ten prompts a run of s sends the first s; the trial requests have the three after those, round the dataset.
  it.each([
    [7, 10, null],
    [8, 10, '1 prompt that'],
    [9, 10, '2 prompts that'],
    [10, 10, '3 prompts that'],
    [25, 10, '3 prompts that'],
    [1, 1, null],
    [5, 2, '2 prompts that'],
  ])('of %i prompts sent of %i: %s', (sent, promptCount, words) => {
    const note = describeLookedPrompts(sent, promptCount);
    if (words === null) expect(note).toBeNull();
    else expect(note).toContain(`sent ${words} the run sends, too`);
  });
});
