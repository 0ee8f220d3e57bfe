import { createServer, type IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listen } from '../../../tests/support/listen.ts';
import { loadConfig } from '../../config/load-config.ts';
import type { RunConfig } from '../../config/parameters.ts';
import type { Problem } from '../../shared/errors.ts';
import { planCacheReset, resetCaches } from './reset-cache.ts';

interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

const asked: Asked[] = [];
const server = createServer(({ method, url, headers }, response) => {
  asked.push({ method, url, headers });
  if (url?.startsWith('/flush_cache')) response.end('ok');
  else if (url === '/moved') response.writeHead(307, { location: '/flush_cache' }).end();
  else response.writeHead(404).end(`no such page: ${url}\u001b[31m, sk-sesame-1234567890`);
});
let base = '';
beforeAll(async () => {
  base = `http://127.0.0.1:${await listen(server)}`;
});
beforeEach(() => {
  asked.length = 0;
});
afterAll(() => server.close());

const SECRETS = { API_KEY: 'sk-sesame-1234567890', HEADERS: JSON.stringify({ 'x-team': 'search' }) };

function reset(urls: readonly string[], url: string, more: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const { config } = loadConfig({ MODEL: 'm', URL: url, ...SECRETS, ...more }, () => '');
  return resetCaches(urls, config as RunConfig, { environment: {}, say: () => undefined });
}

describe('resetting a cache', () => {
  it('is an empty POST, with key and headers where the requests go', async () => {
    const lines = await reset([`${base}/flush_cache`], `${base}/v1`);
    expect(asked).toMatchObject([{ method: 'POST', url: '/flush_cache' }]);
    expect(asked[0]?.headers).toMatchObject({
      authorization: 'Bearer sk-sesame-1234567890',
      'x-team': 'search',
      'content-length': '0',
    });
    expect(lines).toEqual([`The prefix cache was reset before the run: POST ${base}/flush_cache.`]);
  });

  it('gives no other origin a key, and follows no redirect', async () => {
    const port = Number(base.split(':').at(-1));
    const others = [
      `http://127.0.0.1:${port === 9 ? 8 : 9}/v1`,
      `https://127.0.0.1:${port}/v1`,
      `http://localhost:${port}/v1`,
    ];
    for (const url of others) await reset([`${base}/flush_cache`], url);
    expect(asked).toHaveLength(3);
    for (const { headers } of asked) expect(JSON.stringify(headers)).not.toMatch(/sesame|x-team/);
    expect((await reset([`${base}/moved`], `${base}/v1`)).join()).toContain('was not reset, and may have been warm');
    expect(asked).toHaveLength(4);
  });

  it('that fails is said without secrets, and ends a run that is to begin cold', async () => {
    const urls = [`${base}/flush_cache`, `${base}/gone?key=open-sesame-99`];
    const [line] = await reset(urls, `${base}/v1`);
    expect(line).toMatch(/^The prefix cache was not reset, and may have been warm: POST .+\/gone\?key=\*+: HTTP 404/);
    for (const text of ['sesame', '\u001b', 'flush_cache']) expect(line).not.toContain(text);
    await expect(reset(urls, `${base}/v1`, { REQUIRE_COLD: 'true' })).rejects.toMatchObject({ exitCode: 108 });
  });

  it('is asked of URLs alone', () => {
    const problems: Problem[] = [];
    expect(planCacheReset({}, problems)).toEqual([]);
    expect(planCacheReset({ RESET_CACHE_URL: 'http://a/x, http://b/y' }, problems)).toEqual([
      'http://a/x',
      'http://b/y',
    ]);
    expect(problems).toEqual([]);
    for (const RESET_CACHE_URL of ['/reset_prefix_cache', 'http://u:p@a/x', 'true'])
      planCacheReset({ RESET_CACHE_URL }, problems);
    expect(problems.map(({ key }) => key)).toEqual(new Array(3).fill('--reset-cache-url'));
    expect(JSON.stringify(problems)).not.toContain('u:p');
  });
});
