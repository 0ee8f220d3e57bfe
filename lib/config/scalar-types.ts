import { PERCENTILE_RULES } from '../stats/percentile-rule.ts';
import { accept, oneWord, refuse, type ValueType } from './value-type.ts';

const TRUE_WORDS: readonly string[] = ['true', 'on', 'yes', '1'];
const FALSE_WORDS: readonly string[] = ['false', 'off', 'no', '0'];

export function isBooleanWord(word: string): boolean {
  return [...TRUE_WORDS, ...FALSE_WORDS].includes(word.trim().toLowerCase());
}

/** Whether a setting says something: a switch that is off does not. */
export function isOn(given: string | undefined): boolean {
  return given !== undefined && given !== '' && !FALSE_WORDS.includes(given.trim().toLowerCase());
}

/** Text: any, or one that fits a pattern; `why` is the reason where it does not. */
export function text(allowed: string, pattern?: RegExp, why: string | null = null): ValueType<string> {
  return oneWord('text', allowed, (plain) => {
    if (pattern !== undefined) return pattern.test(plain) ? accept(plain) : refuse(why);
    return plain === '' ? refuse('blank') : accept(plain);
  });
}

/** One word of a closed list; upper case and `_` for `-` are forgiven (evalscope writes `line_by_line`). */
export function choice<const Word extends string>(
  words: readonly Word[],
  aliases: readonly (readonly [alias: string, word: Word])[] = [],
): ValueType<Word> {
  return oneWord(words.join('|'), words.join(', '), (plain) => {
    const given = plain.toLowerCase().replace(/_/g, '-');
    const word = words.find((same) => same === given) ?? aliases.find(([alias]) => alias === given)?.[1];
    return word === undefined ? refuse() : accept(word);
  });
}

/** A rule by its name; `evalscope` is what `quick-start` was called before evalscope changed its rule, and stays valid. */
export const percentileRule = choice(PERCENTILE_RULES, [['evalscope', 'quick-start']]);

function number(
  label: string,
  allowed: string,
  spelling: RegExp,
  isRight: (value: number) => boolean,
): ValueType<number> {
  return oneWord(label, allowed, (plain) =>
    spelling.test(plain) && isRight(Number(plain)) ? accept(Number(plain)) : refuse(),
  );
}

/** A whole number within bounds, both included; no exponent, no decimal point. */
export function integer(low: number, high = Number.MAX_SAFE_INTEGER): ValueType<number> {
  const from = low === Number.MIN_SAFE_INTEGER ? '' : ` from ${low}`;
  const to = high === Number.MAX_SAFE_INTEGER ? '' : ` to ${high}`;
  const isRight = (value: number): boolean => Number.isSafeInteger(value) && value >= low && value <= high;
  return number('integer', `a whole number${from}${to}`, /^[+-]?\d+$/, isRight);
}

/** A decimal number within bounds; `above` leaves the lower bound itself out. */
export function decimal(bounds: { low: number; high?: number; above?: boolean }): ValueType<number> {
  const { low, high = Number.MAX_VALUE, above = false } = bounds;
  const allowed = `a number ${above ? 'above' : 'from'} ${low}${high === Number.MAX_VALUE ? '' : ` to ${high}`}`;
  const isRight = (value: number): boolean => (above ? value > low : value >= low) && value <= high;
  return number('number', allowed, /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/, isRight);
}

/** A count from 0, or a share between 0 and 1, both left out: evalscope's `--warmup-num`. */
export const countOrShare = number(
  'count|share',
  'a whole number from 0, or a share above 0 and below 1',
  /^\+?(\d+\.?\d*|\.\d+)$/,
  (value) => Number.isSafeInteger(value) || value < 1,
);

/** On or off. */
export const onOff: ValueType<boolean> = {
  label: 'on|off',
  arity: 'switch',
  allowed: 'true or false (also on/off, yes/no, 1/0)',
  parse(given) {
    return isBooleanWord(given) ? accept(TRUE_WORDS.includes(given.trim().toLowerCase())) : refuse();
  },
};
