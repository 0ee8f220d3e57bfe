import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { exampleRecord } from '../../../tests/fixtures/example-record.ts';
import { planRepeats } from '../../repeats/repeat-flags.ts';
import { collectRunData } from '../../stats/run-data.ts';
import { summarizeData } from '../../stats/summarize-data.ts';
import type { PerfRun, PreparedRun, RunPlace } from './perf-run.ts';

/** In which run the user stops. */
let stopsIn = 0;
let runs = 0;
let stopper = new AbortController();

vi.mock('./perf-run.ts', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  prepareEngine: () => Promise.resolve({ name: 'node' }),
  executeRun: ({ config }: PreparedRun, _: unknown, { folder }: RunPlace) => {
    runs += 1;
    if (runs === stopsIn) stopper.abort();
    const data = collectRunData([exampleRecord({ index: 0 })]);
    const validity = { verdict: 'VALID', reasons: [] } as const;
    return Promise.resolve({
      ...{
        config,
        engine: 'node',
        outputDir: folder.path,
        exitCode: runs === stopsIn ? 105 : 0,
        intervals: null,
        validity,
      },
      summary: summarizeData(data, { concurrency: 1, expectedRequests: 1, percentileRule: 'linear' }),
      verdict: { thresholds: [], gates: [], validity, requireValid: false, nothing: null },
      samples: { warmupRequests: 0, closedRequests: 0 },
    } as unknown as PerfRun);
  },
}));

// Where a test of another file loaded them before, they hold the run that is not ours.
vi.resetModules();
const { performRepeats } = await import('./repeat-run.ts');

async function repeat(stopped: number) {
  [stopsIn, runs, stopper] = [stopped, 0, new AbortController()];
  const outputs = mkdtempSync(join(tmpdir(), 'repeat-run-'));
  const settings = {
    ...{ RUNS: '3', NUMBER: '1', MODEL: 'm', URL: 'http://127.0.0.1:1/v1', OUTPUTS_DIR: outputs },
    ...{ NO_TIMESTAMP: 'true', QUIET: 'true' },
  };
  let stderr = '';
  const { file, exitCode } = await performRepeats({
    ...{ settings, problems: [], passThrough: [], environment: {}, cwd: outputs, sleepIntervalS: 0 },
    ...{ signal: stopper.signal, plan: planRepeats(settings) as NonNullable<ReturnType<typeof planRepeats>> },
    onRun: () => undefined,
    output: { stdout: { write: () => true }, stderr: { write: (text) => (stderr += text) } },
  });
  const folders = readdirSync(join(outputs, 'm')).filter((name) => name.startsWith('run_'));
  return { exitCode, stderr, folders, state: file.state, measured: file.measured.length };
}

it('leaves a run that a stop cuts short out of the numbers of all, with its folder, unless it is the only one', async () => {
  const second = await repeat(2);
  expect(second).toMatchObject({ exitCode: 105, state: 'stopped', measured: 1, folders: ['run_1', 'run_2'] });
  expect(second.stderr).toContain('run 2 was cut short, so it is in no number of all runs');
  expect(await repeat(1)).toMatchObject({
    exitCode: 105,
    state: 'stopped',
    measured: 1,
    folders: ['run_1'],
    stderr: '',
  });
  expect(await repeat(0)).toMatchObject({ exitCode: 0, state: 'complete', measured: 3 });
});
