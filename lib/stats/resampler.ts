import { createRandom } from '../shared/random.ts';

/** Draws resamples of a run's slices, the same ones for every number with the same block length. */
export interface Resampler {
  readonly slices: number;
  readonly replicates: number;
  /** How often each slice comes in each replicate. */
  draw(blockLength: number): readonly Uint16Array[];
  /** Block lengths are rounded up to one of these steps, so that numbers can share resamples. */
  roundLength(blockLength: number): number;
}

/**
 * The stationary bootstrap (Politis and Romano 1994): blocks of neighbours, of geometric length, drawn from a circle.
 *
 * A step goes on to the next slice, or, with probability 1 / `blockLength`, to any slice. With a length of 1 that is the
 * ordinary bootstrap. Compared with blocks of one fixed length it minds less when the length is somewhat wrong.
 */
export function createResampler(slices: number, replicates: number, seed: number): Resampler {
  const drawn = new Map<number, readonly Uint16Array[]>();
  return {
    slices,
    replicates,
    roundLength: roundUp,
    draw(blockLength) {
      const length = roundUp(blockLength);
      const known = drawn.get(length);
      if (known !== undefined) return known;
      const random = createRandom(saltSeed(seed, length));
      const made = Array.from({ length: replicates }, () => drawOnce(slices, 1 / length, random.next));
      drawn.set(length, made);
      return made;
    },
  };
}

/** 1, 1.41, 2, 2.83, … */
function roundUp(blockLength: number): number {
  return 2 ** (Math.ceil(2 * Math.log2(Math.max(1, blockLength)) - 1e-9) / 2);
}

/**
 * Spreads seeds, since neighbours in seed are not far apart in the generator's sequence; the salt may be a fraction.
 *
 * Of its own beside `mixSeed`, with which the intervals of every seed would be others.
 */
export function saltSeed(seed: number, salt: number): number {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(Math.round(salt * 1000) + 1, 0xc2b2ae35);
  state = Math.imul(state ^ (state >>> 16), 0x7feb352d);
  return (state ^ (state >>> 15)) >>> 0;
}

function drawOnce(slices: number, jump: number, next: () => number): Uint16Array {
  const weights = new Uint16Array(slices);
  let at = 0;
  for (let step = 0; step < slices; step++) {
    if (step === 0 || jump >= 1 || next() < jump) at = Math.floor(next() * slices);
    else at = at + 1 === slices ? 0 : at + 1;
    weights[at] = (weights[at] as number) + 1;
  }
  return weights;
}
