import { describe, expect, it } from 'vitest';
import type { Prompt } from '../dataset/prompt.ts';
import { connectionPromptIndex, describeCachedPrompt } from './connection-prompt.ts';

const promptsOf = (...texts: string[]): Prompt[] => texts.map((content) => ({ messages: [{ role: 'user', content }] }));
const configOf = (datasetOffset = 0, noTestConnection = false) => ({ datasetOffset, noTestConnection });

describe('connectionPromptIndex', () => {
  it.each([
    [0, 5, 4],
    [1, 5, 0],
    [7, 5, 1],
    [0, 1, 0],
  ])('with offset %i of %i prompts it is %i', (datasetOffset, count, expected) => {
    expect(connectionPromptIndex({ datasetOffset }, count)).toBe(expected);
  });
});

describe('describeCachedPrompt', () => {
  const five = promptsOf('alpha', 'bravo', 'charlie', 'delta', 'echo');

  it('says nothing while the run does not come to the prompt', () => {
    expect(describeCachedPrompt(configOf(), five, 4)).toBeNull();
    expect(describeCachedPrompt(configOf(3), five, 4)).toBeNull();
  });

  it('names the prompt that the run comes to', () => {
    expect(describeCachedPrompt(configOf(), five, 5)).toContain('prompt 5 of the dataset');
    expect(describeCachedPrompt(configOf(2), five, 6)).toContain('prompt 2 of the dataset');
    expect(describeCachedPrompt(configOf(), five, null)).toContain('when the dataset repeats');
    expect(describeCachedPrompt(configOf(), promptsOf('one'), 1)).toContain('the only prompt');
  });

  it('finds prompts that begin alike, such as those with one system message', () => {
    const system = 'You are a helpful assistant who answers in one sentence, and who never asks back.';
    const alike = five.map(({ messages }) => ({ messages: [{ role: 'system', content: system }, ...messages] }));
    expect(describeCachedPrompt(configOf(), alike, 2)).toContain('begins like 2 of those');
    expect(describeCachedPrompt(configOf(), [...alike.slice(0, 4), ...promptsOf('other')], 2)).toBeNull();
    expect(describeCachedPrompt(configOf(), promptsOf('alpha and more', 'bravo', 'alpha'), 1)).toBeNull();
  });

  it('says nothing without the test', () => {
    expect(describeCachedPrompt(configOf(0, true), promptsOf('one'), 1)).toBeNull();
  });
});
