import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { exampleRecord } from '../../../tests/fixtures/example-record.ts';
import { formatLine } from '../../records/record-line.ts';
import { collectRunData } from '../../stats/run-data.ts';
import { summarizeData } from '../../stats/summarize-data.ts';
import { planGuidedSweep, planRates } from '../../sweep/guided-sweep.ts';
import { renderSweep } from '../../sweep/render-sweep.ts';
import type { PerfRun, PerfRunOptions, PreparedRun, RunPlace } from './perf-run.ts';

/** Requests per second of a service that was never there, one after the other. */
const CAPACITY = 7;
/** Of one request at a time, which waits for the network, too; all at once fill the service, and some more than it can keep up with. */
const CLOSED: Readonly<Record<number, number>> = { 1: 2, 512: 10 };
/** What happened, in its order. */
const log: string[] = [];

vi.mock('./perf-run.ts', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  prepareEngine: () => Promise.resolve({ name: 'node' }),
  executeRun: async (prepared: PreparedRun, _: unknown, { folder, settle }: RunPlace, options: PerfRunOptions) => {
    const { config, starts } = prepared;
    const records = starts === null ? [exampleRecord()] : serve(starts);
    const lines = records.map((record) => `${formatLine('record', record)}\n`);
    writeFileSync(join(folder.path, 'records.jsonl'), lines.join(''));
    const isEnded = starts !== null && starts.length / 60 > CAPACITY;
    // A run that the watch does not end would go on, and the test with it.
    if (isEnded) await new Promise((resolve) => options.enough?.addEventListener('abort', resolve));
    log.push(`${starts === null ? `parallel ${config.parallel}` : `rate ${config.rate}`}${isEnded ? ' ended' : ''}`);
    const path = settle?.(records.length).path ?? folder.path;
    return makeRun(prepared, path, records, starts === null ? (CLOSED[config.parallel] as number) : null);
  },
}));

/** The requests of a schedule by one server, a tenth more or less each, on a clock that holds a second of setup. */
function serve(starts: readonly number[]) {
  let free = 0;
  return starts.map((start, index) => {
    const scheduled_ms = 1000 + start;
    const begin = Math.max(scheduled_ms, free);
    free = begin + (1000 / CAPACITY) * (index % 2 === 0 ? 1.1 : 0.9);
    const ttft_ms = begin - scheduled_ms + 20;
    return exampleRecord({ index, scheduled_ms, late_ms: 0, start_ms: scheduled_ms, ttft_ms, end_ms: free });
  });
}

function makeRun({ config }: PreparedRun, outputDir: string, records: ReturnType<typeof serve>, rate: number | null) {
  const settings = { concurrency: 1, expectedRequests: null, percentileRule: 'quick-start' } as const;
  const summary = summarizeData(collectRunData(records), settings);
  const validity = { verdict: 'VALID', reasons: [] } as const;
  return {
    ...{ config, engine: 'node', outputDir, exitCode: 0, gates: [], intervals: null, validity },
    summary: { ...summary, requests_per_s: rate ?? summary.requests_per_s },
    verdict: { thresholds: [], gates: [], validity, requireValid: false, nothing: null },
    samples: { warmupRequests: 0, closedRequests: 0 },
  } as unknown as PerfRun;
}

// Where a test of another file loaded them before, they hold the run that is not ours.
vi.resetModules();
const { performSweep } = await import('./sweep-run.ts');

it("ends guidellm's sweep at the first rate that the service falls behind, with that point and without the next ones", async () => {
  const outputs = mkdtempSync(join(tmpdir(), 'sweep-run-'));
  const settings = {
    ...{ SWEEP: '6', DURATION: '60s', MODEL: 'm', URL: 'http://127.0.0.1:1/v1', OUTPUTS_DIR: outputs },
    ...{ NO_TIMESTAMP: 'true', QUIET: 'true' },
  };
  const { first = [] } = planGuidedSweep(settings) ?? {};
  let stderr = '';
  const { points, planned, exitCode } = await performSweep({
    ...{ settings, problems: [], passThrough: [], environment: {}, cwd: outputs, points: first },
    ...{ sleepIntervalS: 0, stopsSaturated: true, onPoint: () => undefined },
    extend: (measured) => (measured.length === 2 ? planRates(6, null, CLOSED[1], CLOSED[512]) : []),
    output: { stdout: { write: () => true }, stderr: { write: (text) => (stderr += text) } },
  });
  // Even rates from 2 to 10 in four steps; the service ends 7 a second.
  expect(log).toEqual(['parallel 1', 'parallel 512', 'rate 4', 'rate 6', 'rate 8 ended']);
  expect(points.map(({ over_saturated }) => over_saturated)).toEqual([false, false, false, false, true]);
  expect({ planned, exitCode }).toEqual({ planned: 6, exitCode: 0 });
  expect(stderr).toContain('the service falls behind 8 requests/s, so higher loads are not measured');
  const text = renderSweep(points, planned);
  expect(text).toContain('Over-saturated:  at 8 requests/s; requests in flight and TTFT kept rising');
  expect(text).toContain('Not measured: 1 of 6 points.');
  const file = JSON.parse(readFileSync(join(outputs, 'm', 'sweep.json'), 'utf8'));
  expect(file).toMatchObject({ state: 'stopped', points: [{}, {}, {}, {}, { rate: 8, over_saturated: true }] });
  expect(readdirSync(join(outputs, 'm')).filter((name) => name.startsWith('rate_'))).toHaveLength(3);
});
