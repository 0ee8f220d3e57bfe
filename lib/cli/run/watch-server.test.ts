import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CERTIFICATE } from '../../../tests/support/certificate.ts';
import { startProxy } from '../../../tests/support/proxy.ts';
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
  const watch = await watchServer({ ...pages, serverMetricsHeaders: {}, serverMetricNames: [] }, 'run', file, {});
  await once(server, 'request');
  await watch.end();
  expect(asked).toBe(2);
  const looks = readServerFile(file).map(({ lines, error }) => ({ lines, error }));
  expect(looks).toEqual([{ lines: ['vllm:num_requests_running 3'], error: null }]);
  server.closeAllConnections();
  server.close();
});

it('tells a body that is cut, and calls one off that hangs half way', async () => {
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    if (asked === 3) response.end('vllm:num_requests_running 3\n');
    else response.writeHead(200, { 'content-length': 999 }).write('vllm:num_requests_running 7\n');
    if (asked === 1) setImmediate(() => request.socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const file = join(mkdtempSync(join(tmpdir(), 'watch-')), 'server.jsonl');
  const pages = { insecure: false, serverMetrics: [`http://127.0.0.1:${port}/`], gpuMetrics: [] };
  const settings = { ...pages, urls: ['http://a/v1'], serverMetricsHeaders: {}, serverMetricNames: [] };
  const watch = await watchServer(settings, 'run', file, {});
  await once(server, 'request');
  await once(server, 'request');
  await watch.end();
  const looks = readServerFile(file).map(({ lines, error }) => ({ lines, error }));
  expect(looks).toEqual([
    { lines: [], error: expect.stringMatching(/aborted|ECONNRESET|hang up/) },
    { lines: ['vllm:num_requests_running 3'], error: null },
  ]);
  server.closeAllConnections();
  server.close();
});

it('finds the page beside each URL, with any certificate where --insecure says so, and says how one was refused', async () => {
  const servers = [1, 2].map((running) =>
    createSecureServer(CERTIFICATE, (_, response) => response.end(`vllm:num_requests_running ${running}\n`)),
  );
  for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening');
  const bases = servers.map((server) => `https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const pages = bases.map((base) => `${base}/metrics`);
  const watch = async (insecure: boolean, serverMetrics: 'auto' | readonly string[]) => {
    const file = join(mkdtempSync(join(tmpdir(), 'watch-')), 'server.jsonl');
    const urls = bases.map((base) => `${base}/v1/chat/completions`);
    const settings = { urls, insecure, serverMetrics, gpuMetrics: [], serverMetricsHeaders: {}, serverMetricNames: [] };
    const watching = await watchServer(settings, 'run', file, {});
    await watching.end();
    return {
      found: watching.urls,
      looks: readServerFile(file).map(({ url, lines, error }) => lines[0] ?? [url, error]),
    };
  };
  const auto = await watch(true, 'auto');
  expect(auto.found).toEqual(pages);
  expect(new Set(auto.looks)).toEqual(new Set(['vllm:num_requests_running 1', 'vllm:num_requests_running 2']));
  expect((await watch(false, 'auto')).found).toEqual([]);
  const refused = await watch(false, pages.slice(0, 1));
  expect(refused.looks.at(-1)).toEqual([pages[0], expect.stringMatching(/self.signed/i)]);
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

it('finds the page below the prefix of an API, at the root else, and where a metric is asked for by name', async () => {
  const pages: Readonly<Record<string, string>> = {
    '/metrics': 'vllm:num_requests_running 1\n',
    '/llm/metrics': 'vllm:num_requests_running 2\n',
    '/own/metrics': 'mine 3\n',
  };
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    response.writeHead(Object.hasOwn(pages, url) ? 200 : 404).end(pages[url]);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const find = async (paths: readonly string[], serverMetricNames: readonly string[] = []) => {
    asked.length = 0;
    const shared = { insecure: false, serverMetrics: 'auto' as const, gpuMetrics: [], serverMetricsHeaders: {} };
    const file = join(mkdtempSync(join(tmpdir(), 'watch-')), 'server.jsonl');
    const settings = { ...shared, urls: paths.map((path) => `${base}${path}?key=k`), serverMetricNames };
    const watch = await watchServer(settings, 'run', file, {});
    await watch.end();
    return watch.urls.map((url) => url.slice(base.length));
  };
  expect(await find(['/v1/chat/completions'])).toEqual(['/metrics']);
  expect(await find(['/llm/v1/chat/completions'])).toEqual(['/llm/metrics']);
  expect(asked).not.toContain('/metrics');
  expect(await find(['/openai/v1/chat/completions', '/v1/completions'])).toEqual(['/metrics']);
  expect(await find(['/own/generate_stream'])).toEqual(['/metrics']);
  expect(await find(['/own/generate_stream'], ['mine'])).toEqual(['/own/metrics']);
  server.close();
});

it('goes through the proxies that the load goes through, and tells them nothing but where', async () => {
  const page = createServer((_, response) => response.end('vllm:num_requests_running 3\n'));
  const secure = createSecureServer(CERTIFICATE, (_, response) => response.end('vllm:num_requests_waiting 4\n'));
  for (const server of [page, secure]) await once(server.listen(0, '127.0.0.1'), 'listening');
  const [plainPort, securePort] = [page, secure].map((server) => (server.address() as AddressInfo).port);
  const [plain, tunnel] = [await startProxy(plainPort as number), await startProxy(securePort as number)];
  const look = async (serverMetrics: 'auto' | readonly string[], more: Readonly<Record<string, string>> = {}) => {
    const file = join(mkdtempSync(join(tmpdir(), 'watch-')), 'server.jsonl');
    const env = { HTTP_PROXY: plain.url, https_proxy: tunnel.url, ...more };
    const asked = { urls: ['http://llm.test/v1'], insecure: true, serverMetrics, gpuMetrics: [] };
    const settings = { ...asked, serverMetricsHeaders: { 'x-team': 'search' }, serverMetricNames: [] };
    const watching = await watchServer(settings, 'run', file, env);
    await watching.end();
    return readServerFile(file).flatMap(({ lines, error }) => error ?? lines[0] ?? []);
  };
  // Neither name is one that any resolver knows.
  const pages = ['http://llm.test/metrics', 'https://gpu.test/metrics'];
  expect(new Set(await look(pages))).toEqual(new Set(['vllm:num_requests_running 3', 'vllm:num_requests_waiting 4']));
  expect(plain.seen).toContain('GET http://llm.test/metrics');
  expect(plain.seen).toContain('x-team: search');
  expect(tunnel.seen).toContain('CONNECT gpu.test:443');
  expect(tunnel.seen.join()).not.toContain('x-team');
  expect(await look('auto')).toContain('vllm:num_requests_running 3');
  expect(plain.seen.filter((line) => line.startsWith('GET')).every((line) => line.endsWith('/metrics'))).toBe(true);
  // With NO_PROXY the name is looked up, and not found.
  expect(await look(pages.slice(0, 1), { NO_PROXY: 'llm.test' })).toContainEqual(
    expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
  );
  for (const server of [page, secure]) {
    server.closeAllConnections();
    server.close();
  }
  for (const proxy of [plain, tunnel]) proxy.close();
});
