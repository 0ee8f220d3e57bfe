import type { Milliseconds } from '../shared/units.ts';
import { parseSeconds } from './duration-type.ts';
import { accept, oneWord, type Parsed, refuse, type ValueType } from './value-type.ts';

/** A length of time that is drawn anew each time. `deviation`: half the width of `uniform`, else the standard deviation. */
export interface Delay {
  readonly shape: 'constant' | 'uniform' | 'exponential' | 'normal' | 'lognormal';
  readonly meanMs: Milliseconds;
  readonly deviationMs: Milliseconds;
}

const ALLOWED = '2s, uniform:1s,5s, exponential:2s, normal:2s,500ms or lognormal:2s,1s (mean, standard deviation)';

/** A length of time, or how it is distributed. */
export const delay: ValueType<Delay> = oneWord('delay', ALLOWED, (plain): Parsed<Delay> => {
  const [, shape = 'constant', numbers = ''] = /^(?:(\w+):)?(.*)$/.exec(plain) ?? [];
  const [first = null, second = null, ...more] = numbers.split(',').map((number) => parseSeconds(number));
  if (first === null || more.length > 0) return refuse();
  const [meanMs, deviationMs] = [first * 1000, (second ?? 0) * 1000];
  const hasTwo = numbers.includes(',');
  if (hasTwo && second === null) return refuse();
  switch (shape) {
    case 'constant':
    case 'exponential':
      return hasTwo ? refuse() : accept({ shape, meanMs, deviationMs: 0 });
    case 'uniform':
      if (!hasTwo || deviationMs < meanMs) return refuse('the second is the longest');
      return accept({ shape, meanMs: (meanMs + deviationMs) / 2, deviationMs: (deviationMs - meanMs) / 2 });
    case 'normal':
    case 'lognormal':
      return hasTwo && meanMs > 0 ? accept({ shape, meanMs, deviationMs }) : refuse();
    default:
      return refuse();
  }
});
