import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createFolder } from '../../tests/support/cli.ts';
import { countLetters, TEMPLATE_TOKENS, writeLetterTokenizer } from '../../tests/support/letter-tokenizer.ts';
import { createTextMaker } from '../dataset/random-text.ts';
import { createRandom } from '../shared/random.ts';
import { createExactMaker, createPromptCounter } from './exact-prompts.ts';
import { loadTokenizer, type Tokenizer } from './node-tokenizer.ts';

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await loadTokenizer(writeLetterTokenizer(createFolder()));
});

/** As `random` makes it: so many words, of about five letters each. */
const madeOf = (tokens: number, seed = 1) => ({
  messages: [{ role: 'user', content: createTextMaker(1)(createRandom(seed), tokens) }],
  input_tokens: tokens,
});

describe('createExactMaker', () => {
  it('makes texts of exactly the tokens asked for, those of the template among them', () => {
    for (const [usesTemplate, beside] of [
      [true, TEMPLATE_TOKENS],
      [false, 0],
    ] as const) {
      const { fit: fitPrompt, templateTokens } = createExactMaker(tokenizer, usesTemplate, 0);
      expect(templateTokens).toBe(beside);
      for (let tokens = 4; tokens < 60; tokens++) {
        expect(countLetters(fitPrompt(madeOf(tokens, tokens)) ?? '') + beside, `${tokens} tokens`).toBe(tokens);
      }
    }
  });

  it('gives the common beginning its own length, the same in each', () => {
    const maker = createExactMaker(tokenizer, true, 20);
    const prefix = createTextMaker(1)(createRandom(9), 20);
    const texts = [1, 2].map((seed) => {
      const { messages, input_tokens } = madeOf(30, seed);
      const content = `${prefix} ${messages[0]?.content}`;
      return maker.fit({ messages: [{ role: 'user', content }], input_tokens: input_tokens + 20 }) ?? '';
    });
    expect(texts.map(countLetters)).toEqual([50 - TEMPLATE_TOKENS, 50 - TEMPLATE_TOKENS]);
    const [one = '', other = ''] = texts;
    const shared = [...one].findIndex((letter, at) => letter !== other[at]);
    expect(countLetters(one.slice(0, shared))).toBeGreaterThanOrEqual(20);
    expect(one).not.toBe(other);
  });

  it('gives up where the template alone is as long', () => {
    const maker = createExactMaker(tokenizer, true, 0);
    expect(maker.fit(madeOf(TEMPLATE_TOKENS))).toBeNull();
  });
});

describe('the chat template', () => {
  const count = async (write: (folder: string) => void, template: string | null = null) => {
    const folder = createFolder();
    const path = writeLetterTokenizer(folder, template);
    write(folder);
    return createPromptCounter(await loadTokenizer(path), true)({ messages: [{ role: 'user', content: 'ab cd' }] });
  };

  it('is found in each of the files that models have it in, and of several the one named default counts', async () => {
    const jinja = (folder: string) =>
      writeFileSync(join(folder, 'chat_template.jinja'), '<s>{{ messages[0].content }}');
    const json = (folder: string) =>
      writeFileSync(
        join(folder, 'chat_template.json'),
        JSON.stringify({ chat_template: '<s><s>{{ messages[0].content }}' }),
      );
    const several = (folder: string) =>
      writeFileSync(
        join(folder, 'tokenizer_config.json'),
        JSON.stringify({
          chat_template: [
            { name: 'tool_use', template: 'x' },
            { name: 'default', template: '<s><s><s>{{ messages[0].content }}' },
          ],
        }),
      );
    expect(await Promise.all([count(() => undefined), count(jinja), count(json), count(several)])).toEqual([
      4, 5, 6, 7,
    ]);
  });

  it('is refused where it is not a template, or takes no message of a user', async () => {
    await expect(count(() => undefined, '{% if %}')).rejects.toThrow('the chat template cannot be used');
    await expect(count(() => undefined, "{{ raise_exception('no users here') }}")).rejects.toThrow('no users here');
  });
});
