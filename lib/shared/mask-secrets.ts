import { encodeBase64, toUtf8 } from './base64.ts';
import { ownValue } from './own-value.ts';

/** Replaces a secret. */
export const MASK = '**********';

/** Below this many characters masking a secret would shred any text. */
const SHORTEST = 3;
/** What is masked as a whole word only: `test` in `latest` gives nothing away, and a placeholder such as `EMPTY` may be a key. */
const WORD = /^(?:...|[a-z]{4,7})$/;
/** Below this many characters of base64 or hexadecimal digits are found in texts that hold no secret. */
const SHORTEST_ENCODED = 8;
/** The end of a text that was cut off within a secret: this many characters of it are not there by chance. */
const SHORTEST_START = 6;

/** One character, escaped: in JSON or a script (possibly several times over), in a URL, in HTML. */
const ESCAPE =
  /\\{1,8}(?:u(?:\{([0-9a-f]{1,6})\}|([0-9a-f]{4}))|x([0-9a-f]{2})|([^ux]))|%(?:25)*([0-9a-f]{2})|&#(?:0{0,4}(\d{2,6})|x0{0,4}([0-9a-f]{2,5}));|&(amp|lt|gt|quot|apos);/gi;

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Replaces every occurrence of the given secrets in a text that may come from a server (an error body can echo a key): as
 * it is, in the other case, with any of its characters escaped (JSON, `\x`, percent, HTML), in base64 of both
 * alphabets wherever it begins within the encoded text, in hexadecimal, and its beginning where the text ends within it.
 *
 * No pattern is made of the secrets: it would be long, and every VU would hold one.
 * @param secrets empty strings and null are ignored; one below three characters too, since masking it would shred text
 */
export function createMasker(secrets: readonly (string | null)[]): (text: string) => string {
  const known = [...new Set(secrets)].filter(
    (secret): secret is string => secret !== null && secret.length >= SHORTEST,
  );
  let forms: readonly string[] | null = null;
  return (text) => {
    // Most texts are a word such as `stop`; the forms are made when the first longer one comes, since a VU may meet none.
    if (known.length === 0 || text.length < SHORTEST) return text;
    forms ??= [...new Set(known.flatMap(listForms))];
    const plain = fold(unescapeAll(text));
    const end = plain.replace(/(?:\.{3}|…)?["'}\s]*$/, '').length;
    const isThere = forms.some((form) => indexOfForm(plain, form, 0) >= 0 || startAtEnd(plain, end, form) >= 0);
    return isThere ? maskPlaces(text, forms) : text;
  };
}

/** A secret as it is, then encoded as a whole or within a longer text; all of it as `fold` writes texts. */
function listForms(secret: string): string[] {
  const bytes = toUtf8(secret);
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const encoded = [0, 1, 2].map((offset) => encodeWithin(bytes, offset));
  const long = [hex, ...encoded].filter(({ length }) => length >= SHORTEST_ENCODED);
  // Percent escapes are those of the bytes.
  const inBytes = String.fromCharCode(...bytes);
  return [fold(unescapeAll(secret)), fold(secret), fold(inBytes), ...long.map(fold)];
}

/** The characters of base64 that are the same whatever the bytes around them, which begin `offset` bytes into a group of three. */
function encodeWithin(bytes: readonly number[], offset: number): string {
  const whole = encodeBase64([...new Array<number>(offset).fill(0), ...bytes]);
  const first = Math.ceil((offset * 8) / 6);
  return whole.slice(first, Math.floor(((offset + bytes.length) * 8) / 6));
}

/** Letters small, since proxies change the case of headers, and the characters of base64url as those of base64. */
function fold(text: string): string {
  return text.toLowerCase().replace(/-/g, '+').replace(/_/g, '/');
}

function unescapeAll(text: string): string {
  return /[\\%&]/.test(text) ? text.replace(ESCAPE, unescapeOne) : text;
}

function unescapeOne(...[, braced, unicode, byte, plain, percent, decimal, hex, name]: (string | undefined)[]): string {
  if (plain !== undefined) return plain;
  if (name !== undefined) return ownValue(NAMED, name.toLowerCase()) as string;
  if (decimal !== undefined) return String.fromCharCode(Number(decimal));
  return String.fromCharCode(Number.parseInt(braced ?? unicode ?? byte ?? percent ?? (hex as string), 16));
}

function indexOfForm(plain: string, form: string, from: number): number {
  let at = plain.indexOf(form, from);
  const isPart = (): boolean => /[a-z0-9]/.test(`${plain[at - 1] ?? ''}${plain[at + form.length] ?? ''}`);
  if (WORD.test(form)) while (at >= 0 && isPart()) at = plain.indexOf(form, at + 1);
  return at;
}

/** Where the text ends in the beginning of a secret; -1 where it does not. */
function startAtEnd(plain: string, end: number, form: string): number {
  if (form.length <= SHORTEST_START) return -1;
  const start = form.slice(0, SHORTEST_START);
  for (let at = plain.indexOf(start, Math.max(0, end - form.length)); at >= 0; at = plain.indexOf(start, at + 1)) {
    if (at < end && form.startsWith(plain.slice(at, end))) return at;
  }
  return -1;
}

/** The text with its secrets masked: the slow way, for a text in which there is one. */
function maskPlaces(text: string, forms: readonly string[]): string {
  const { plain, places } = mapCharacters(text);
  const end = plain.replace(/(?:\.{3}|…)?["'}\s]*$/, '').length;
  const isSecret = new Uint8Array(plain.length);
  for (const form of forms) {
    for (let at = indexOfForm(plain, form, 0); at >= 0; at = indexOfForm(plain, form, at + form.length))
      isSecret.fill(1, at, at + form.length);
    const cut = startAtEnd(plain, end, form);
    if (cut >= 0) isSecret.fill(1, cut, end);
  }
  let masked = '';
  for (let at = 0; at < plain.length; at += 1) {
    if (isSecret[at] === 0) masked += text.slice(places[at], places[at + 1]);
    else if (at === 0 || isSecret[at - 1] === 0) masked += MASK;
  }
  return masked;
}

/** The text without escapes, folded, and where each of its characters begins in the text; one place more than characters. */
function mapCharacters(text: string): { readonly plain: string; readonly places: readonly number[] } {
  const places: number[] = [];
  let plain = '';
  let at = 0;
  const copyTo = (end: number): void => {
    for (; at < end; at += 1) {
      places.push(at);
      // Some characters become two when they are made small.
      plain += fold(text[at] as string)[0];
    }
  };
  for (const found of text.matchAll(ESCAPE)) {
    copyTo(found.index);
    places.push(at);
    plain += fold(unescapeOne(...found))[0];
    at += found[0].length;
  }
  copyTo(text.length);
  places.push(text.length);
  return { plain, places };
}
