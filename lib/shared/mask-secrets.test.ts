import { describe, expect, it } from 'vitest';
import { createMasker, MASK } from './mask-secrets.ts';

/** With every character that some escaping treats in its own way. */
const KEY = ['sk', 'Zq7x/Vb9+3"Lm&N0'].join('-');
const mask = createMasker([KEY]);

function escapeAll(write: (code: number) => string, text = KEY): string {
  return text
    .split('')
    .map((character) => write(character.charCodeAt(0)))
    .join('');
}

describe('createMasker', () => {
  it.each([
    ['as it is', KEY],
    ['in lower case, as proxies write headers', KEY.toLowerCase()],
    ['in JSON', JSON.stringify({ key: KEY })],
    ['in JSON within JSON', JSON.stringify(JSON.stringify({ key: KEY }))],
    ['with slashes escaped, as PHP does', `"${KEY.replace('/', '\\/').replace('"', '\\"')}"`],
    ['in unicode escapes', escapeAll((code) => `\\u${code.toString(16).padStart(4, '0')}`)],
    ['in unicode escapes of capital digits, twice', escapeAll((code) => `\\\\u00${code.toString(16).toUpperCase()}`)],
    ['with one character as a unicode escape', KEY.replace('Z', '\\u005a')],
    ['with a unicode escape in front of digits that could belong to it', KEY.replace('V', '\\u0056')],
    ['with a unicode escape in braces', KEY.replace('Z', '\\u{5a}')],
    ['in \\x escapes', escapeAll((code) => `\\x${code.toString(16)}`)],
    ['in percent escapes', encodeURIComponent(KEY)],
    ['in percent escapes of everything', escapeAll((code) => `%${code.toString(16)}`)],
    ['in percent escapes, twice', encodeURIComponent(encodeURIComponent(KEY))],
    ['in HTML', KEY.replace('&', '&amp;').replace('"', '&quot;')],
    ['in numbers of HTML', escapeAll((code) => `&#${code};`)],
    ['in hexadecimal', Buffer.from(KEY).toString('hex')],
    ['in base64', Buffer.from(KEY).toString('base64')],
    ['in base64 within JSON', JSON.stringify({ a: Buffer.from(KEY).toString('base64') })],
  ])('finds a key %s', (_, text) => {
    const masked = mask(`before ${text} after`);
    expect(masked).toContain(MASK);
    expect(masked.length).toBeLessThan(70);
    expect(masked).toMatch(/^before .* after$/);
  });

  it.each(['base64', 'base64url'] as const)('finds a key in %s wherever it begins', (encoding) => {
    for (const before of ['', 'u', 'us', 'user:', 'Bearer ']) {
      const text = Buffer.from(`${before}${KEY}${before}`).toString(encoding);
      const masked = mask(text);
      expect(masked).toContain(MASK);
      // What is left are the characters that hold bits of the neighbours.
      const left = masked.split(MASK).map((part) => Buffer.from(part, encoding).toString('latin1'));
      expect(left.join('')).not.toMatch(/Zq7|Vb9|Lm/);
    }
  });

  it('masks the beginning of a key at which a text was cut off', () => {
    expect(mask(`the key ${KEY.slice(0, 9)}`)).toBe(`the key ${MASK}`);
    expect(mask(`the key ${KEY.slice(0, 9)}...`)).toBe(`the key ${MASK}...`);
    expect(mask('the key sk-Z')).toBe('the key sk-Z');
  });

  it('leaves nothing of a secret within another, and other texts alone', () => {
    const both = createMasker(['abcd', 'abcdefgh', null, '', 'ab']);
    expect(both('xabcdefgh abcd ab')).toBe(`x${MASK} ${MASK} ab`);
    expect(createMasker([])('stop')).toBe('stop');
    expect(mask('model qwen2.5 does not exist')).toBe('model qwen2.5 does not exist');
  });

  it.each(['test', 'EMPTY', 'ab3'])('masks a short key %s where it is a word by itself, not within one', (key) => {
    const short = createMasker([key]);
    expect(short(`key="${key}", Bearer ${key}`)).toBe(`key="${MASK}", Bearer ${MASK}`);
    expect(short(`the la${key} of ${key}s is x${key}`)).toBe(`the la${key} of ${key}s is x${key}`);
    expect(short(JSON.stringify({ a: `\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}` }))).toContain(MASK);
  });

  it('finds a secret outside ASCII', () => {
    const both = createMasker(['pässwörd']);
    for (const text of ['pässwörd', encodeURIComponent('pässwörd'), JSON.stringify('p\\u00e4ssw\\u00f6rd')])
      expect(both(text)).toContain(MASK);
  });

  it('takes a long text in a time that does not grow with its square', () => {
    const started = Date.now();
    mask('\\'.repeat(200_000));
    mask('sk-Zq7x/'.repeat(20_000));
    expect(Date.now() - started).toBeLessThan(2000);
  });
});
