import { describe, expect, it } from 'vitest';
import { logBinOf } from './log-bins.ts';
import { createPositionBins } from './position-bins.ts';

describe('createPositionBins', () => {
  it('tells the quantiles of each position, p99 from a hundred gaps on', () => {
    const bins = createPositionBins();
    for (let i = 1; i <= 100; i++) bins.add(1, logBinOf(i));
    for (let i = 1; i <= 99; i++) bins.add(2, logBinOf(8));
    const { from, to, count, p50_ms, p90_ms, p99_ms } = bins.build();
    expect([from, to, count]).toEqual([
      [1, 2],
      [1, 2],
      [100, 99],
    ]);
    // Bins of 5 %.
    expect((p50_ms[0] as number) / 50).toBeCloseTo(1, 1);
    expect((p90_ms[0] as number) / 90).toBeCloseTo(1, 1);
    expect((p99_ms[0] as number) / 99).toBeCloseTo(1, 1);
    expect((p50_ms[1] as number) / 8).toBeCloseTo(1, 1);
    expect(p99_ms[1]).toBeNull();
  });

  it('widens its ranges for long outputs and loses no gap', () => {
    const bins = createPositionBins();
    for (let position = 1; position <= 5000; position++) bins.add(position, logBinOf(10));
    const { from, to, count } = bins.build();
    expect(from.length).toBeLessThanOrEqual(128);
    expect([from[0], to[0], from[1]]).toEqual([1, 64, 65]);
    expect(count.reduce((sum, value) => sum + value, 0)).toBe(5000);
  });

  it('has no range without gaps', () => {
    expect(createPositionBins().build().from).toEqual([]);
  });
});
