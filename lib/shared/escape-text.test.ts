import { describe, expect, it } from 'vitest';
import { escapeLines, escapeText } from './escape-text.ts';

describe('escapeText', () => {
  it('makes what would control a terminal visible', () => {
    expect(escapeText('\u001b[31mred\u001b[0m\r\n\ta\u0007\u009b2J')).toBe(
      '\\u001b[31mred\\u001b[0m\\r\\n\\ta\\u0007\\u009b2J',
    );
    expect(escapeText('\u001b]8;;http://evil\u0007here\u001b]8;;\u0007')).not.toContain('\u001b');
  });

  it('makes overrides of the writing direction and what has no width visible', () => {
    expect(escapeText('abc\u202egpj.exe\u2066')).toBe('abc\\u202egpj.exe\\u2066');
    expect(escapeText('a\u200bb\u2060\u00ad\ufeff')).toBe('a\\u200bb\\u2060\\u00ad\\ufeff');
  });

  it('makes halves of pairs visible, which a terminal may take for anything', () => {
    expect(escapeText('a\ud83d, \ude42\ude42b')).toBe('a\\ud83d, \\ude42\\ude42b');
  });

  it('leaves what can be printed alone', () => {
    const plain = 'Größe 你好 🙂🙂 👩\u200d🚀 a\\b #1 ## [x] std::sort ## a :: b [::1]:8000';
    expect(escapeText(plain)).toBe(plain);
  });

  it.each([
    ['##[group]x', '##\\[group]x'],
    ['a ##vso[task.setvariable variable=x]y', 'a ##vso\\[task.setvariable variable=x]y'],
    ['##teamcity[buildStop]', '##teamcity\\[buildStop]'],
    ['####[error]', '####\\[error]'],
    ['::error::x', ':\\:error::x'],
    ['  ::set-output name=a::b', '  :\\:set-output name=a::b'],
    ['said ::add-mask::x', 'said :\\:add-mask::x'],
    ['::own-token-of-stop-commands::', ':\\:own-token-of-stop-commands::'],
  ])('breaks the command of a CI system: %s', (text, safe) => {
    expect(escapeText(text)).toBe(safe);
  });

  it('keeps the line feeds of a text of several lines, and escapes each line', () => {
    expect(escapeLines('a\r\n::error::b\n\tc')).toBe('a\\r\n:\\:error::b\n\\tc');
  });
});
