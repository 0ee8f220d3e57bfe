import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { type BundleRun, describeEngines, describeK6, runInEngine } from './support/engines.ts';

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer({ spin: false, ttftMs: 15, tpotMs: 1, outputTokens: 5 });
});
afterAll(() => mock.close());

/** The value of a row of the tables as they are printed. */
function row(text: string, key: string): string | undefined {
  return new RegExp(`\\| ${key} +\\| (\\S+) `).exec(text)?.[1];
}

describeEngines('a run', (engine) => {
  const run = (settings: Readonly<Record<string, string>>) =>
    runInEngine(engine, 'openqa', {
      ...{ URL: `${mock.url}/v1/chat/completions`, MODEL: 'm', NO_TEST_CONNECTION: 'true', CONNECT_PROBES: 'false' },
      ...settings,
    });
  const allFail = { HEADERS: 'x-mock-status=500' };

  /** All runs of which no moment is asserted, at once. */
  const SETTINGS = {
    closed: { PARALLEL: '3', DURATION: '20s', MAX_ERROR_RATE: '0.5', THRESHOLDS: 'smoke', ...allFail },
    // No more than there are places: all of its VUs have a request, and none starts when another one has ended.
    open: { RATE: '6', NUMBER: '60', MAX_ERROR_RATE: '0.9', ...allFail },
    few: { PARALLEL: '2', NUMBER: '8', MAX_ERROR_RATE: '0.5', MAX_ERRORS: '3', ...allFail },
    good: {
      ...{ PARALLEL: '2', NUMBER: '20', MAX_ERROR_RATE: '0.5', THRESHOLDS: 'smoke' },
      HEADERS: 'x-mock-status=500,x-mock-fail-first=6',
    },
    openWarmup: { RATE: '100', ARRIVAL: 'constant', DURATION: '1s', WARMUP_DURATION: '500ms' },
    closedWarmup: { PARALLEL: '2', NUMBER: '160', WARMUP_DURATION: '800ms' },
  } as const;
  /** After those, since a loop whose requests all fail keeps the machine busy. */
  const CHANGING = {
    stages: { STAGES: '2@20s', MAX_ERRORS: '5', ...allFail },
    rateStages: { RATE_STAGES: '20@20s', MAX_ERROR_RATE: '0.5', ...allFail },
  } as const;
  let runs: Record<keyof typeof SETTINGS | keyof typeof CHANGING, BundleRun>;
  beforeAll(async () => {
    const runAll = (all: Readonly<Record<string, Readonly<Record<string, string>>>>) =>
      Promise.all(Object.entries(all).map(async ([name, settings]) => [name, await run(settings)] as const));
    runs = Object.fromEntries([...(await runAll(SETTINGS)), ...(await runAll(CHANGING))]) as typeof runs;
  }, 60_000);

  it('ends where more requests than max-error-rate fail, with 99, and says by which rule', () => {
    const { exitCode, stdout, records } = runs.closed;
    expect(exitCode).toBe(99);
    expect(records.length).toBeGreaterThanOrEqual(10);
    // Thresholds are looked at every 2 s.
    expect(Math.max(...records.map(({ end_ms }) => end_ms))).toBeLessThan(8000);
    expect(stdout).toContain('crossed  --max-error-rate: 0.5');
    expect(Number(row(stdout, 'Failed requests'))).toBeGreaterThanOrEqual(records.length);
  });

  it('of an open loop ends so while its last requests still wait for their time', () => {
    const { exitCode, stdout, records } = runs.open;
    expect(exitCode).toBe(99);
    expect(records.length).toBeLessThan(58);
    expect(stdout).toContain('crossed  --max-error-rate: 0.9');
  });

  it.each(['closed', 'stages', 'rateStages'] as const)('ends soon after the rule is crossed: %s', (name) => {
    const { exitCode, stdout, records } = runs[name];
    const isCount = name === 'stages';
    expect(exitCode).toBe(99);
    const rule = isCount ? 'errors: 5' : 'error-rate: 0.5';
    expect(stdout).toContain(`crossed  --max-${rule}`);
    // From the fifth, or the tenth, of requests that all fail; both look every 2 s, and a busy machine is later.
    const ends = records.map(({ end_ms }) => end_ms).sort((a, b) => a - b);
    const crossedMs = ends[isCount ? 4 : 9] as number;
    expect(Math.max(...records.map(({ start_ms }) => start_ms)) - crossedMs).toBeLessThan(3500);
  });

  it('goes on below the rate, and where fewer than ten requests have finished; max-errors counts alone', () => {
    expect([runs.few.exitCode, runs.few.records.length]).toEqual([99, 8]);
    expect(runs.few.stdout).toContain('crossed  --max-errors: 3');
    expect(runs.few.stdout).not.toContain('crossed  --max-error-rate');
    expect(runs.good.stdout).not.toContain('--max-error');
  });

  it('follows stages of concurrency, and leaves out what starts within the warm-up', async () => {
    const settings = { STAGES: '1@600ms,4@0s,4@700ms', WARMUP_DURATION: '300ms' };
    const { exitCode, stdout, records } = await run(settings);
    expect(exitCode).toBe(0);
    const begin = Math.min(...records.map(({ start_ms }) => start_ms));
    const inFlight = (ms: number): number =>
      records.filter(({ start_ms, end_ms }) => start_ms - begin <= ms && end_ms - begin > ms).length;
    const most = (from: number, to: number): number =>
      Math.max(...[...Array((to - from) / 10).keys()].map((step) => inFlight(from + step * 10)));
    expect([most(0, 500), most(750, 1200)]).toEqual([1, 4]);
    for (const { start_ms, warmup } of records) {
      // k6 starts its VUs up to some milliseconds after the scenario.
      if (Math.abs(start_ms - begin - 300) > 60) expect(warmup === true).toBe(start_ms - begin < 300);
    }
    expect(records.every(({ outcome }) => outcome === 'completed')).toBe(true);
    // The step has no time, and a start within some milliseconds of it, or of the end, may be on either side.
    for (const { start_ms, warmup, stage } of records) {
      const at = start_ms - begin;
      const isClear = Math.abs(at - 600) > 60 && at < 1240;
      if (warmup !== true && isClear) expect(stage).toBe(at < 600 ? 1 : 3);
    }
    expect(row(stdout, 'Number of concurrency')).toBe('4');
    expect(stdout).toContain('In flight, by --stages: 1 for 0.6 s, 4 at once, to 4 in 0.7 s;');
    expect(stdout).not.toContain('Load: k6 ran');
  });

  it('of an open loop knows its warm-up beforehand, and that of a number counts it in', () => {
    const { openWarmup: open, closedWarmup: closed } = runs;
    const warmups = open.records.filter(({ warmup }) => warmup === true);
    // One start every 10 ms, the first at 10 ms: 49 of them before 500 ms, 99 before 1 s.
    expect([open.records.length, warmups.length]).toEqual([99, 49]);
    expect(row(open.stdout, 'Expected number of requests')).toBe('50');
    expect(Number(row(open.stdout, 'Rate by the schedule \\(requests/s\\)'))).toBeCloseTo(100, 1);
    expect(`${open.stdout}${open.stderr}`).toContain('room for 99 requests; 99 start in the busiest 30 s');
    expect(open.exitCode).toBe(0);
    expect(closed.records).toHaveLength(160);
    expect(Number(row(closed.stdout, 'Total requests'))).toBe(closed.records.filter(({ warmup }) => !warmup).length);
    expect(closed.records.filter(({ warmup }) => warmup === true).length).toBeGreaterThanOrEqual(2);
  });
});

describeK6('pods of an open loop', () => {
  // Each has every second request, and a place for each of them: none starts when another one has ended.
  it('end by the rule, each of them by its own requests', async () => {
    const settings = {
      ...{ URL: `${mock.url}/v1/chat/completions`, MODEL: 'm', NO_TEST_CONNECTION: 'true', CONNECT_PROBES: 'false' },
      ...{ RATE: '16', NUMBER: '96', MAX_ERROR_RATE: '0.5', HEADERS: 'x-mock-status=500' },
    };
    const pods = await Promise.all(
      ['0:1/2', '1/2:1'].map((segment) =>
        runInEngine('k6', 'openqa', settings, [
          ...['--execution-segment', segment, '--execution-segment-sequence', '0,1/2,1'],
        ]),
      ),
    );
    for (const { exitCode, stdout, records } of pods) {
      expect(exitCode).toBe(99);
      expect(stdout).toContain('crossed  --max-error-rate: 0.5');
      expect(records.length).toBeLessThan(48);
    }
  }, 30_000);
});
