import { afterAll, beforeAll, expect, it } from 'vitest';
import { planStarts } from '../lib/load/plan-starts.ts';
import type { RequestRecord } from '../lib/measure/request-record.ts';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { createFolder, runCli } from './support/cli.ts';
import { describeEngines, describeK6, runInEngine } from './support/engines.ts';
import { readTimings } from './support/mock-process.ts';
import { percentileOnPaper, waitsOnPaper } from './support/stalled-service.ts';

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer({ spin: false, ttftMs: 3, tpotMs: 1, outputTokens: 6 });
});
afterAll(() => mock.close());

const settingsFor = ({ url }: { readonly url: string }) => ({
  ...{ URL: `${url}/v1/chat/completions`, MODEL: 'm', NO_TEST_CONNECTION: 'true', CONNECT_PROBES: 'false' },
});

/** What `--rate` and `--number` mean with the default seed. */
function planned(rate: number, number: number): number[] {
  const none = { rateStages: null, ramp: null, times: null, durationS: null };
  return planStarts({ ...none, rate, number, arrival: 'poisson', shape: 1, seed: 42 });
}

/** Where the load began on the clock of its run, by each record: the same by all where all were due at their time. */
function beginningsOf(records: readonly RequestRecord[], starts: readonly number[]): number[] {
  return records.map(({ scheduled_ms, index }) => (scheduled_ms ?? Number.NaN) - (starts[index] as number));
}

function expectOneBeginning(records: readonly RequestRecord[], starts: readonly number[]): void {
  const beginnings = beginningsOf(records, starts);
  // Records are written to the microsecond.
  expect(Math.max(...beginnings) - Math.min(...beginnings)).toBeLessThan(0.01);
  for (const { late_ms } of records) expect(late_ms).toBeGreaterThanOrEqual(-2);
}

describeEngines('the schedule of an open loop', (engine) => {
  it('is the one of its seed, whatever the number of places', async () => {
    const settings = { ...settingsFor(mock), RATE: '40', NUMBER: '20' };
    const runs = ['2', '12'].map((places) => runInEngine(engine, 'openqa', { ...settings, MAX_IN_FLIGHT: places }));
    for (const { records, exitCode } of await Promise.all(runs)) {
      expect(exitCode).toBe(0);
      expect(records.map(({ index }) => index)).toEqual(Array.from({ length: 20 }, (_, index) => index));
      expectOneBeginning(records, planned(40, 20));
    }
  });

  // Of 50 requests in 2 s about fifteen meet a pause of 0.6 s; in the closed loop two of 220 do.
  it('shows what users waited for while a service stood still, which a closed loop does not', async () => {
    const pause = { pauseAtMs: 700, pauseMs: 600 };
    const run = async (settings: Readonly<Record<string, string>>) => {
      const stalled = await startMockServer({ spin: false, ttftMs: 10, outputTokens: 1, ...pause });
      const ran = await runInEngine(engine, 'openqa', { ...settingsFor(stalled), ...settings });
      await stalled.close();
      return ran;
    };
    const open = await run({ RATE: '25', NUMBER: '50', MAX_IN_FLIGHT: '10' });
    const closed = await run({ PARALLEL: '2', NUMBER: '220' });
    const paper = percentileOnPaper(waitsOnPaper(planned(25, 50), { latencyMs: 10, ...pause }, 10), 99);
    // In the full size, which is a benchmark, they lie within 5 %.
    const shown = rowOf(open.stdout, 'Latency from the schedule, p99 (ms)');
    expect(Math.abs(shown - paper) / paper).toBeLessThan(0.1);
    const latencies = closed.records.map(({ latency_ms }) => latency_ms ?? 0);
    // Two of 220 are below one percent; a busy machine may add some, which the pause is longer than.
    expect(percentileOnPaper(latencies, 95)).toBeLessThan(paper / 2);
  });
});

describeEngines('a load that is ready after START_AT', (engine) => {
  it('waited for itself until then, and for no place, and the verdict says what to set', async () => {
    // The service answers the connection test half a second after the load should begin.
    const slow = await startMockServer({ spin: false, ttftMs: 5, outputTokens: 1, pauseAtMs: 0, pauseMs: 5500 });
    const START_AT = new Date(Date.now() + 5000).toISOString();
    const settings = { ...settingsFor(slow), NO_TEST_CONNECTION: 'false', RATE: '20', NUMBER: '40', START_AT };
    const { records, samplesPath } = await runInEngine(engine, 'openqa', { ...settings, MAX_IN_FLIGHT: '4' });
    await slow.close();
    const beginMs = beginningsOf(records, planned(20, 40))[0] as number;
    const readyMs = Math.min(...records.map(({ start_ms }) => start_ms));
    expect(readyMs - beginMs).toBeGreaterThan(400);
    for (const { scheduled_ms, start_ms, late_ms, queued_ms } of records) {
      // Until it was ready a request did not wait for a place; from then on it may.
      expect(queued_ms as number).toBeLessThanOrEqual(start_ms - readyMs + 10);
      if ((scheduled_ms as number) < readyMs) expect((late_ms as number) - (queued_ms as number)).toBeGreaterThan(-10);
    }
    const { stdout } = await runCli(['report', samplesPath, '--outputs-dir', createFolder()]);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /the load was ready \d\.\d{3} s after --start-at: set it later \(START_AT\)/,
    );
    expect(stdout).toContain('INVALID');
  }, 30_000);
});

describeEngines('a probe beside the load', (engine) => {
  it('has records, rows and gates of its own, and is in no number of the load', async () => {
    const settings = { ...settingsFor(mock), RATE: '20', NUMBER: '20', PROBE_RATE: '10', PROBE_PROMPT: 'hi' };
    const { records, stdout, samplesPath, exitCode } = await runInEngine(engine, 'openqa', settings);
    expect(exitCode).toBe(0);
    const probes = records.filter(({ probe }) => probe === true);
    expect(records.length - probes.length).toBe(20);
    expect(probes.length).toBeGreaterThan(2);
    for (const { scenario, dataset_index } of probes) expect([scenario, dataset_index]).toEqual(['probe', null]);
    expect(rowOf(stdout, 'Total requests')).toBe(20);
    expect(rowOf(stdout, 'Expected number of requests')).toBe(20);
    expect(rowOf(stdout, 'Total output tokens')).toBe(120);
    expect(rowOf(stdout, 'Probe: requests')).toBe(probes.length);
    const folder = ['--outputs-dir', createFolder(), '--name', 'probe', '--no-timestamp'];
    const gates = ['--gate', 'p99(ttft){scenario:probe}<10s', '--gate', 'failure_rate{scenario:probe}<0.01'];
    const report = await runCli(['report', samplesPath, ...folder, ...gates]);
    expect(report.stdout).toContain('Gates: 2 passed, 0 crossed');
    expect(rowOf(report.stdout, 'Total requests')).toBe(20);
    expect(rowOf(report.stdout, 'Probe: requests')).toBe(probes.length);
  });

  it('goes on through stages at 0', async () => {
    const settings = { ...settingsFor(mock), STAGES: '1@1s,0@0s,0@1s,1@0s,1@1s', PROBE_RATE: '4' };
    const { records, exitCode } = await runInEngine(engine, 'openqa', settings);
    expect(exitCode).toBe(0);
    const starts = (isProbe: boolean): number[] =>
      records.filter(({ probe }) => (probe === true) === isProbe).map(({ start_ms }) => start_ms);
    const [load, probes] = [starts(false).sort((a, b) => a - b), starts(true)];
    const lull = load.findIndex((start, index) => start - (load[index - 1] ?? start) > 900);
    const [from, to] = [load[lull - 1] as number, load[lull] as number];
    // Due every 250 ms.
    expect(probes.filter((start) => start > from && start < to).length).toBeGreaterThan(1);
    expect(probes.filter((start) => start > to).length).toBeGreaterThan(1);
  });

  // The answer takes 0.6 s; the probe begins half a gap after the load, at 0.5 s.
  it('ends with the load, and what is under way is closed', async () => {
    const slow = await startMockServer({ spin: false, ttftMs: 10, tpotMs: 10, outputTokens: 60 });
    const settings = { ...settingsFor(slow), NUMBER: '1', PROBE_RATE: '1' };
    const { records, exitCode } = await runInEngine(engine, 'openqa', settings);
    const timings = await readTimings(slow);
    await slow.close();
    expect(exitCode).toBe(0);
    expect(records.map(({ scenario, outcome }) => [scenario, outcome])).toEqual([['openqa', 'completed']]);
    expect(timings.map(({ aborted }) => aborted)).toEqual([false, true]);
  });
});

/** A number of the tables as they are printed. */
function rowOf(text: string, key: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`| ${key} `));
  return Number(line?.split('|')[2]);
}

describeK6('pods of an open loop', () => {
  const SEGMENTS = ['0:1/2', '1/2:1'];
  const runPods = (settings: Readonly<Record<string, string>>) =>
    Promise.all(
      SEGMENTS.map((segment) =>
        runInEngine('k6', 'openqa', { ...settingsFor(mock), RATE: '20', NUMBER: '20', RUN_ID: 'pods', ...settings }, [
          ...['--execution-segment', segment, '--execution-segment-sequence', '0,1/2,1'],
        ]),
      ),
    );

  it('send every request once, each at its time after the beginning of its own pod', async () => {
    const pods = await runPods({});
    expect(pods.flatMap(({ records }) => records.map(({ index }) => index)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, index) => index),
    );
    for (const { records, stdout } of pods) {
      expect(records).toHaveLength(10);
      expectOneBeginning(records, planned(20, 20));
      // Of 20 starts 19 lie between the first and the last; a pod has half of them.
      const starts = planned(20, 20);
      const perSecond = 19_000 / ((starts.at(-1) as number) - (starts[0] as number)) / 2;
      expect(rowOf(stdout, 'Rate by the schedule (requests/s)')).toBeCloseTo(perSecond, 2);
    }
    const files = pods.map(({ samplesPath }) => samplesPath);
    const { stdout } = await runCli(['report', ...files, '--outputs-dir', createFolder()]);
    // Beginnings are whole milliseconds, so two pods may have the same one, and need no advice then.
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /The loads of 2 instances began (0\.000 s apart by their clocks\.|\d+\.\d{3} s apart by their clocks; --start-at \(START_AT\) gives an open loop one beginning\.)/,
    );
  }, 30_000);

  it('begin together at START_AT', async () => {
    const moment = Date.now() + 5000;
    const pods = await runPods({ START_AT: new Date(moment).toISOString(), NUMBER: '10' });
    const starts = planned(20, 10);
    for (const { records } of pods) {
      expectOneBeginning(records, starts);
      const epochs = records.map(({ started_at, start_ms }) => Date.parse(started_at) - start_ms);
      const epoch = epochs.sort((a, b) => a - b)[records.length >> 1] as number;
      expect(Math.abs(epoch + (beginningsOf(records, starts)[0] as number) - moment)).toBeLessThan(5);
    }
    const files = pods.map(({ samplesPath }) => samplesPath);
    const { stdout } = await runCli(['report', ...files, '--outputs-dir', createFolder()]);
    expect(stdout).toContain('The loads of 2 instances began 0.000 s apart by their clocks.');
  }, 30_000);
});
