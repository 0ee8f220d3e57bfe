import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { createFolder } from './support/cli.ts';
import { describeEngines, runInEngine } from './support/engines.ts';
import { readTimings, resetMock } from './support/mock-process.ts';

const LOAD = { MODEL: 'm', PARALLEL: '2', NUMBER: '4', PROMPT: 'hi', MAX_TOKENS: '4', NO_TEST_CONNECTION: 'true' };

/** Every profile, and a server that crosses it by one threshold. */
const PROFILES: readonly (readonly [profile: string, knobs: object, crossed: string])[] = [
  ['interactive-chat', { 'x-mock-ttft-ms': '600' }, 'llm_ttft: p(99)<450'],
  ['interactive-chat', { 'x-mock-tpot-ms': '60' }, 'llm_tpot: p(99)<40'],
  ['batch', { 'x-mock-tpot-ms': '300' }, 'llm_tpot: p(99)<200'],
  ['batch', { 'x-mock-status': '500' }, 'llm_request_failed: rate<0.01'],
  ['smoke', { 'x-mock-cut-at': '2' }, 'llm_requests_failed: count<1'],
];
const NAMES = [...new Set(PROFILES.map(([profile]) => profile))];

/** What k6 refuses, and what our refusal must name. */
const REFUSED: readonly (readonly [what: string, thresholds: object, text: RegExp])[] = [
  ['an unknown metric', { llm_ttfft: ['p(95)<500'] }, /llm_ttfft[\s\S]*llm_ttft/],
  ['an unknown metric with a tag', { 'nope{model:m}': ['p(95)<500'] }, /nope/],
  ['a unit of something else', { llm_chunks: ['p(95)<500ms'] }, /500ms/],
  ['an "or"', { llm_ttft: ['p(95)<500 || avg<300'] }, /\|\|/],
  ['a percentile above 100', { llm_ttft: ['p(101)<500'] }, /p\(101\)/],
  ['a count of a Trend', { llm_ttft: ['count>1'] }, /count>1/],
  ['a text in place of a list', { llm_ttft: 'p(95)<500' }, /llm_ttft/],
  ['a rate that is compared by a percentile', { llm_request_failed: ['p(95)<1'] }, /p\(95\)<1/],
];

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 3, tpotMs: 1 });
});
afterAll(() => mock.close());
beforeEach(() => resetMock(mock));

function writeThresholds(thresholds: object): string {
  const path = join(createFolder(), 'gates.json');
  writeFileSync(path, JSON.stringify(thresholds));
  return path;
}

describeEngines('thresholds', (engine) => {
  const run = (settings: Record<string, string>) =>
    runInEngine(engine, 'openqa', { ...LOAD, URL: `${mock.url}/v1/chat/completions`, ...settings });

  it.each(NAMES)('of the profile %s pass on a good server', async (THRESHOLDS) => {
    const { exitCode, stdout } = await run({ THRESHOLDS });
    expect(stdout).toMatch(/Thresholds: [3-9] passed, 0 crossed/);
    expect(stdout).toContain('passed   llm_requests_completed: count>0');
    expect(exitCode).toBe(0);
  });

  it.each(PROFILES)('of the profile %s are crossed with %o, which ends with 99', async (THRESHOLDS, knobs, crossed) => {
    const { exitCode, stdout } = await run({ THRESHOLDS, HEADERS: JSON.stringify(knobs) });
    expect(stdout).toContain(`  crossed  ${crossed}\n`);
    expect(stdout).toMatch(/Thresholds: \d passed, [1-9] crossed/);
    expect(exitCode).toBe(99);
  });

  it.each(NAMES)('of the profile %s never pass a run without a completed request', async (THRESHOLDS) => {
    const { exitCode, stdout, records } = await run({ THRESHOLDS, HEADERS: '{"x-mock-status":"503"}' });
    expect(records.map(({ outcome }) => outcome)).not.toContain('completed');
    expect(stdout).toContain('crossed  llm_requests_completed: count>0');
    expect(exitCode).toBe(99);
  });

  it('of a file that guards nothing get a guard, so that a run without a completed request does not pass', async () => {
    // k6 knows `p(95)<500` and `avg<60000` alone.
    const THRESHOLDS = writeThresholds({ llm_ttft: ['p95<0.5s', 'mean<60s'] });
    const passed = await run({ THRESHOLDS });
    expect(passed.stdout).toContain('passed   llm_ttft: avg<60000');
    expect(passed.exitCode).toBe(0);
    const { exitCode, stdout } = await run({ THRESHOLDS, HEADERS: '{"x-mock-status":"503"}' });
    expect(stdout).toContain('passed   llm_ttft: p(95)<500');
    expect(stdout).toContain('crossed  llm_requests_completed: count>0');
    expect(exitCode).toBe(99);
  });

  it.each(REFUSED)('with %s are refused before the first request', async (_, thresholds, text) => {
    const { exitCode, stderr } = await run({ THRESHOLDS: writeThresholds(thresholds) });
    expect(exitCode).toBe(104);
    expect(stderr).toMatch(text);
    expect(await readTimings(mock)).toEqual([]);
  });

  it('that are all wrong are reported all at once', async () => {
    const thresholds = { llm_ttft: ['q95<500', 'avg<1h'], nope: ['count>0'] };
    const { exitCode, stderr } = await run({ THRESHOLDS: writeThresholds(thresholds) });
    expect(exitCode).toBe(104);
    for (const part of ['q95<500', 'avg<1h', 'nope']) expect(stderr).toContain(part);
  });

  it.each([
    ['a profile that does not exist', 'interactiv-chat', 'THRESHOLDS=interactive-chat'],
    ['a file that does not exist', './no/such/file.json', 'no file that can be read'],
  ])('from %s are refused before the first request', async (_, THRESHOLDS, text) => {
    const { exitCode, stderr } = await run({ THRESHOLDS });
    expect(exitCode).toBe(104);
    expect(stderr).toContain(text);
    expect(await readTimings(mock)).toEqual([]);
  });

  it('from a file that is not JSON are refused', async () => {
    const path = join(createFolder(), 'gates.json');
    writeFileSync(path, '{ llm_ttft: [');
    const { exitCode, stderr } = await run({ THRESHOLDS: path });
    expect(exitCode).toBe(104);
    expect(stderr).toContain('not JSON');
  });

  it('on empty metrics come out as in k6: Trends and Gauges are 0, a Rate passes, a Counter counts 0', async () => {
    const passes = {
      llm_itl: ['p(95)<1', 'avg==0', 'max<=0'],
      'llm_ttft{model:other}': ['p(99)<1'],
      'llm_request_failed{model:other}': ['rate>0.99', 'rate<0.01'],
      'llm_first_start{model:other}': ['value==0'],
      'llm_requests{model:other}': ['count==0', 'rate<1'],
    };
    const good = await run({ STREAM: 'false', THRESHOLDS: writeThresholds(passes) });
    expect(good.stdout).toContain('0 crossed');
    expect(good.exitCode).toBe(0);
    for (const crossed of [{ llm_itl: ['p(95)>1'] }, { 'llm_requests{model:other}': ['count>0'] }]) {
      const bad = await run({ STREAM: 'false', THRESHOLDS: writeThresholds(crossed) });
      expect(bad.stdout).toContain('1 crossed');
      expect(bad.exitCode).toBe(99);
    }
  });

  it('tell requests apart by their tags', async () => {
    const thresholds = {
      'llm_ttft{model:m}': ['p(95)<400'],
      'llm_ttft{ model : m }': ['max<400'],
      'llm_requests{outcome:completed,status:200}': ['count==4'],
      'llm_requests_failed{kind:timeout}': ['count<1'],
    };
    const { exitCode, stdout } = await run({ THRESHOLDS: writeThresholds(thresholds) });
    expect(stdout).toContain('passed   llm_requests{outcome:completed,status:200}: count==4');
    expect(stdout).toContain('0 crossed');
    expect(exitCode).toBe(0);
  });

  it('with abortOnFail end the run early, with 99', async () => {
    const thresholds = { llm_requests_failed: [{ threshold: 'count<1', abortOnFail: true }] };
    const { exitCode, stdout, records } = await run({
      THRESHOLDS: writeThresholds(thresholds),
      HEADERS: '{"x-mock-status":"500","x-mock-slow-headers-ms":"20"}',
      NUMBER: '5000',
    });
    expect(exitCode).toBe(99);
    expect(records.length).toBeGreaterThan(0);
    expect(records.length).toBeLessThan(2000);
    expect(stdout).toContain('crossed  llm_requests_failed: count<1');
    expect(stdout).toMatch(/\| Expected number of requests +\| 5000 /);
  });
});
