import { describe, expect, it } from 'vitest';
import { escapeMarkdown, renderMarkdownTable } from './escape-markdown.ts';

describe('escapeMarkdown', () => {
  it.each([
    ['a mention', '@ann', '&#64;ann'],
    ['a bare link', 'https://evil.example', 'https:&#47;&#47;evil.example'],
    ['markup and a way out of the cell', '<b>*x* | `y`', '&lt;b&gt;\\*x\\* \\| \\`y\\`'],
  ])('makes %s plain', (_, given, plain) => {
    expect(escapeMarkdown(given)).toBe(plain);
  });
});

describe('renderMarkdownTable', () => {
  it('lets no bar end a cell, and escapes none twice', () => {
    expect(renderMarkdownTable(['Flag', 'Words'], [['`a|b`', escapeMarkdown('c|d')]])).toBe(
      ['| Flag | Words |', '| --- | --- |', '| `a\\|b` | c\\|d |'].join('\n'),
    );
  });
});
