import { describe, expect, it } from 'vitest';
import { countPromptTokens } from './answer-request.ts';

describe('countPromptTokens', () => {
  it('takes a quarter of the characters of all messages, rounded up', () => {
    const messages = [{ content: '12345678' }, { content: '9' }];
    expect(countPromptTokens([messages])).toBe(3);
  });

  it('counts the text of parts and nothing of images', () => {
    const content = [
      { type: 'text', text: '12345' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAAAAAAAAAA' } },
    ];
    expect(countPromptTokens([[{ content }]])).toBe(2);
  });

  it('adds up the fields that are there', () => {
    expect(countPromptTokens([undefined, '12345678', [{ content: [{ type: 'input_text', text: '1234' }] }]])).toBe(3);
  });

  it('counts at least one, texts of a list together, and token ids one by one', () => {
    expect(countPromptTokens([''])).toBe(1);
    expect(countPromptTokens([['1234', '5678']])).toBe(2);
    expect(countPromptTokens([[5, 6, 7]])).toBe(3);
  });
});
