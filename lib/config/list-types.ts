import { isObject, parseJson } from '../shared/json.ts';
import { accept, oneWord, type Parsed, refuse, type ValueType } from './value-type.ts';

/** Several texts: a JSON array of them, or one text as it is. */
export const textList: ValueType<readonly string[]> = {
  label: 'text ...',
  arity: 'many',
  allowed: 'one text, or a JSON array of texts; none of them empty',
  parse(given) {
    if (!given.startsWith('[')) return accept([given]);
    const items = parseJson(given);
    if (!Array.isArray(items)) return refuse('begins with [ and is not a JSON array');
    const texts = items.filter((item): item is string => typeof item === 'string' && item !== '');
    return texts.length === items.length && texts.length > 0
      ? accept(texts)
      : refuse(items.length === 0 ? 'an array without a text' : 'an array that holds other things than texts');
  },
  encode: encodeList,
};

/** The only word of a flag where it is a JSON array, as the environment variable takes it: `[INST]` is a text to stop at. */
function encodeList(words: readonly string[]): string {
  const [first = ''] = words;
  return words.length === 1 && Array.isArray(parseJson(first)) ? first : JSON.stringify(words);
}

/** The parts of a list setting: a JSON array, or words between commas or blanks; at least one, which may be empty. */
export function splitList(given: string): string[] {
  const items = given.trim().startsWith('[') ? parseJson(given) : null;
  return Array.isArray(items) ? items.map(String) : given.trim().split(/[\s,]+/);
}

/** Why a run refuses several values. */
export const SEVERAL = 'several values are a sweep, and this runs a single point';

/**
 * A setting of which one run takes one value, and a sweep several: the command line takes a sweep apart into its points
 * before anything is parsed, so that several values here have met something that runs a single point.
 */
export function oneOrSeveral<Value>(single: ValueType<Value>): ValueType<Value> {
  return {
    label: `${single.label} ...`,
    arity: 'many',
    allowed: single.allowed,
    parse(given, readFile) {
      const items = splitList(given);
      if (items.length > 1 && items.every((item) => single.parse(item, readFile).state === 'value')) {
        return refuse(SEVERAL);
      }
      return single.parse(items.length === 1 ? (items[0] ?? '') : given, readFile);
    },
    encode: (words) => words.join(' '),
    // A file's name may follow: `report --parallel 4 samples.json`.
    continues: (word) => /^(inf|[\d.]+)(,(inf|[\d.]+))*$/.test(word),
  };
}

/** One number, or the two ends of a range, of which the higher is the value; `lowOf` reads the lower. */
export const mostOfRange: ValueType<number> = {
  label: 'integer ...',
  arity: 'many',
  allowed: 'a whole number from 1, or two: the least and the most',
  parse(given) {
    const numbers = splitList(given).map((item) => (/^\+?\d+$/.test(item) ? Number(item) : 0));
    const [low = 0, high = low] = numbers;
    return numbers.length < 3 && low > 0 && low <= high && Number.isSafeInteger(high) ? accept(high) : refuse();
  },
  encode: (words) => words.join(' '),
  continues: (word) => /^\d+$/.test(word),
};

/** The lower end of what `mostOfRange` has read; null where there is no range. */
export function lowOf(given = ''): number | null {
  const [low, high] = splitList(given);
  return high === undefined ? null : Number(low);
}

/** Conditions: a JSON array of texts, or one a line, as a repeated flag gives them; what they say is read elsewhere. */
export const gateLines = oneWord<readonly string[]>(
  'gate',
  'a condition; several as a JSON array of texts, or one a line',
  (plain) => {
    const items = plain.startsWith('[') ? parseJson(plain) : plain.split('\n');
    if (!Array.isArray(items)) return refuse('begins with [ and is not a JSON array');
    if (!items.every((item) => typeof item === 'string')) return refuse('an array that holds other things than texts');
    const lines = items.map((item) => item.trim()).filter((item) => item !== '');
    return lines.length > 0 || items.length === 0 ? accept(lines) : refuse('blank');
  },
);

/** Several whole numbers from 0: a JSON array, or numbers between commas or blanks. */
export const integerList: ValueType<readonly number[]> = {
  label: 'integer ...',
  arity: 'many',
  allowed: 'whole numbers from 0, as a JSON array or between commas',
  parse(given) {
    const items = splitList(given);
    const numbers = items.map((item) => (/^\d+$/.test(item) ? Number(item) : Number.NaN));
    return numbers.length > 0 && numbers.every(Number.isSafeInteger) ? accept(numbers) : refuse();
  },
  encode: encodeList,
};

/**
 * HTTP headers: a JSON object of texts, or `name=value` pairs between commas, each split at its first `=`.
 *
 * Reasons never hold a value: a header may be a key. A name or value that HTTP cannot carry is refused here, because
 * k6 would report it once per request.
 */
export const headerPairs: ValueType<Readonly<Record<string, string>>> = {
  label: 'name=value ...',
  arity: 'many',
  allowed: 'name=value pairs, or a JSON object of texts where a value holds a comma',
  parse(given) {
    if (!given.trim().startsWith('{')) return readPairs(given.split(','));
    const value = parseJson(given);
    return isObject(value) ? checkHeaders(Object.entries(value)) : refuse('not a JSON object');
  },
  encode: encodePairs,
};

function encodePairs(words: readonly string[]): string | null {
  if (words.length === 1 && words[0]?.trim().startsWith('{')) return words[0];
  const pairs = readPairs(words);
  return pairs.state === 'value' ? JSON.stringify(pairs.value) : null;
}

function readPairs(items: readonly string[]): Parsed<Readonly<Record<string, string>>> {
  const entries: [string, string][] = [];
  for (const [index, item] of items.entries()) {
    const at = item.indexOf('=');
    if (at < 1) return refuse(`item ${index + 1} is not name=value`);
    entries.push([item.slice(0, at).trim(), item.slice(at + 1).trim()]);
  }
  return checkHeaders(entries);
}

function checkHeaders(entries: readonly (readonly [string, unknown])[]): Parsed<Readonly<Record<string, string>>> {
  const headers: Record<string, string> = {};
  for (const [name, value] of entries) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return refuse(`a header name that HTTP does not allow`);
    if (typeof value !== 'string') return refuse(`the value of ${name} is not text`);
    // Visible ASCII, blanks and tabs: what HTTP carries in every engine.
    if (!/^[\t\x20-\x7e]*$/.test(value))
      return refuse(`the value of ${name} holds characters that HTTP does not allow`);
    headers[name] = value;
  }
  return accept(headers);
}
