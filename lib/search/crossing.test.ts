import { describe, expect, it } from 'vitest';
import { findCrossing, type MeasuredLoad } from './crossing.ts';
import type { Side } from './gate-side.ts';

/** A load whose gates have these margins, each with the same standard error. */
function at(load: number, margins: readonly (number | null)[], sd = 0.02): MeasuredLoad {
  const sideOf = (value: number): Side => (value > 0 ? 'holds' : 'crossed');
  return {
    load,
    margins: margins.map((value) =>
      value === null ? { side: 'holds', margin: null } : { side: sideOf(value), margin: { value, sd } },
    ),
  };
}

function between(...measured: readonly MeasuredLoad[]): number[] {
  const [low, high] = [measured[0] as MeasuredLoad, measured.at(-1) as MeasuredLoad];
  const found = findCrossing(low, high, measured);
  return [found.low, found.best, found.high];
}

describe('where a gate is crossed between two loads', () => {
  it('is where the line through both may be 0, over the logarithm of the load', () => {
    const [low, best, high] = between(at(10, [0.1]), at(40, [-0.1])) as [number, number, number];
    // By hand: half the way from log 10 to log 40. With u = 1 - 2t the line is 0.1 u, of variance 0.02² (1 + u²) / 2, so
    // that 0.01 u² = 3.5² · 0.0002 (1 + u²), u = 0.570: t = 0.215 and 0.785, in steps of 1/200 away from the middle.
    expect(best).toBeCloseTo(20, 6);
    expect(Math.log(low / 10) / Math.log(4)).toBeCloseTo(0.215, 6);
    expect(Math.log(high / 10) / Math.log(4)).toBeCloseTo(0.785, 6);
  });

  it('is known better with what was measured between them', () => {
    const [low, , high] = between(at(10, [0.1]), at(40, [-0.1])) as [number, number, number];
    const [nearer, , farther] = between(at(10, [0.1]), at(20, [0], 0.005), at(40, [-0.1])) as [number, number, number];
    expect(nearer).toBeGreaterThan(low);
    expect(farther).toBeLessThan(high);
  });

  it('may be anywhere between them where it is no surer', () => {
    const [low, , high] = between(at(10, [0.1], 0.1), at(40, [-0.1], 0.1)) as [number, number, number];
    expect(low).toBeCloseTo(10, 6);
    expect(high).toBeCloseTo(40, 6);
  });

  it('is that of the first gate, and of none that holds at both', () => {
    const one = between(at(10, [0.1]), at(40, [-0.1]));
    expect(between(at(10, [0.1, 2, null]), at(40, [-0.1, 1, null]))).toEqual(one);
    expect(between(at(10, [0.1, 0.2]), at(40, [-0.1, -1]))[1]).toBeCloseTo(10 * 4 ** (1 / 6), 0);
  });

  it('is anywhere between them where no margin is known', () => {
    expect(between({ load: 10, margins: [] }, { load: 40, margins: [] })).toEqual([10, expect.closeTo(20), 40]);
    const crossed: MeasuredLoad = { load: 40, margins: [{ side: 'crossed', margin: null }] };
    expect(between(at(10, [null]), crossed)).toEqual([expect.closeTo(10), expect.closeTo(20), expect.closeTo(40)]);
  });
});
