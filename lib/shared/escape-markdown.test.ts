import { describe, expect, it } from 'vitest';
import { escapeMarkdown } from './escape-markdown.ts';

describe('escapeMarkdown', () => {
  it.each([
    ['a mention', '@ann', '&#64;ann'],
    ['a bare link', 'https://evil.example', 'https:&#47;&#47;evil.example'],
    ['markup and a way out of the cell', '<b>*x* | `y`', '&lt;b&gt;\\*x\\* \\| \\`y\\`'],
  ])('makes %s plain', (_, given, plain) => {
    expect(escapeMarkdown(given)).toBe(plain);
  });
});
