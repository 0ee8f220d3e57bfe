import { accept, refuse, type ValueType } from './value-type.ts';

const TRUE_WORDS: readonly string[] = ['true', 'on', 'yes', '1'];
const FALSE_WORDS: readonly string[] = ['false', 'off', 'no', '0'];

export function isBooleanWord(word: string): boolean {
  return [...TRUE_WORDS, ...FALSE_WORDS].includes(word.trim().toLowerCase());
}

/** Text without the blanks around it: any, or one that fits a pattern; `why` is told of what does not. */
export function text(allowed: string, pattern?: RegExp, why: string | null = null): ValueType<string> {
  return {
    label: 'text',
    arity: 'one',
    allowed,
    parse(given) {
      const plain = given.trim();
      if (pattern !== undefined) return pattern.test(plain) ? accept(plain) : refuse(why);
      return plain === '' ? refuse('blank') : accept(plain);
    },
  };
}

/** One word of a closed list; upper case and `_` for `-` are forgiven (evalscope writes `line_by_line`). */
export function choice<const Word extends string>(
  words: readonly Word[],
  aliases: readonly (readonly [alias: string, word: Word])[] = [],
): ValueType<Word> {
  return {
    label: words.join('|'),
    arity: 'one',
    allowed: words.join(', '),
    parse(given) {
      const plain = given.trim().toLowerCase().replace(/_/g, '-');
      const word = new Map([...words.map((same) => [same, same] as const), ...aliases] as [string, Word][]).get(plain);
      return word === undefined ? refuse() : accept(word);
    },
  };
}

/** A whole number within bounds, both included; no exponent, no decimal point. */
export function integer(low: number, high = Number.MAX_SAFE_INTEGER): ValueType<number> {
  const open = high === Number.MAX_SAFE_INTEGER;
  return {
    label: 'integer',
    arity: 'one',
    allowed:
      low === Number.MIN_SAFE_INTEGER
        ? 'a whole number'
        : open
          ? `a whole number from ${low}`
          : `a whole number from ${low} to ${high}`,
    parse(given) {
      const plain = given.trim();
      if (!/^[+-]?\d+$/.test(plain)) return refuse();
      const value = Number(plain);
      return Number.isSafeInteger(value) && value >= low && value <= high ? accept(value) : refuse();
    },
  };
}

/** A decimal number within bounds; `above` leaves the lower bound itself out. */
export function decimal(bounds: { low: number; high?: number; above?: boolean }): ValueType<number> {
  const { low, high = Number.MAX_VALUE, above = false } = bounds;
  const from = above ? `above ${low}` : `from ${low}`;
  return {
    label: 'number',
    arity: 'one',
    allowed: high === Number.MAX_VALUE ? `a number ${from}` : `a number ${from} to ${high}`,
    parse(given) {
      const plain = given.trim();
      if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(plain)) return refuse();
      const value = Number(plain);
      const inside = (above ? value > low : value >= low) && value <= high;
      return inside ? accept(value) : refuse();
    },
  };
}

/** A count from 0, or a share between 0 and 1, both left out: evalscope's `--warmup-num`. */
export const countOrShare: ValueType<number> = {
  label: 'count|share',
  arity: 'one',
  allowed: 'a whole number from 0, or a share above 0 and below 1',
  parse(given) {
    const plain = given.trim();
    if (!/^\+?(\d+\.?\d*|\.\d+)$/.test(plain)) return refuse();
    const value = Number(plain);
    return Number.isSafeInteger(value) || value < 1 ? accept(value) : refuse();
  },
};

/** On or off. */
export const onOff: ValueType<boolean> = {
  label: 'on|off',
  arity: 'switch',
  allowed: 'true or false (also on/off, yes/no, 1/0)',
  parse(given) {
    const word = given.trim().toLowerCase();
    if (TRUE_WORDS.includes(word)) return accept(true);
    return FALSE_WORDS.includes(word) ? accept(false) : refuse();
  },
};
