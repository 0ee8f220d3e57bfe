import { describe, expect, it } from 'vitest';
import { exampleRecord } from '../../tests/fixtures/example-record.ts';
import { collectRunData } from '../stats/run-data.ts';
import { collectProbes } from './client-probes.ts';

const runOf = (lags: readonly (number | null)[]) =>
  collectRunData(
    lags.map((lag, index) =>
      exampleRecord({ index, start_ms: index * 10, ...(lag === null ? {} : { client_lag_ms: lag }) }),
    ),
  );

describe('collectProbes', () => {
  it('leaves out what was measured as all streams began', () => {
    expect(collectProbes(runOf([3, 2, 1, null, 3]), 2)).toEqual({
      mean_ms: 2,
      p50_ms: 3,
      p99_ms: 3,
      all_ms: Float64Array.of(1, 3),
    });
  });

  it('but for what is longer than the shortest usual TTFT, when tokens were under way', () => {
    const ttft = exampleRecord({}).ttft_ms as number;
    expect(collectProbes(runOf([ttft + 90, 2, 1, null, 3]), 2)?.all_ms).toEqual(Float64Array.of(90, 1, 3));
  });

  it('takes that where there is nothing else', () => {
    expect(collectProbes(runOf([4, 6]), 2)).toMatchObject({ mean_ms: 5, p50_ms: 6, p99_ms: 6 });
    expect(collectProbes(runOf([null, null]), 1)).toBeNull();
    expect(collectProbes(runOf([]), null)).toBeNull();
  });
});
