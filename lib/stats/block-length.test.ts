import { describe, expect, it } from 'vitest';
import { createRandom } from '../shared/random.ts';
import { estimateBlockLength } from './block-length.ts';

/** 400 uniform numbers of our generator with seed 7; the reference numbers come from the same ones. */
function uniforms(count = 400): Float64Array {
  const random = createRandom(7);
  return Float64Array.from({ length: count }, () => random.next());
}

describe('estimateBlockLength', () => {
  // arch 8.0 (Python): optimal_block_length(series)['stationary'], on the same series.
  it('agrees with arch on independent numbers', () => {
    expect(estimateBlockLength(uniforms())).toBeCloseTo(1.631667, 5);
  });

  it('agrees with arch on an autoregressive series', () => {
    const series = uniforms();
    for (let i = 1; i < series.length; i++) series[i] = 0.7 * (series[i - 1] as number) + (series[i] as number);
    expect(estimateBlockLength(series)).toBeCloseTo(13.173543, 5);
  });

  it('agrees with arch on a slow wave', () => {
    const series = Float64Array.from({ length: 200 }, (_, i) => Math.sin(i / 10));
    expect(estimateBlockLength(series)).toBeCloseTo(17.808466, 5);
  });

  it('shortens the blocks of numbers that alternate to a twentieth', () => {
    // arch has 7.372544 here.
    const series = uniforms(100).map((value, i) => value + (i % 2 === 0 ? 1 : -1));
    expect(estimateBlockLength(series)).toBe(5);
  });

  it('takes requests for independent where there are too few to tell, or nothing differs', () => {
    expect(estimateBlockLength(Float64Array.from({ length: 29 }, (_, i) => i))).toBe(1);
    expect(estimateBlockLength(new Float64Array(100).fill(5))).toBe(1);
  });
});
