import { mixSeed } from '../../../shared/random.ts';

/** Keeps an even share of what it is given, and never more than its capacity. */
export interface Sampler<T> {
  /** @param key a whole number from 0 that decides, so that the order of what is given does not */
  add(key: number, create: () => T): void;
  /** Everything that was given is there as long as `complete` says so; else every one had the same chance. */
  readonly kept: readonly T[];
  readonly complete: boolean;
}

/**
 * A sample by the hash of a key: what lies above a limit is dropped, and the limit halves whenever there is too much. So
 * between half the capacity and all of it is kept, the same in every run, and regular patterns in the keys do no harm.
 */
export function createSampler<T>(capacity: number): Sampler<T> {
  let kept: { readonly place: number; readonly value: T }[] = [];
  let limit = 1;
  return {
    add(key, create) {
      const place = mixSeed(0, key) / 2 ** 32;
      if (place >= limit) return;
      kept.push({ place, value: create() });
      while (kept.length > capacity) {
        limit /= 2;
        kept = kept.filter((item) => item.place < limit);
      }
    },
    get kept() {
      return kept.map(({ value }) => value);
    },
    get complete() {
      return limit === 1;
    },
  };
}
