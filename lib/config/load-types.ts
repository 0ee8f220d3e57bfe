import { parseIso } from '../shared/parse-iso.ts';
import { parseSeconds } from './duration-type.ts';
import { decimal } from './scalar-types.ts';
import { accept, oneWord, type Parsed, refuse, type ValueType } from './value-type.ts';

/** A number within bounds, or `inf`, which stays a word, since JSON has no such number. */
function orInfinite(number: ValueType<number>, allowed: string, none?: string): ValueType<number | 'inf' | null> {
  return oneWord('number|inf', allowed, (plain, readFile): Parsed<number | 'inf' | null> => {
    if (plain === none) return accept(null);
    return /^inf(inity)?$/i.test(plain) ? accept('inf') : number.parse(plain, readFile);
  });
}

/** Requests per second; evalscope's -1 is none. */
export const requestRate = orInfinite(
  decimal({ low: 0, above: true }),
  'a number above 0, or inf for all at once',
  '-1',
);

/** Below 0.1 nearly all gaps are 0, and the rest so long that no run has enough of them for its rate. */
export const burstiness = orInfinite(decimal({ low: 0.1 }), 'a number from 0.1, or inf');

/** Targets with the time to get there: `1@30s,8@1m`. */
export function stageList(target: ValueType<number>): ValueType<readonly { target: number; durationS: number }[]> {
  return oneWord('N@time,…', 'stages such as 1@30s,8@1m,32@2m: a target, and how long it takes', (plain, readFile) => {
    const stages = plain.split(/[\s,]+/).map((item) => {
      const [given = '', time = ''] = item.split('@');
      const parsed = target.parse(given, readFile);
      return { target: parsed.state === 'value' ? parsed.value : null, durationS: parseSeconds(time) };
    });
    const isRight = (stage: (typeof stages)[number]): stage is { target: number; durationS: number } =>
      stage.target !== null && stage.durationS !== null;
    return stages.every(isRight) ? accept(stages) : refuse();
  });
}

/** When a user leaves: after a time, in seconds, or with the first token. */
export const leavingTime: ValueType<number | 'first-token'> = oneWord(
  'time|first-token',
  'a length of time above 0, such as 2s, or first-token',
  (plain): Parsed<number | 'first-token'> => {
    if (/^first[-_]token$/i.test(plain)) return accept('first-token');
    const seconds = parseSeconds(plain);
    return seconds === null || seconds <= 0 ? refuse() : accept(seconds);
  },
);

/** A moment: ISO 8601, without a zone in UTC; kept in milliseconds since 1970. */
export const moment: ValueType<number> = oneWord(
  'time',
  'a date and time as ISO 8601, such as 2026-12-01T08:00:00Z',
  (plain) => {
    const ms = parseIso(plain);
    return ms === null ? refuse() : accept(ms);
  },
);
