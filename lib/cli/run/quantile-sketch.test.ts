import { describe, expect, it } from 'vitest';
import { createQuantileSketch } from './quantile-sketch.ts';

describe('createQuantileSketch', () => {
  it('has no percentile without values', () => {
    expect(createQuantileSketch().percentile(50)).toBeNull();
  });

  it('is within 1 % of the nearest rank, from hundredths of a millisecond to hours', () => {
    for (const scale of [0.02, 1, 37.5, 1000, 90_000]) {
      const sketch = createQuantileSketch();
      // Of 1 to 100 the nearest rank of p is p.
      for (let i = 100; i >= 1; i--) sketch.add(i * scale);
      for (const percent of [1, 50, 99, 100]) {
        const error = (sketch.percentile(percent) as number) / (percent * scale) - 1;
        expect(Math.abs(error), `p${percent} of values around ${scale}`).toBeLessThan(0.0101);
      }
    }
  });

  it('takes what is beyond its range', () => {
    const sketch = createQuantileSketch();
    for (const value of [0, -1, 1e12]) sketch.add(value);
    expect(sketch.percentile(50)).toBe(0.01);
    expect(sketch.percentile(100)).toBeGreaterThan(9e6);
  });
});
