import { describe, expect, it } from 'vitest';
import { createRandom } from '../shared/random.ts';
import { orderBy } from './order-by.ts';

describe('orderBy', () => {
  it('is what a stable sort gives, for every length', () => {
    const random = createRandom(7);
    for (let length = 0; length < 70; length++) {
      const values = Float64Array.from({ length }, () => random.integer(0, 9) / 10);
      const expected = Array.from(values, (_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
      expect([...orderBy(values)]).toEqual(expected);
    }
  });
});
