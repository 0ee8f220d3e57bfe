import type { LengthKind, LengthSpread } from '../config/length-type.ts';
import type { Random } from '../shared/random.ts';

/** Between which lengths those of a run are, both included. */
export interface LengthBounds {
  readonly low: number;
  readonly high: number;
}

/**
 * A length in whole tokens, drawn from a spread; what falls outside of the bounds becomes the bound.
 *
 * lognormal: its mean and standard deviation are those of the lengths, not of their logarithms. zipf: the chance of a length
 * n is in proportion to n^-exponent from LOW to HIGH, drawn from the continuous law (inverse of its distribution).
 */
export function drawLength({ shape, parameters }: LengthSpread, random: Random, { low, high }: LengthBounds): number {
  const [first = 0, second = 0, third = 0] = parameters;
  const drawn = (): number => {
    switch (shape) {
      case 'fixed':
        return first;
      case 'uniform':
        return random.integer(Math.ceil(first), Math.floor(second));
      case 'normal':
        return first + second * random.normal();
      case 'lognormal': {
        const variance = Math.log(1 + (second / first) ** 2);
        return Math.exp(Math.log(first) - variance / 2 + Math.sqrt(variance) * random.normal());
      }
      case 'exponential':
        return -first * Math.log(1 - random.next());
      case 'zipf':
        return drawPower(first, second, third + 1, random.next());
      default:
        return shape satisfies never;
    }
  };
  const length = shape === 'zipf' ? Math.floor(drawn()) : Math.round(drawn());
  return Math.min(high, Math.max(low, length));
}

/** The place of `share` (0 to 1) in a density in proportion to x^-exponent between two bounds. */
function drawPower(exponent: number, low: number, high: number, share: number): number {
  const power = 1 - exponent;
  if (Math.abs(power) < 1e-9) return low * (high / low) ** share;
  return (low ** power + share * (high ** power - low ** power)) ** (1 / power);
}

/** One kind of a mixture, by its weight. */
export function drawKind(kinds: readonly LengthKind[], random: Random): LengthKind {
  let left = random.next() * kinds.reduce((sum, { weight }) => sum + weight, 0);
  const found = kinds.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
  return found ?? (kinds.at(-1) as LengthKind);
}
