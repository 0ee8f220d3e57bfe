/** A seeded source of numbers: the same seed gives the same sequence in every engine. */
export interface Random {
  /** The next number, uniform in [0, 1). */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number;
  /** A standard normal deviate (Box and Muller 1958, the cosine half). */
  normal(): number;
}

/**
 * Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, enough for schedules and mock timings, not for secrets.
 *
 * @param seed any whole number; only its low 32 bits count
 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    integer: (low, high) => low + Math.floor(next() * (high - low + 1)),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}

/** A gamma deviate with scale 1 (Marsaglia and Tsang 2000); below shape 1 by their own way, from one of a shape larger by 1. */
export function drawGamma(shape: number, random: Random): number {
  if (shape < 1) return drawGamma(shape + 1, random) * (1 - random.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  for (;;) {
    const x = random.normal();
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - random.next()) < x ** 2 / 2 + d * (1 - v + Math.log(v))) return d * v;
  }
}

/** A seed for the `index`-th of many independent sources, any whole number: two of one seed are never the same. */
export function mixSeed(seed: number, index: number): number {
  let mixed = Math.imul(seed ^ (seed / 4294967296), 0x9e3779b1) + index;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** 32 bits of a text (FNV-1a over its UTF-16 units), to make a seed of a name. */
export function hashText(text: string): number {
  return mixSeed(hashNumbers(text.split('').map((unit) => unit.charCodeAt(0))), 0);
}

/** 32 bits of whole numbers (FNV-1a, where each number takes the place of a byte: only its low 32 bits count). */
export function hashNumbers(numbers: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const number of numbers) hash = Math.imul(hash ^ number, 0x01000193);
  return hash >>> 0;
}
