import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { exampleFailure, exampleRecord } from '../../../tests/fixtures/example-record.ts';
import { planSla } from '../../search/sla-flags.ts';
import type { FailureKind } from '../../shared/failure-kinds.ts';
import { collectRunData } from '../../stats/run-data.ts';
import { summarizeData } from '../../stats/summarize-data.ts';
import type { PerfRun, PreparedRun, RunPlace } from './perf-run.ts';

/** How all requests of a load fail; null: they complete, each within its load in milliseconds. */
let failureOf: (load: number, runsBefore: number) => FailureKind | null = () => null;
/** One of the two requests of every load. */
let failsPartly = false;
let loads: number[] = [];

vi.mock('./perf-run.ts', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  prepareEngine: () => Promise.resolve({ name: 'node' }),
  executeRun: ({ config }: PreparedRun, _: unknown, { folder }: RunPlace) => {
    const load = config.parallel;
    const kind = failureOf(load, loads.length);
    loads.push(load);
    const records = [0, 1].map((index) =>
      kind === null && !(failsPartly && index > 0)
        ? exampleRecord({ index })
        : exampleFailure({ index, failure: { kind: kind ?? 'timeout', status: null, detail: 'no answer' } }),
    );
    const success = kind !== null ? 0 : failsPartly ? 1 : 2;
    const summary = { 'Total Requests': 2, 'Success Requests': success, 'Avg TTFT (ms)': load };
    writeFileSync(join(folder.path, 'benchmark_summary.json'), JSON.stringify(summary));
    writeFileSync(join(folder.path, 'benchmark_percentile.json'), '[]');
    return Promise.resolve(makeRun(config, folder.path, records, kind === null ? 0 : 99));
  },
}));

function makeRun(
  config: PreparedRun['config'],
  outputDir: string,
  records: ReturnType<typeof exampleRecord>[],
  exitCode: number,
): PerfRun {
  const settings = { concurrency: config.parallel, expectedRequests: 2, percentileRule: 'quick-start' } as const;
  return {
    ...{ config, outputDir, exitCode, verdict: { nothing: { text: 'the end of it' } } },
    summary: summarizeData(collectRunData(records), settings),
    samples: { warmupRequests: 0, closedRequests: 0 },
  } as unknown as PerfRun;
}

// Where a test of another file loaded them before, they hold the run that is not ours.
vi.resetModules();
const { performSla } = await import('./sla-run.ts');

async function tune(runs = 1, params = '[{"avg_ttft": "<=6ms"}]') {
  const outputs = mkdtempSync(join(tmpdir(), 'sla-run-'));
  const settings = {
    ...{ SLA_AUTO_TUNE: 'true', SLA_PARAMS: params, SLA_NUM_RUNS: String(runs), PARALLEL: '4' },
    ...{ MODEL: 'm', URL: 'http://127.0.0.1:1/v1', OUTPUTS_DIR: outputs, NO_TIMESTAMP: 'true', QUIET: 'true' },
  };
  let stderr = '';
  const result = await performSla({
    ...{ settings, problems: [], passThrough: [], environment: {}, cwd: outputs, sleepIntervalS: 0 },
    sla: planSla(settings) as NonNullable<ReturnType<typeof planSla>>,
    onRun: () => undefined,
    output: { stdout: { write: () => true }, stderr: { write: (text) => (stderr += text) } },
  });
  const file = join(outputs, 'm', 'sla_summary.json');
  return { ...result, stderr, loads, tried: () => Object.keys(JSON.parse(readFileSync(file, 'utf8'))) };
}

beforeEach(() => {
  failureOf = () => null;
  failsPartly = false;
  loads = [];
});

describe('performSla', () => {
  it('takes no load for the best where requests fail at all of them', async () => {
    failsPartly = true;
    const { answers, exitCode, loads } = await tune(1, '[{"avg_ttft": "min"}]');
    expect(loads).toEqual([4, 8, 6, 5]);
    expect(answers).toEqual([{ criteria: 'avg_ttft min', found: null, note: 'Failed at every load that was tried' }]);
    expect(exitCode).toBe(99);
    failsPartly = false;
    expect(await tune(1, '[{"avg_ttft": "min"}]')).toMatchObject({
      answers: [{ found: 4, note: 'Best avg_ttft: 4.0000' }],
      exitCode: 0,
    });
  });

  it('doubles, then bisects, and takes a load at which nothing gets through for too much', async () => {
    failureOf = (load) => (load >= 8 ? 'timeout' : null);
    const { answers, exitCode, loads } = await tune();
    // 6 ms are the limit, and a request takes as many as there are users.
    expect(loads).toEqual([4, 8, 6, 7]);
    expect(answers).toMatchObject([{ found: 6, note: 'Satisfied' }]);
    expect(exitCode).toBe(0);
  });

  it('ends where the service is not there, and does not halve its load', async () => {
    failureOf = () => 'refused';
    const { answers, exitCode, loads, stderr, tried } = await tune();
    expect({ answers, exitCode, loads }).toEqual({ answers: [], exitCode: 99, loads: [4] });
    expect(stderr).toContain('the search ends: the end of it');
    expect(tried()).toEqual([]);
  });

  it.each([
    ['refuses every request', 'refused', 2],
    ['gets nothing through at a load of which all requests completed before', 'timeout', 3],
  ] as const)('ends, without an answer, where the service goes away: it %s', async (_, kind, from) => {
    failureOf = (_load, before) => (before >= from ? kind : null);
    const { answers, exitCode, loads, stderr, tried } = await tune(2);
    expect({ answers, exitCode }).toEqual({ answers: [], exitCode: 99 });
    expect(loads).toEqual(from === 2 ? [4, 4, 8] : [4, 4, 8, 8]);
    expect(stderr).toContain('the search ends: nothing gets through any more, now parallel 8');
    expect(tried()).toEqual(['parallel_4']);
  });
});
