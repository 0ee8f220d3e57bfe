import { describe, expect, it } from 'vitest';
import { createRandom } from '../shared/random.ts';
import { DRIFT_BATCHES, testDrift } from './drift-test.ts';

/** So many values for each batch, all alike. */
const steps = (of: (batch: number) => number, each = 10) =>
  Array.from({ length: DRIFT_BATCHES * each }, (_, i) => of(Math.floor(i / each)));

describe('testDrift', () => {
  it('finds a trend, and the ends of its line', () => {
    const found = testDrift(steps((batch) => 200 + 2 * batch));
    expect(found).toMatchObject({ found: 'trend', from: 200, to: 318, place: null, autocorrelation: 0 });
    // Mann-Kendall: S = 1770, z = 1769 / sqrt(60 * 59 * 125 / 18) = 11.3. Pettitt: U = 900, p = 2 exp(-4,860,000 / 219,600).
    expect(found.trend_p).toBeLessThan(1e-6);
    expect(found.shift_p / 4.89e-10).toBeCloseTo(1, 1);
  });

  it('finds a shift, where it is and from what to what', () => {
    const random = createRandom(5);
    const found = testDrift(steps((batch) => (batch < 38 ? 100 : 150) + random.next()));
    expect(found).toMatchObject({ found: 'shift', place: 380 });
    expect(found.from).toBeCloseTo(100.5, 0);
    expect(found.to).toBeCloseTo(150.5, 0);
  });

  it('finds nothing where nothing changes, nor where all is one', () => {
    const random = createRandom(5);
    expect(testDrift(Array.from({ length: 999 }, () => random.next()))).toMatchObject({ found: null, place: null });
    expect(testDrift(steps(() => 7))).toMatchObject({ found: null, from: 7, to: 7, shift_p: 1 });
    expect(testDrift(steps(() => 7)).trend_p).toBeCloseTo(1, 6);
  });

  it('takes values that hang together for fewer', () => {
    const random = createRandom(5);
    let state = 0;
    const wander = Array.from({ length: 600 }, () => {
      state = 0.97 * state + random.normal();
      return state;
    });
    const { autocorrelation, found } = testDrift(wander);
    expect(autocorrelation).toBeGreaterThan(0.5);
    expect(found).toBeNull();
  });
});
