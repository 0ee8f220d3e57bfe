import { describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import type { RunConfig } from '../config/parameters.ts';
import { contentTexts } from './content-texts.ts';
import type { Conversation } from './prompt.ts';
import { describeRepeats, seedOf, varyPrompts } from './vary-prompts.ts';

const configOf = (settings: Readonly<Record<string, string>>): RunConfig =>
  loadConfig({ MODEL: 'm', RUN_ID: 'run-1', ...settings }, () => '').config as RunConfig;

const user = (content: unknown) => ({ messages: [{ role: 'user', content }] });
const PROMPTS: readonly Conversation[] = [user('one'), { ...user('two'), next: [user('three')] }];
const texts = (prompts: readonly Conversation[]): string[][] =>
  prompts.map(({ next = [], ...first }) => [first, ...next].flatMap((turn) => contentTexts(turn)));

describe('varyPrompts', () => {
  it('leaves prompts alone where nothing asks for another', () => {
    expect(varyPrompts(PROMPTS, configOf({}), 10, false)).toBe(PROMPTS);
  });

  it('marks the beginning of a run and each round, the same in every instance and another in the next run', () => {
    const marked = texts(varyPrompts(PROMPTS, configOf({ CACHE_BUST: 'prefix' }), 3, false));
    expect(marked.map(([first]) => first?.replace(/^\[[0-9a-f]{1,8}\] /, ''))).toEqual(['one', 'two', 'one', 'two']);
    const marks = marked.map(([first]) => first?.split(' ')[0]);
    expect(marks[0]).toBe(marks[1]);
    expect(marks[2]).not.toBe(marks[0]);
    expect(marked[1]?.[1]).toBe('three');
    expect(texts(varyPrompts(PROMPTS, configOf({ CACHE_BUST: 'prefix' }), 3, false))).toEqual(marked);
    const other = texts(varyPrompts(PROMPTS, configOf({ CACHE_BUST: 'prefix', RUN_ID: 'run-2' }), 3, false));
    expect(other[0]).not.toEqual(marked[0]);
  });

  it('marks the end of every turn, and contents in parts', () => {
    const parts = [{ type: 'text', text: 'see' }];
    const marked = varyPrompts([...PROMPTS, user(parts)], configOf({ CACHE_BUST: 'suffix' }), 3, false);
    expect(texts(marked).flat()).toEqual(
      ['one', 'two', 'three', 'see'].map((text) => expect.stringMatching(new RegExp(`^${text} ?\\[[0-9a-f]+\\]$`))),
    );
  });

  it('draws the length of each answer between two numbers, and leaves that of a prompt of its own', () => {
    const many: Conversation[] = Array.from({ length: 500 }, () => user('x'));
    const config = configOf({ MAX_TOKENS: '10 12' });
    expect(config).toMatchObject({ maxTokens: 12, fewestMaxTokens: 10 });
    const drawn = varyPrompts(many, config, 500, false).map(({ max_tokens }) => max_tokens);
    expect(new Set(drawn)).toEqual(new Set([10, 11, 12]));
    expect(varyPrompts([{ ...user('x'), max_tokens: 5 }], config, 1, false)[0]?.max_tokens).toBe(5);
  });
});

it('seedOf is the seed, and another one for each run that no cache is to know', () => {
  expect(seedOf(configOf({ SEED: '7' }))).toBe(7);
  const seeds = ['run-1', 'run-2'].map((RUN_ID) => seedOf(configOf({ RUN_ID, CACHE_BUST: 'prefix' })));
  expect(new Set(seeds).size).toBe(2);
});

it('describeRepeats says which share is sent again', () => {
  expect(describeRepeats(configOf({}), 100, 400)[0]).toContain('75 % of the 400 prompts repeat earlier ones');
  expect(describeRepeats(configOf({}), 100, 100)).toEqual([]);
  expect(describeRepeats(configOf({}), 100, null)).toEqual([]);
  expect(describeRepeats(configOf({ CACHE_BUST: 'suffix' }), 100, 400)).toEqual([]);
});
