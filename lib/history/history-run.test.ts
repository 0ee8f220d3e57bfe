import { describe, expect, it } from 'vitest';
import { HISTORY_METRICS } from './history-metrics.ts';
import { type HistoryRun, parseHistoryRun } from './history-run.ts';

const SUMMARY = JSON.stringify({ version: 1, summary: { concurrency: 4 }, validity: { verdict: 'VALID' } });

describe('parseHistoryRun', () => {
  it.each([
    // A point of `--parallel 2 4`, of `--rate 5 10`, of `--rate inf 5`, and single runs, as benchmark_args.json has them.
    [
      { parallel: 4, rate: -1, open_loop: false },
      { varies: 'parallel', parallel: 4, rate: null },
    ],
    [
      { parallel: null, rate: 5, open_loop: true },
      { varies: 'rate', rate: 5 },
    ],
    [
      { parallel: null, rate: -1, open_loop: true },
      { varies: 'rate', rate: 'inf' },
    ],
    [
      { parallel: 2, rate: null },
      { varies: 'parallel', parallel: 2, rate: null },
    ],
    [{ rate: 'inf' }, { varies: 'rate', rate: 'inf' }],
    [undefined, { varies: 'parallel', parallel: 4, rate: null }],
  ])('reads the load of %j', (args, load) => {
    expect(parseHistoryRun(SUMMARY, args, { path: '.', modifiedAt: new Date(0) })).toMatchObject(load);
  });

  it.each([
    // Local time, as the folder is named.
    ['nightly/20261124_120000/m', new Date(2026, 10, 24, 12)],
    ['20260101_000000/20261124_120000', new Date(2026, 10, 24, 12)],
    // No time, though digits: when the file was written.
    ['20269999_999999', new Date(7)],
    ['nightly', new Date(7)],
  ])('takes the start of a run at %s from there', (path, startedAt) => {
    expect(parseHistoryRun(SUMMARY, null, { path, modifiedAt: new Date(7) })).toMatchObject({ startedAt });
  });

  it('takes the means of a run without records from its summary, each under the key of its unit', () => {
    const means = '"concurrency":4,"ttft_avg_ms":120.5,"output_tokens_avg":64';
    const text = SUMMARY.replace('"concurrency":4', means);
    const { numbers } = parseHistoryRun(text, null, { path: '.', modifiedAt: new Date(0) }) as HistoryRun;
    const of = (name: string) => numbers[HISTORY_METRICS.findIndex((metric) => metric.name === name)];
    expect([of('mean(ttft)'), of('mean(output_tokens)')]).toEqual([
      [120.5, null, null],
      [64, null, null],
    ]);
  });

  it('takes no number that is none', () => {
    const text = SUMMARY.replace('"concurrency":4', '"concurrency":1e999,"requests_per_s":1e999');
    const run = parseHistoryRun(text, null, { path: '.', modifiedAt: new Date(0) }) as HistoryRun;
    expect(run.parallel).toBeNull();
    expect(run.numbers.flat().every((number) => number === null)).toBe(true);
  });
});
