import { describe, expect, it } from 'vitest';
import { parseHistoryRun } from './history-run.ts';

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
});
