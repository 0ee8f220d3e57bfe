import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startMockServer } from '../lib/mock/server.ts';
import type { SearchFile } from '../lib/search/search-json.ts';

describe('a search [node]', () => {
  it('finds the largest concurrency at which the gates hold, and ends each probe when it knows its side', async () => {
    // With A requests in work the mean TTFT is 10 · (1 + A - 1) ms: 35 ms lie between 3 and 4, with 5 ms to spare on either side.
    const mock = await startMockServer({ ttftMs: 10, slowdown: 1, tpotMs: 0, outputTokens: 1 });
    const outputs = mkdtempSync(join(tmpdir(), 'search-'));
    const child = spawn(process.execPath, [
      ...[join('dist', 'node', 'cli.js'), '--url', `${mock.url}/v1`, '--model', 'm', '--engine', 'node'],
      ...['--outputs-dir', outputs, '--no-timestamp', '--no-test-connection', '--sleep-interval', '0'],
      ...['--find', 'max-parallel', '--find-to', '8', '--gate', 'med(ttft)<35'],
    ]);
    let stdout = '';
    child.stdout.on('data', (piece: Buffer) => {
      stdout += piece.toString();
    });
    child.stderr.resume();
    const [code] = (await once(child, 'close')) as [number];
    await mock.close();
    expect(stdout).toMatch(/The largest load at which all gates hold: parallel \d, 95 %: \d to \d/);
    expect(code).toBe(0);
    const file = JSON.parse(readFileSync(join(outputs, 'm', 'search.json'), 'utf8')) as SearchFile;
    expect(file).toMatchObject({ state: 'complete', find: 'max-parallel', answer: { found: 'between' } });
    const resolved = file.probes.filter(({ kind }) => kind === 'resolve');
    expect(resolved.length).toBeGreaterThanOrEqual(2);
    for (const { side, requests, summary } of resolved) {
      if (side !== 'unresolved') expect(requests).toBeLessThanOrEqual(summary.total_requests);
      expect(summary.failed_requests).toBe(0);
    }
    for (const { folder } of file.probes)
      expect(existsSync(join(outputs, 'm', folder ?? '-', 'summary.json'))).toBe(true);
  }, 90_000);
});
