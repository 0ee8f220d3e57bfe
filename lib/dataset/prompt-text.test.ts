import { describe, expect, it } from 'vitest';
import { promptLength, promptText } from './prompt-text.ts';

describe('promptText', () => {
  it('joins the contents of messages, and only the text of parts', () => {
    const parts = [
      { type: 'text', text: 'What is ' },
      { type: 'image_url', image_url: { url: 'data:x' } },
      { type: 'text', text: 'this?' },
    ];
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: parts },
      { role: 'assistant', content: null, tool_calls: [] },
    ];
    expect(promptText({ messages })).toBe('Be brief.\nWhat is this?\n');
  });
});

describe('promptLength', () => {
  it('counts code points of the contents alone', () => {
    // One letter, one astral character (two UTF-16 units), two Chinese characters.
    expect(
      promptLength({
        messages: [
          { role: 'system', content: 'a😀' },
          { role: 'user', content: '负载' },
        ],
      }),
    ).toBe(4);
  });

  it('takes the tokens where they are counted', () => {
    expect(promptLength({ messages: [{ role: 'user', content: 'abc' }], input_tokens: 0 })).toBe(0);
  });
});
