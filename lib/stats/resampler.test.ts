import { describe, expect, it } from 'vitest';
import { createRandom } from '../shared/random.ts';
import { drawBeta, resampleSuccess } from './resampled-success.ts';
import { createResampler } from './resampler.ts';

describe('createResampler', () => {
  it('draws as many slices as there are, the same ones for the same seed, others for another', () => {
    const draws = createResampler(50, 20, 1).draw(3);
    expect(draws).toHaveLength(20);
    for (const weights of draws) expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(50);
    expect(createResampler(50, 20, 1).draw(3)).toEqual(draws);
    expect(createResampler(50, 20, 2).draw(3)).not.toEqual(draws);
  });

  it('keeps neighbours together for as long as a block is', () => {
    // With n slices and blocks of mean length L, the next slice follows within a block with probability 1 - 1/L.
    const correlate = (length: number): number => {
      let sum = 0;
      let squares = 0;
      for (const weights of createResampler(100, 400, 5).draw(length)) {
        for (let i = 0; i < 100; i++) {
          sum += ((weights[i] as number) - 1) * ((weights[(i + 1) % 100] as number) - 1);
          squares += ((weights[i] as number) - 1) ** 2;
        }
      }
      return sum / squares;
    };
    expect(Math.abs(correlate(1))).toBeLessThan(0.05);
    expect(correlate(8)).toBeGreaterThan(0.75);
  });

  it('rounds block lengths up, so that numbers share draws', () => {
    const resampler = createResampler(10, 2, 1);
    const rounded = [0.2, 1, 1.2, 2, 2.1].map(resampler.roundLength);
    expect(rounded.map((length) => length.toFixed(3))).toEqual(['1.000', '1.000', '1.414', '2.000', '2.828']);
    expect(resampler.draw(1.2)).toBe(resampler.draw(1.4));
  });
});

describe('drawBeta', () => {
  it('has the quantiles of the beta distribution', () => {
    const random = createRandom(11);
    const drawn = Float64Array.from({ length: 20_000 }, () => drawBeta(random, 98.5, 2.5)).sort();
    // scipy 1.17: scipy.stats.beta.ppf([.025, .5, .975], 98.5, 2.5) = 0.93739, 0.97832, 0.99582
    expect(drawn[500]).toBeCloseTo(0.93739, 2);
    expect(drawn[10_000]).toBeCloseTo(0.97832, 2);
    expect(drawn[19_500]).toBeCloseTo(0.99582, 2);
  });

  it('has the mean of the beta distribution for shapes below one', () => {
    const random = createRandom(12);
    const drawn = Array.from({ length: 20_000 }, () => drawBeta(random, 0.5, 1.5));
    expect(drawn.reduce((sum, value) => sum + value, 0) / drawn.length).toBeCloseTo(0.25, 1);
  });
});

describe('resampleSuccess', () => {
  const requests = new Float64Array(100).fill(1);

  it('does not take a run without failures for one that can have none', () => {
    const number = resampleSuccess({ completed: requests, requests, unfinished: 0 }, createResampler(100, 2000, 1), 3);
    const sorted = Float64Array.from(number?.replicates ?? []).sort();
    expect(number?.value).toBe(1);
    // statsmodels 0.15: proportion_confint(100, 100, method='jeffreys') = (0.97525, 1.0)
    expect(sorted[50]).toBeCloseTo(0.97525, 2);
  });

  it('gives failures in a row less weight than failures far apart', () => {
    const spread = (failed: (i: number) => boolean): number => {
      const completed = requests.map((_, i) => (failed(i) ? 0 : 1));
      const number = resampleSuccess({ completed, requests, unfinished: 0 }, createResampler(100, 1000, 1), 3);
      const sorted = Float64Array.from(number?.replicates ?? []).sort();
      return (sorted[975] as number) - (sorted[25] as number);
    };
    expect(spread((i) => i >= 40 && i < 60)).toBeGreaterThan(1.3 * spread((i) => i % 5 === 0));
  });

  it('counts requests without a record as failed', () => {
    const number = resampleSuccess({ completed: requests, requests, unfinished: 100 }, createResampler(100, 10, 1), 3);
    expect(number?.value).toBe(0.5);
  });
});
