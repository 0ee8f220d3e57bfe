import { describe, expect, it } from 'vitest';
import { configOf } from '../../tests/support/run-config.ts';
import { contentTexts } from './content-texts.ts';
import type { Prompt } from './prompt.ts';
import { randomVl } from './sets/random-vl.ts';

function make(settings: Readonly<Record<string, string>>, given?: readonly Prompt[]) {
  const config = configOf({ URL: 'http://h/v1', DATASET: 'random-vl', ...settings });
  const dataset = randomVl();
  const prompts = given ?? dataset.generate?.(config, 3, 'flag').prompts ?? [];
  return dataset.arrange!(prompts, config, 'env');
}

describe('random-vl', () => {
  it('has the text of random, and as many pictures after it as were asked for', () => {
    const [prompt] = make({ INPUT_LEN: '20', IMAGE_NUM: '2', IMAGE_WIDTH: '57', IMAGE_HEIGHT: '28' }).prompts;
    const content = prompt?.messages[0]?.content as { type: string }[];
    expect(content.map(({ type }) => type)).toEqual(['text', 'image_url', 'image_url']);
    expect(contentTexts(prompt!)[0]?.split(' ')).toHaveLength(20);
    // 20 words, and two pictures of 3 by 1 squares of 28 pixels, where the server counts nothing.
    expect(prompt?.input_tokens).toBe(20 + 2 * 3);
    expect(make({ INPUT_LEN: '20', IMAGE_NUM: '0' }).prompts[0]?.messages[0]?.content).toBeTypeOf('string');
  });

  it('puts its pictures after the prompts of a file, counted or not', () => {
    const [text, parts] = make({ IMAGE_WIDTH: '28', IMAGE_HEIGHT: '28' }, [
      {
        messages: [
          { role: 'system', content: 's' },
          { role: 'user', content: 'u' },
        ],
        input_tokens: 2,
      },
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'u' }] }] },
    ]).prompts;
    expect(text).toMatchObject({
      messages: [{ content: 's' }, { content: [{ text: 'u' }, { type: 'image_url' }] }],
      input_tokens: 3,
    });
    expect(parts).toMatchObject({ messages: [{ content: [{ text: 'u' }, { type: 'image_url' }] }] });
    expect(parts).not.toHaveProperty('input_tokens');
  });

  it('refuses more than a request can carry', () => {
    // 5,000 by 5,000 pixels of four bytes.
    const { prompts, problems } = make({
      IMAGE_NUM: '2',
      IMAGE_WIDTH: '5000',
      IMAGE_HEIGHT: '5000',
      IMAGE_FORMAT: 'RGBA',
    });
    expect(prompts).toEqual([]);
    expect(problems).toMatchObject([
      { got: expect.stringContaining('200 MB a request'), paste: expect.stringContaining('-e IMAGE_WIDTH') },
    ]);
  });
});
