import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MockOptions } from '../lib/mock/options.ts';
import { startMockServer } from '../lib/mock/server.ts';
import type { SearchFile } from '../lib/search/search-json.ts';
import { createFolder, runCli } from './support/cli.ts';
import { describeK6 } from './support/engines.ts';

/** A search against a mock of its own. */
async function search(knobs: Partial<MockOptions>, words: readonly string[]) {
  const mock = await startMockServer({ tpotMs: 0, outputTokens: 1, ...knobs });
  const outputs = createFolder();
  const { code, stdout } = await runCli([
    ...['--url', `${mock.url}/v1`, '--model', 'm', '--outputs-dir', outputs, '--no-timestamp'],
    ...['--no-test-connection', '--no-connect-probes', '--sleep-interval', '0', ...words],
  ]);
  await mock.close();
  const file = JSON.parse(readFileSync(join(outputs, 'm', 'search.json'), 'utf8')) as SearchFile;
  const page = readFileSync(join(outputs, 'm', 'perf_report.html'), 'utf8');
  return { code, stdout, file, page, outputs };
}

describe('a search [node]', () => {
  it('finds the largest concurrency at which the gates hold, and ends each probe when it knows its side', async () => {
    // With A requests in work the mean TTFT is 10 · (1 + A - 1) ms: 35 ms lie between 3 and 4, with 5 ms to spare on either side.
    const { code, stdout, file, outputs } = await search({ ttftMs: 10, slowdown: 1 }, [
      ...['--engine', 'node', '--find', 'max-parallel', '--find-to', '8', '--gate', 'med(ttft)<35'],
    ]);
    expect(stdout).toMatch(/The largest load at which all gates hold: parallel \d, 95 %: \d to \d/);
    expect(code).toBe(0);
    expect(file).toMatchObject({ state: 'complete', find: 'max-parallel', answer: { found: 'between' } });
    const resolved = file.probes.filter(({ kind }) => kind === 'resolve');
    expect(resolved.length).toBeGreaterThanOrEqual(2);
    for (const { side, requests, summary } of resolved) {
      if (side !== 'unresolved') expect(requests).toBeLessThanOrEqual(summary.total_requests);
      expect(summary.failed_requests).toBe(0);
    }
    for (const { folder } of file.probes)
      expect(existsSync(join(outputs, 'm', folder ?? '-', 'summary.json'))).toBe(true);
    // A report of its records knows as well what the end of a probe closed.
    const { folder, summary } = resolved.find(({ side }) => side !== 'unresolved') as (typeof resolved)[number];
    const words = ['--outputs-dir', createFolder(), '--no-timestamp', '--name', 'again'];
    const again = await runCli(['report', join(outputs, 'm', folder ?? '-'), ...words]);
    expect(again.stdout).toMatch(new RegExp(`Total requests +\\| ${summary.total_requests} `));
    expect(again.stdout).toMatch(/Failed requests +\| 0 /);
    expect(again.stdout).not.toContain('never went out');
  }, 90_000);

  it('finds the knee, and the users with the most good requests', async () => {
    // Four at a time, 10 ms each: beyond four users nothing more gets through, and from ten on each waits over 25 ms.
    const service: Partial<MockOptions> = { spin: false, ttftMs: 10, maxRunning: 4 };
    const words = ['--engine', 'node'];
    const [knee, best] = await Promise.all([
      search(service, [...words, '--find', 'knee', '--find-to', '64']),
      search(service, [
        ...[...words, '--find', 'max-goodput', '--find-from', '3', '--find-to', '24'],
        ...['--gate', 'goodput(latency<40)>=0.9'],
      ]),
    ]);
    for (const { code, file, page } of [knee, best]) {
      expect({ code, state: file.state, found: file.answer?.found }).toEqual({
        code: 0,
        state: 'complete',
        found: 'between',
      });
      // The answer is drawn with what each load reached; a short run may have no interval of its rate, so none to draw.
      const { low, high } = file.answer ?? {};
      const drawn = low === null || high === null ? 'null' : `{"low":${low},"high":${high}}`;
      expect(page).toContain(`"axis":"concurrency (requests at a time)","answer":${drawn}`);
    }
    expect(knee.stdout).toMatch(
      /The knee: parallel [\d.]+(?:, 95 %: [\d.]+ to [\d.]+)?; beyond it more users wait longer/,
    );
    expect(knee.file.answer?.best).toBeGreaterThan(2);
    expect(knee.file.answer?.best).toBeLessThan(8);
    expect(best.stdout).toMatch(/The most good requests per second: at parallel \d+/);
    expect(best.file.answer?.best).toBeGreaterThan(2);
    expect(best.file.answer?.best).toBeLessThan(16);
  }, 90_000);
});

describeK6('a search for a rate', () => {
  it('goes up to the largest rate, where all of them are kept', async () => {
    const { code, stdout, file } = await search({ spin: false, ttftMs: 5 }, [
      ...['--engine', 'k6', '--find', 'max-rate', '--find-from', '100', '--find-to', '110', '--max-in-flight', '20'],
      ...['--gate', 'success_rate>=0.9'],
    ]);
    // A machine that other tests keep busy may start some of them late.
    const told = file.probes.filter(({ client_at_limit }) => !client_at_limit);
    expect(told.map(({ kind, load, side }) => `${kind} ${load} ${side}`)).toEqual([
      ...['look 100 holds', 'look 110 holds', 'resolve 110 holds'],
    ]);
    expect(file).toMatchObject({ engine: 'k6', answer: { found: 'all', low: 110 } });
    expect(stdout).toContain('All gates hold at 110 requests/s, the largest load that was tried (--find-to).');
    expect(code).toBe(0);
  }, 90_000);
});
