import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { type BundleRun, describeEngines, runInEngine } from './support/engines.ts';

/** Most requests fail at once; the others are streams of half a minute, for which a run that ends must not wait. */
const SERVICE = { spin: false, ttftMs: 20, tpotMs: 1000, outputTokens: 30, status: 500, statusRate: 0.8, seed: 1 };
const STREAM_MS = 30_000;

let mock: MockServer;
const folder = mkdtempSync(join(tmpdir(), 'k6-llm-perf-'));
const [thresholds, times] = [join(folder, 'thresholds.json'), join(folder, 'times.csv')];
beforeAll(async () => {
  writeFileSync(thresholds, JSON.stringify({ llm_requests_failed: [{ threshold: 'count<5', abortOnFail: true }] }));
  writeFileSync(times, Array.from({ length: 300 }, (_, index) => index / 10).join('\n'));
  mock = await startMockServer(SERVICE);
});
afterAll(() => mock.close());

const RULES = { errors: { MAX_ERRORS: '5' }, threshold: { THRESHOLDS: thresholds } } as const;
const OPEN = { RATE: '10', DURATION: '30s', MAX_IN_FLIGHT: '40' } as const;
/** Each load beside a rule that its fifth failed request crosses. */
const LOADS = {
  'a closed loop by time': { PARALLEL: '8', DURATION: '30s', ...RULES.threshold },
  'stages of concurrency': { STAGES: '8@0s,8@30s', ...RULES.threshold },
  'a rate': { ...OPEN, ...RULES.threshold },
  'a schedule': { SCHEDULE: times, MAX_IN_FLIGHT: '40', ...RULES.errors },
  'all at once': { RATE: 'inf', NUMBER: '40', ...RULES.errors },
  'a rate with a probe beside it': { ...OPEN, PROBE_RATE: '2', ...RULES.errors },
  'a rate whose users leave': { ...OPEN, CANCEL_RATE: '0.5', CANCEL_AFTER: '500ms', ...RULES.errors },
} as const;

describeEngines('a rule that is crossed', (engine) => {
  let runs: ReadonlyMap<string, BundleRun>;
  beforeAll(async () => {
    const settings = { URL: `${mock.url}/v1/chat/completions`, MODEL: 'm', CONNECT_PROBES: 'false' };
    const run = async ([name, load]: [string, Readonly<Record<string, string>>]) =>
      [name, await runInEngine(engine, 'openqa', { ...settings, NO_TEST_CONNECTION: 'true', ...load })] as const;
    runs = new Map(await Promise.all(Object.entries(LOADS).map(run)));
  }, 60_000);

  it.each(Object.keys(LOADS))('ends %s soon, with what was measured', (name) => {
    const { exitCode, stdout, records } = runs.get(name) as BundleRun;
    expect(exitCode).toBe(99);
    const measured = records.filter(({ probe }) => probe !== true);
    const ends = measured.filter(({ failure }) => failure?.kind === 'http-status').map(({ end_ms }) => end_ms);
    const crossedMs = ends.sort((a, b) => a - b)[4] as number;
    // Both engines look every 2 s, and a busy machine is later; no stream is waited for.
    expect(Math.max(...measured.map(({ end_ms }) => end_ms)) - crossedMs).toBeLessThan(STREAM_MS / 2);
    const row = (key: string): number => Number(new RegExp(`\\| ${key} +\\| (\\d+)`).exec(stdout)?.[1] ?? 0);
    const cancelled = measured.filter(({ outcome }) => outcome === 'cancelled').length;
    // A request that the end of a run closed may have no record; it counts as aborted.
    expect(row('Total requests')).toBeGreaterThanOrEqual(measured.length);
    expect(row('Failed requests') + row('Succeed requests') + cancelled).toBe(row('Total requests'));
  });
});
