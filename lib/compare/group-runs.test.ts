import { describe, expect, it } from 'vitest';
import { exampleRecord } from '../../tests/fixtures/example-record.ts';
import { type ResampledRun, resampleRun } from '../stats/resample-run.ts';
import { collectRunData } from '../stats/run-data.ts';
import { compareRuns } from './compare-runs.ts';
import { groupRuns } from './group-runs.ts';

/** A run of 40 requests whose TTFT is even, so that its own interval is a point. */
function runOf(ttft_ms: number): ResampledRun {
  const records = Array.from({ length: 40 }, (_, index) =>
    exampleRecord({ index, start_ms: index * 100, end_ms: index * 100 + 90, ttft_ms, chunk_gaps_ms: [10] }),
  );
  return resampleRun(collectRunData(records), {
    ...{ seed: 1, replicates: 100, percentileRule: 'linear', percentiles: [50] },
  });
}

const ttft = (base: readonly number[], next: readonly number[]) =>
  compareRuns(groupRuns(base.map(runOf)), groupRuns(next.map(runOf))).find(
    ({ metric, statistic }) => metric === 'ttft' && statistic === 'mean',
  );

describe('groups of runs', () => {
  it('are compared by the spread between their runs', () => {
    // scipy: ttest_ind([108, 110, 112, 114, 106], [98, 100, 102, 104, 96], equal_var=False).confidence_interval() is
    // 10 ± 4.6117: t(0.975, 8) is 2.30600, times sqrt(10 / 5 + 10 / 5).
    const number = ttft([98, 100, 102, 104, 96], [108, 110, 112, 114, 106]);
    expect(number?.difference?.value).toBeCloseTo(10, 9);
    expect(number?.difference?.low).toBeCloseTo(10 - 4.612, 2);
    expect(number?.difference?.high).toBeCloseTo(10 + 4.612, 2);
    expect(number?.relative?.value).toBeCloseTo(0.1, 9);
    expect(number?.verdict).toBe('worse');
  });

  it('show no difference that the next restart would take away, however sure each run is of itself', () => {
    expect(ttft([100, 90, 110], [105, 96, 114])?.verdict).toBe('no difference shown');
    expect(ttft([100], [105])?.verdict).toBe('worse');
  });

  it('tell of one run beside them whether it is one of theirs', () => {
    expect(ttft([98, 100, 102, 99, 101], [103])?.verdict).toBe('no difference shown');
    expect(ttft([98, 100, 102, 99, 101], [110])?.verdict).toBe('worse');
  });

  it('need three runs a side', () => {
    expect(ttft([98, 100], [110, 112, 111])?.verdict).toBe('too few runs to tell');
    expect(ttft([98, 100], [110])?.verdict).toBe('too few runs to tell');
  });
});
