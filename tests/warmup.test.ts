import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { readRecords } from '../lib/records/node-record-reader.ts';
import { displayWidth } from '../lib/shared/display-width.ts';
import { describeEngines, runInEngine } from './support/engines.ts';

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 3, tpotMs: 1, outputTokens: 6, keepMessages: true });
});
beforeEach(async () => {
  await fetch(`${mock.url}/__reset`, { method: 'POST' });
});
afterAll(() => mock.close());

/** The value of a row of the tables as they are printed. */
function row(text: string, key: string): string | undefined {
  return new RegExp(`\\| ${key} +\\| (\\S+) `).exec(text)?.[1];
}

describeEngines('warm-up requests', (engine) => {
  const run = (settings: Readonly<Record<string, string>>) =>
    runInEngine(engine, 'openqa', {
      URL: `${mock.url}/v1/chat/completions`,
      MODEL: 'm',
      NO_TEST_CONNECTION: 'true',
      ...settings,
    });

  it('are sent first, marked in the records, and in no metric', async () => {
    const { exitCode, stdout, records, samplesPath } = await run({ NUMBER: '6', PARALLEL: '2', WARMUP_NUM: '4' });
    expect(exitCode).toBe(0);
    expect(records.map(({ warmup }) => warmup ?? false)).toEqual([
      ...Array<boolean>(4).fill(true),
      ...Array<boolean>(6).fill(false),
    ]);
    expect(row(stdout, 'Total requests')).toBe('6');
    expect(row(stdout, 'Succeed requests')).toBe('6');
    expect(row(stdout, 'Total output tokens')).toBe('36');
    // Six values were foreseen and six came, so the percentiles are evalscope's own and not interpolated ones.
    expect(stdout).toContain("Percentiles: sorted[int(N*p/100)], the rule of evalscope's quick start.");
    expect(stdout).toContain('4 warm-up requests came first, in none of these numbers.');
    // A script does not know how wide its terminal is.
    expect(Math.max(...stdout.split('\n').map(displayWidth))).toBeLessThanOrEqual(80);
    const report = await readRecords([samplesPath], () => undefined);
    expect(report).toMatchObject({ records: 6, warmupRequests: 4, unfinishedRequests: 0 });
  });

  it('that fail are reported, and neither count as failed nor cross a threshold', async () => {
    const { exitCode, stdout, stderr } = await run({
      NUMBER: '3',
      WARMUP_NUM: '1',
      THRESHOLDS: 'smoke',
      HEADERS: 'x-mock-status=500,x-mock-fail-first=1',
    });
    expect(stderr + stdout).toContain('warm-up request 0 failed: http-status');
    expect(row(stdout, 'Failed requests')).toBe('0');
    expect(stdout).toContain('Thresholds: 4 passed, 0 crossed');
    expect(exitCode).toBe(0);
  });

  it('are spread over the ramp-up where they come first, each at its place', async () => {
    const { records, stdout } = await run({ NUMBER: '2', WARMUP_NUM: '2', PARALLEL: '4', RAMP_UP: '200ms' });
    const [first = 0, ...others] = records.map(({ start_ms }) => start_ms);
    // A quarter of the ramp each; the very first may come late, since its VU has everything to load.
    for (const [index, start] of others.entries()) expect(start - first).toBeGreaterThanOrEqual((index + 1) * 50 - 45);
    expect(stdout).toContain('The first starts were spread over 0.2 s (--ramp-up)');
  });

  it('use other prompts than the measured ones, which go on after them, and after the offset', async () => {
    await run({ NUMBER: '2', WARMUP_NUM: '1' });
    await run({ NUMBER: '1', DATASET_OFFSET: '2' });
    await run({ NUMBER: '1', DATASET_OFFSET: '1' });
    const timings = (await (await fetch(`${mock.url}/__timings`)).json()) as { body: { messages: unknown } }[];
    const [warmup, first, second, fromThird, fromSecond] = timings.map(({ body }) => JSON.stringify(body.messages));
    expect(new Set([warmup, first, second]).size).toBe(3);
    expect(fromThird).toBe(second);
    expect(fromSecond).toBe(first);
  });
});
