import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readServerFile } from '../../server/node-server-file.ts';
import { watchServer } from './watch-server.ts';

it('ends while a page hangs: the look under way is called off, and one more is taken', async () => {
  let asked = 0;
  const server = createServer((_, response) => {
    if (asked++ > 0) response.end('vllm:num_requests_running 3\n');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const file = join(mkdtempSync(join(tmpdir(), 'watch-')), 'server.jsonl');
  const pages = {
    urls: ['http://a/v1'],
    insecure: false,
    serverMetrics: [`http://127.0.0.1:${port}/`],
    gpuMetrics: [],
  };
  const watch = await watchServer({ ...pages, serverMetricsHeaders: {}, serverMetricNames: [] }, 'run', file);
  await once(server, 'request');
  await watch.end();
  expect(asked).toBe(2);
  const looks = readServerFile(file).map(({ lines, error }) => ({ lines, error }));
  expect(looks).toEqual([{ lines: ['vllm:num_requests_running 3'], error: null }]);
  server.closeAllConnections();
  server.close();
});
