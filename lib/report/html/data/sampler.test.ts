import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSampler } from './sampler.ts';

function sample(keys: readonly number[], capacity: number) {
  const sampler = createSampler<number>(capacity);
  for (const key of keys) sampler.add(key, () => key);
  return sampler;
}

const first = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('createSampler', () => {
  it('keeps everything while there is room', () => {
    const { kept, complete } = sample(first(100), 100);
    expect([kept, complete]).toEqual([first(100), true]);
  });

  it('keeps between half of its capacity and all of it, whatever the order', () => {
    const forwards = sample(first(20_000), 500);
    expect(forwards.complete).toBe(false);
    expect(forwards.kept.length).toBeGreaterThan(200);
    expect(forwards.kept.length).toBeLessThanOrEqual(500);
    const backwards = sample(first(20_000).reverse(), 500);
    expect([...backwards.kept].reverse()).toEqual(forwards.kept);
  });

  it('takes its share of every part and of every pattern', () => {
    const { kept } = sample(first(64_000), 2000);
    const share = kept.length / 64_000;
    for (const belongs of [
      (key: number) => key < 32_000,
      (key: number) => key % 2 === 0,
      (key: number) => key % 64 < 8,
    ]) {
      const part = first(64_000).filter(belongs).length;
      const taken = kept.filter(belongs).length;
      // Four standard deviations of a binomial count.
      expect(Math.abs(taken - share * part)).toBeLessThan(4 * Math.sqrt(share * part));
    }
  });

  it('never exceeds its capacity', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.integer({ min: 1, max: 20 }), (keys, capacity) => {
        // Equal keys stay or go together.
        const different = [...new Set(keys)];
        expect(sample(different, capacity).kept.length).toBeLessThanOrEqual(capacity);
      }),
    );
  });
});
