import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { exampleFailure, exampleRecord } from '../../../tests/fixtures/example-record.ts';
import { OPEN_LOOP } from '../../../tests/fixtures/example-summary.ts';
import type { Side } from '../../search/gate-side.ts';
import type { PlannedProbe } from '../../search/probe.ts';
import { renderProbeLine, renderSearch } from '../../search/render-search.ts';
import { planSearch } from '../../search/search-flags.ts';
import type { SearchProbe } from '../../search/search-json.ts';
import { choosePercentile } from '../../stats/percentile-rule.ts';
import { collectRunData } from '../../stats/run-data.ts';
import { summarizeData } from '../../stats/summarize-data.ts';
import { judgeGates } from '../../verdict/judge-gates.ts';
import type { FollowedProbe, ProbeFollowerOptions } from './follow-probe.ts';
import type { PerfRun, PerfRunOptions, PreparedRun, RunPlace } from './perf-run.ts';

/** A service that was never there: what each probe shows, and what becomes of its run. */
interface FakeService {
  sideOf: (probe: PlannedProbe) => Side;
  /** 0: it came to its end. */
  exitCodeOf: (probe: PlannedProbe, signal: AbortSignal | undefined) => number;
  failedOf: (probe: PlannedProbe) => number;
  closedOf: (probe: PlannedProbe) => number;
  /** Starts per second, of the load that was asked for; null: a closed loop. */
  reachedOf: (probe: PlannedProbe) => number | null;
  /** By how much its starts are late, by the client. */
  lateOf: (probe: PlannedProbe) => number;
  throws: Error | null;
  /** In the order in which they happened. */
  log: string[];
}

const HEALTHY: Omit<FakeService, 'log'> = {
  sideOf: ({ load }) => (load <= 6.5 ? 'holds' : 'crossed'),
  exitCodeOf: () => 0,
  failedOf: () => 0,
  closedOf: () => 0,
  reachedOf: () => null,
  lateOf: () => 0,
  throws: null,
};
const service: FakeService = { ...HEALTHY, log: [] };
let probing: PlannedProbe | null = null;
/** By how much its starts are late. */
let latestMs = 0;
const REQUESTS = 4;

vi.mock('./follow-probe.ts', () => ({
  followProbe: ({ probe, onEnough }: ProbeFollowerOptions) => {
    probing = probe;
    latestMs = service.lateOf(probe);
    return (): Promise<FollowedProbe> => {
      const side = service.sideOf(probe);
      if (side !== 'unresolved') onEnough();
      const open = side === 'unresolved' ? ['avg(ttft)<500'] : [];
      return Promise.resolve({ side, requests: REQUESTS, open, margins: [], latestMs });
    };
  },
}));

vi.mock('./point-run.ts', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  pause: (seconds: number, signal: AbortSignal | undefined) => {
    service.log.push(`pause ${seconds}`);
    return Promise.resolve(signal?.aborted !== true);
  },
}));

vi.mock('./perf-run.ts', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  prepareEngine: () => Promise.resolve({ name: 'node' }),
  executeRun: (prepared: PreparedRun, _: unknown, { folder }: RunPlace, options: PerfRunOptions) => {
    const probe = probing as PlannedProbe;
    const { datasetOffset } = prepared.config;
    service.log.push(`${probe.kind} ${probe.load} from ${datasetOffset}`);
    if (service.throws !== null) return Promise.reject(service.throws);
    return Promise.resolve(makeRun(prepared, folder.path, service.exitCodeOf(probe, options.signal), probe));
  },
}));

/** A run of four requests, of which some failed. */
function makeRun({ config, gates }: PreparedRun, outputDir: string, exitCode: number, probe: PlannedProbe): PerfRun {
  const failed = service.failedOf(probe);
  const records = Array.from({ length: REQUESTS }, (_, index) =>
    index < failed ? exampleFailure({ index }) : exampleRecord({ index }),
  );
  const data = collectRunData(records);
  const percentile = choosePercentile('quick-start');
  const reached = service.reachedOf(probe);
  const isKept = (reached === null || reached >= probe.load) && latestMs === 0;
  const validity = {
    verdict: isKept ? 'VALID' : 'INVALID',
    reasons: isKept ? [] : [`${reached} of ${probe.load} requests/s were reached`],
    client_errors: [],
  };
  const summary = summarizeData(data, { concurrency: 1, expectedRequests: REQUESTS, percentileRule: 'quick-start' });
  const open_loop =
    reached === null
      ? null
      : {
          ...{ ...OPEN_LOOP, scheduled_per_s: probe.load, achieved_per_s: Math.min(reached, probe.load) },
          // The service is too slow, and keeps all places busy.
          queued_p99_ms: reached < probe.load ? 500 : 0,
        };
  return {
    config,
    engine: 'node',
    outputDir,
    exitCode,
    summary: { ...summary, open_loop, late_p99_ms: latestMs },
    gates: judgeGates(gates, data, { percentile, unfinishedRequests: 0, droppedIterations: 0 }),
    intervals: null,
    validity,
    verdict: {
      thresholds: [],
      gates: [],
      validity,
      requireValid: false,
      nothing:
        summary.completed_requests > 0
          ? null
          : { state: 'none-completed', text: 'nothing was measured: the end of it' },
    },
    samples: { warmupRequests: 1, closedRequests: service.closedOf(probe) },
    text: 'the end of it',
  } as unknown as PerfRun;
}

// Where a test of another file loaded them before, they hold the run that is not ours.
vi.resetModules();
const { performSearch } = await import('./search-run.ts');

interface Searched {
  readonly find?: Readonly<Record<string, string>>;
  readonly onProbe?: (probe: SearchProbe, stop: () => void) => void;
  readonly stopper?: AbortController;
}

async function search({ find = {}, onProbe, stopper = new AbortController() }: Searched = {}) {
  const outputs = mkdtempSync(join(tmpdir(), 'search-run-'));
  const settings: Record<string, string> = {
    ...{ FIND: 'max-parallel', FIND_TO: '16', GATES: 'avg(ttft)<500', MODEL: 'm', URL: 'http://127.0.0.1:1/v1' },
    ...{ OUTPUTS_DIR: outputs, NO_TIMESTAMP: 'true', QUIET: 'true', DATASET_OFFSET: '3', ...find },
  };
  let stderr = '';
  const result = await performSearch({
    ...{ settings, problems: [], passThrough: [], environment: {}, cwd: outputs, signal: stopper.signal },
    output: { stdout: { write: () => true }, stderr: { write: (text) => (stderr += text) } },
    search: planSearch(settings) as NonNullable<ReturnType<typeof planSearch>>,
    sleepIntervalS: 7,
    onProbe: (probe) => onProbe?.(probe, () => stopper.abort()),
  });
  const path = join(outputs, 'm', 'search.json');
  return { ...result, stderr, outputs, saved: existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null };
}

beforeEach(() => {
  Object.assign(service, HEALTHY, { log: [] });
});

describe('performSearch', () => {
  it('tries each load once, goes on in the dataset, and cools down between two probes', async () => {
    const { file, saved, exitCode, outputs } = await search();
    // By hand: 1, 2, 4 and 8 bracket 6.5; √(4·8) is 5.7, √(6·8) 6.9; then a step either way of √(6·7).
    const loads = ['look 1', 'look 2', 'look 4', 'look 8', 'look 6', 'look 7', 'resolve 6', 'resolve 7'];
    // Four requests and a warm-up request each.
    const probes = loads.map((load, i) => `${load} from ${3 + 5 * i}`);
    expect(service.log).toEqual(probes.flatMap((probe, i) => (i === 0 ? [probe] : ['pause 7', probe])));
    expect(file.answer).toEqual({ found: 'between', low: 6, high: 7, best: 6 });
    expect(exitCode).toBe(0);
    expect(saved).toMatchObject({ state: 'complete', requests: 32, answer: file.answer });
    expect(readdirSync(join(outputs, 'm', 'search'))).toHaveLength(8);
    expect(readdirSync(join(outputs, 'm')).sort()).toEqual(['perf_report.html', 'search', 'search.json']);
  });

  it('counts what the end of a probe closes as sent alone, and goes on after it in the dataset', async () => {
    service.closedOf = ({ kind }) => (kind === 'resolve' ? 3 : 0);
    const { saved } = await search();
    // Eight probes of four requests; of the two that resolve, three requests each were closed.
    expect(saved).toMatchObject({ requests: 32, sent_requests: 38 });
    // 3, seven probes of four requests and a warm-up request each, and the three that resolve 6 closed.
    expect(service.log.at(-1)).toBe('resolve 7 from 41');
    expect(renderSearch(saved)).toContain(
      'It took 32 requests in 8 probes, and 6 more that were sent before a probe ended.',
    );
  });

  it('says which gates no probe can prove, and how many requests that takes', async () => {
    const { file, saved } = await search({ find: { GATES: 'success_rate>=0.999' } });
    expect(saved.unproven).toEqual([{ gate: 'success_rate>=0.999', needs: 4380 }]);
    expect(renderSearch(file)).toContain(
      'Unresolved at 1500 requests, and taken as observed:\n  success_rate>=0.999 (needs 4380 without a bad one)\n',
    );
  });

  it.each([1, 9.9, 127])('has a limit of %d in its interval', async (limit) => {
    service.sideOf = ({ load }) => (load <= limit ? 'holds' : 'crossed');
    const { file } = await search({ find: { FIND_TO: '128' } });
    expect(file.answer?.found).toBe('between');
    expect(file.answer?.low).toBeLessThanOrEqual(limit);
    expect(file.answer?.high).toBeGreaterThan(limit);
    expect(new Set(service.log.filter((line) => line !== 'pause 7')).size).toBe(file.probes.length);
    const places = file.probes.map(({ kind, load }) => `${kind} ${load}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it('goes further off where a load cannot be told, and never asks for it again', async () => {
    service.sideOf = ({ load, kind }) =>
      kind === 'resolve' && Math.abs(load - 6.5) < 1.6 ? 'unresolved' : load <= 6.5 ? 'holds' : 'crossed';
    const { file, exitCode } = await search();
    const resolved = file.probes.filter(({ kind }) => kind === 'resolve').map(({ load, side }) => `${load} ${side}`);
    expect(resolved).toEqual(['6 unresolved', '5 unresolved', '4 holds', '7 unresolved', '8 unresolved', '9 crossed']);
    expect(file.answer).toEqual({ found: 'between', low: 4, high: 9, best: 6 });
    expect(renderSearch(file)).toContain('Unresolved at parallel 8 after 4 requests: avg(ttft)<500\n');
    expect(file.probes.map(renderProbeLine).join('')).toContain(
      'parallel 8, resolve: unresolved by avg(ttft)<500 after 4 requests',
    );
    expect(exitCode).toBe(0);
  });

  it('says 99 where no load is good, and 0 where all of them are', async () => {
    service.sideOf = () => 'crossed';
    expect(await search()).toMatchObject({ exitCode: 99, file: { state: 'complete', answer: { found: 'none' } } });
    service.sideOf = () => 'holds';
    expect(await search()).toMatchObject({
      exitCode: 0,
      file: { state: 'complete', answer: { found: 'all', low: 16 } },
    });
    service.sideOf = ({ kind }) => (kind === 'look' ? 'holds' : 'unresolved');
    expect(await search()).toMatchObject({ exitCode: 99, file: { answer: { found: 'none', high: null } } });
  });

  it('calls no rate its answer that was not reached, whatever the gates say, and tells why', async () => {
    service.sideOf = () => 'holds';
    // All gates hold at every rate, and nothing starts faster than 1 request/s; the last of four at 2/s is then 1.5 s late.
    service.reachedOf = () => 1;
    const { file } = await search({ find: { FIND: 'max-rate', FIND_TO: '64' } });
    expect(file.answer?.found).toBe('between');
    expect(file.answer?.low).toBeLessThanOrEqual(1);
    expect(file.answer?.high).toBeLessThan(1.2);
    const text = renderSearch(file);
    expect(text).toMatch(/Measurement at 2 requests\/s, .* more: INVALID: 1 of 2 requests\/s were reached\n/);
    expect(text).toMatch(/\nThe largest load at which all gates hold: .*\n$/);
    const line = file.probes.map(renderProbeLine).find((each) => each.startsWith('2 requests/s, look'));
    expect(line).toMatch(/crossed after 4 requests \(.*\), INVALID\n$/);
  });

  it('tries a load again where the client was late, which says nothing about the service', async () => {
    let late = 2;
    service.lateOf = ({ load, kind }) => (load === 8 && kind === 'look' && late-- > 0 ? 12 : 0);
    const { file, exitCode, stderr, outputs } = await search({ find: { QUIET: 'false' } });
    expect(file.answer).toEqual({ found: 'between', low: 6, high: 7, best: 6 });
    expect(exitCode).toBe(0);
    expect(file.probes.filter(({ load }) => load === 8).map(({ side, folder }) => [side, folder])).toEqual([
      ['unresolved', 'search/parallel_8_look'],
      ['unresolved', 'search/parallel_8_look_2'],
      ['crossed', 'search/parallel_8_look_3'],
    ]);
    expect(readdirSync(join(outputs, 'm', 'search'))).toContain('parallel_8_look_3');
    expect(stderr).toContain('probe 5: parallel 8, look, again, 30 requests\n');
    // Of 200 to 1,500 requests, by lib/search/probe.ts.
    expect(stderr).toContain('parallel 6, resolve, 200 to 1500 requests\n');
  });

  it('ends after three probes in a row that the client spoiled, blames it, and says what to do', async () => {
    service.sideOf = ({ load }) => (load >= 8 ? 'crossed' : 'holds');
    // At 4 the gates hold although the client is late, which only adds to times.
    service.lateOf = ({ load }) => (load >= 4 ? 12 : 0);
    const { file, saved, exitCode } = await search({ find: { FIND: 'max-rate', FIND_TO: '64' } });
    expect(file.probes.map(({ load }) => load)).toEqual([1, 2, 4, 8, 8, 8]);
    expect([exitCode, saved.state, saved.answer]).toEqual([99, 'stopped', null]);
    expect(file.probes.map(({ client_at_limit }) => client_at_limit)).toEqual([false, false, false, true, true, true]);
    const text = renderSearch(file);
    expect(text).toContain('client: INVALID because of the client');
    expect(text).toContain(
      'No answer: 3 probes in a row are INVALID because of the client. In a look, which proves nothing, all gates held at 4 requests/s. Use another machine, set --max-in-flight, or search a smaller range (--find-from, --find-to).',
    );
    expect(file.probes.map(renderProbeLine).at(-1)).toBe(
      '8 requests/s, look: INVALID because of the client, after 4 requests; says nothing about the service\n',
    );
  });

  // TTFT is 100 ms: limits of 88 and 87 ms are crossed by 12 and 13.
  it.each([
    [88, true],
    [87, false],
  ])('blames the client for late starts only where they may be why a time is over %i ms', async (limit, isClient) => {
    service.lateOf = ({ load }) => (load >= 4 ? 12 : 0);
    const { file } = await search({ find: { GATES: `avg(ttft)<${limit}` } });
    const [first] = file.probes.filter(({ load }) => load === 8);
    expect([first?.client_at_limit, first?.side]).toEqual(isClient ? [true, 'unresolved'] : [false, 'crossed']);
    expect(file.answer === null).toBe(isClient);
  });

  it('takes a run whose gates are crossed for what it is: a probe', async () => {
    service.exitCodeOf = ({ load }) => (load > 6.5 ? 99 : 0);
    expect(await search()).toMatchObject({ exitCode: 0, failure: null, file: { answer: { low: 6, high: 7 } } });
  });

  it('keeps what is done when it is stopped within a probe, which has no side', async () => {
    const stopper = new AbortController();
    service.exitCodeOf = ({ load }) => {
      if (load < 4) return 0;
      stopper.abort();
      return 105;
    };
    const { file, saved, exitCode, outputDir } = await search({ stopper });
    expect(file.probes.map(({ load }) => load)).toEqual([1, 2]);
    expect(saved).toMatchObject({ state: 'stopped', answer: null });
    expect(exitCode).toBe(105);
    expect(outputDir).not.toBeNull();
  });

  it('keeps what is done when it is stopped between two probes', async () => {
    const { file, saved, exitCode } = await search({ onProbe: ({ load }, stop) => (load === 4 ? stop() : undefined) });
    expect(file.probes.map(({ load }) => load)).toEqual([1, 2, 4]);
    expect(service.log.at(-1)).toBe('pause 7');
    expect(saved).toMatchObject({ state: 'stopped', answer: null });
    expect(exitCode).toBe(105);
  });

  it('has its answer where it is stopped after the last probe', async () => {
    const { exitCode, file } = await search({
      onProbe: ({ load, kind }, stop) => (load === 7 && kind === 'resolve' ? stop() : undefined),
    });
    expect(file).toMatchObject({ state: 'complete', answer: { low: 6, high: 7 } });
    expect(exitCode).toBe(0);
  });

  it('has no results where it is stopped in its first probe', async () => {
    const stopper = new AbortController();
    service.exitCodeOf = () => {
      stopper.abort();
      return 105;
    };
    expect(await search({ stopper })).toMatchObject({ exitCode: 105, outputDir: null, saved: null });
  });

  it('ends where nothing gets through in the first probe, which is not a question of load, and not in a later one', async () => {
    service.failedOf = () => REQUESTS;
    const { exitCode, stderr, file } = await search();
    expect({ exitCode, probes: file.probes.length }).toEqual({ exitCode: 99, probes: 0 });
    expect(stderr).toContain('the search ends: nothing was measured: the end of it');
    service.failedOf = ({ load }) => (load >= 8 ? REQUESTS : 0);
    expect(await search()).toMatchObject({ exitCode: 0, file: { answer: { low: 6, high: 7 } } });
  });

  it.each([107, 108, 110])('ends with a run that failed with %i, and reports the probes before it', async (code) => {
    service.exitCodeOf = ({ load }) => (load === 4 ? code : 0);
    const { exitCode, file, stderr, saved } = await search();
    expect(file.probes.map(({ load }) => load)).toEqual([1, 2]);
    expect({ exitCode, state: saved.state }).toEqual({ exitCode: code, state: 'stopped' });
    expect(stderr).toContain('the search ends');
  });

  it('ends, without an answer, where the service went away: a load that held before gets nothing through', async () => {
    // 8 may be too much for it, and 6; but 6 held.
    service.failedOf = ({ load, kind }) => (kind === 'resolve' || load > 6 ? REQUESTS : 0);
    const { file, exitCode, stderr } = await search();
    expect(file.probes.map(({ kind, load }) => `${kind} ${load}`)).toEqual(
      [1, 2, 4, 8, 6, 7].map((load) => `look ${load}`),
    );
    expect([exitCode, file.state, file.answer]).toEqual([99, 'stopped', null]);
    expect(stderr).toContain('the search ends: nothing gets through any more, now parallel 6');
  });

  it('hands an exception on, with the probes before it', async () => {
    const { failure, file, saved } = await search({
      onProbe: ({ load }) => {
        if (load === 2) service.throws = new Error('no room');
      },
    });
    expect((failure as Error).message).toBe('no room');
    expect(file.probes).toHaveLength(2);
    expect(saved.state).toBe('stopped');
  });
});
