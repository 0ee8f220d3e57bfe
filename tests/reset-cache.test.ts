import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { createFolder, runInProcess } from './support/cli.ts';
import { readTimings } from './support/mock-process.ts';

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 2, tpotMs: 1, outputTokens: 3 });
});
afterAll(() => mock.close());

function run(outputs: string, ...more: string[]) {
  const load = ['--number', '2', '--no-test-connection', '--sleep-interval', '0', '--server-metrics', 'off'];
  const place = ['--engine', 'node', '--outputs-dir', outputs, '--no-timestamp'];
  return runInProcess(['--url', `${mock.url}/v1`, '--model', 'm', ...load, ...place, ...more]);
}

it('empties the cache before each point of a sweep, and says so in the report of each', async () => {
  const outputs = createFolder();
  // The mock forgets what it was sent: what is left is of the last point.
  const { code, stderr } = await run(outputs, '--parallel', '1', '2', '--reset-cache-url', `${mock.url}/__reset`);
  expect(code).toBe(0);
  expect(stderr.match(/The prefix cache was reset before the run: POST/g)).toHaveLength(2);
  expect(await readTimings(mock)).toHaveLength(2);
  const point = join(outputs, 'm', 'parallel_1_number_2');
  expect(readFileSync(join(point, 'perf_report.html'), 'utf8')).toContain('The prefix cache was reset before the run');
  expect(readFileSync(join(point, 'benchmark_args.json'), 'utf8')).toContain(`"reset_cache_url": [`);
});

it('sends no load where the run is to begin cold and does not, and goes on where that does not matter', async () => {
  const outputs = createFolder();
  const flags = ['--reset-cache-url', `${mock.url}/nowhere`];
  const before = (await readTimings(mock)).length;
  const refused = await run(outputs, ...flags, '--require-cold');
  expect(refused.code).toBe(108);
  expect(refused.stderr).toContain('--require-cold: no load was sent');
  expect((await readTimings(mock)).length).toBe(before);
  const warm = await run(outputs, ...flags);
  expect(warm.code).toBe(0);
  expect(warm.stdout).toContain('The prefix cache was not reset, and may have been warm: POST');
});
