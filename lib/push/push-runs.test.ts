import { createServer, type RequestListener } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../tests/support/listen.ts';
import { askOnce } from '../engine/ask-once.ts';
import { parseSample } from '../server/parse-metrics.ts';
import type { HeadlineNumber, PushedRun } from './headline-numbers.ts';
import { formatPrometheus, placePrometheus } from './prometheus-text.ts';
import type { PushPlace } from './push-flags.ts';
import { type Post, pushRuns } from './push-runs.ts';

const number = (name: string, value: number, statistic: string | null = null): HeadlineNumber => ({
  ...{ name, unit: 's', help: 'Of a test', statistic, value },
});
const RUN: PushedRun = {
  labels: { run_id: 'a/b', point: null, model: 'm"\\\nx', dataset: 'd\u{1f600}', engine: 'node' },
  numbers: [number('ttft_seconds', 1e-7, 'mean'), number('ttft_seconds', 0.5, 'p99'), number('requests', 3)],
  endedAt: new Date(0),
};

const seen: string[] = [];

/** As a Pushgateway and a collector answer, by their protocols. */
const ANSWERS: Readonly<Record<string, RequestListener>> = {
  '/refuses': (request, response) =>
    response
      .writeHead(400)
      .end(`text format parsing error in line 1:\n  expected float, got "${request.headers['x-key']}"\n`),
  '/shows': ({ headers: { authorization = '' } }, response) => {
    const [, word = ''] = authorization.split(' ');
    response.writeHead(401).end(`no such key: ${word}, read as "${/^Basic/.test(authorization) ? atob(word) : word}"`);
  },
  '/part': (_, response) =>
    response.end(JSON.stringify({ partialSuccess: { rejectedDataPoints: '2', errorMessage: 'too old' } })),
  '/warns': (_, response) =>
    response.end(JSON.stringify({ partialSuccess: { rejectedDataPoints: 0, errorMessage: 'slow down' } })),
  '/via': ({ url = '', headers }, response) => {
    const [, word = ''] = (headers['proxy-authorization'] ?? '').split(' ');
    seen.push(url, headers['proxy-authorization'] ?? '');
    response.writeHead(407).end(`no user ${atob(word)}`);
  },
  '/takes': (_, response) => response.end('{}'),
  '/empty': (_, response) => response.writeHead(202).end(),
  '/away': (_, response) => response.writeHead(307, { location: '/takes' }).end(),
  '/dies': (request) => request.socket.destroy(),
  '/long': (_, response) => response.writeHead(500).end('x'.repeat(100_000)),
};
const server = createServer((request, response) => {
  ANSWERS[new URL(request.url ?? '', 'http://a').pathname]?.(request, response);
});
let base = '';

beforeAll(async () => {
  base = `http://127.0.0.1:${await listen(server)}`;
});
afterAll(() => {
  server.close();
});

const senderIn = (env: Readonly<Record<string, string>>) => ({
  env,
  post: ((request) => askOnce({ ...request, insecure: false, env })) satisfies Post,
});
const KEY = { 'x-key': 'sk-of-the-gateway' };
const push = async (
  path: string,
  form: PushPlace['form'] = 'otlp',
  runs = [RUN],
  headers: PushPlace['headers'] = KEY,
) => pushRuns([{ form, url: `${base}${path}`, headers }], runs, senderIn({}));

describe('what a place says of a run', () => {
  it('is reported in its own words, without the keys in them', async () => {
    expect(await push('/refuses', 'prometheus')).toEqual([
      `the run was not pushed to ${base}/refuses: status 400: text format parsing error in line 1: expected float, got "**********"`,
    ]);
    // What follows the scheme, and what a server that decodes it may show.
    for (const authorization of ['Bearer of-the-collector', `Basic ${btoa('user:of-the-collector')}`]) {
      expect(await push('/shows', 'otlp', [RUN], { authorization })).toEqual([
        `the run was not pushed to ${base}/shows: status 401: no such key: **********, read as "**********"`,
      ]);
    }
    const [long = ''] = await push('/long');
    expect(long.length).toBeLessThan(300);
    expect(await push('/refuses?token=sk-of-the-gateway', 'prometheus')).not.toContain('sk-of');
  });

  it('counts what a collector refuses of a run that it takes', async () => {
    expect(await push('/part')).toEqual([
      `the run was not pushed to ${base}/part: 2 of its numbers were refused: too old`,
    ]);
    expect(await push('/warns')).toEqual([]);
  });

  it('is nothing where it is taken, and a reason where nobody is there', async () => {
    expect([...(await push('/takes')), ...(await push('/empty')), ...(await push('/empty', 'prometheus'))]).toEqual([]);
    expect(await push('/away')).toEqual([`the run was not pushed to ${base}/away: status 307`]);
    expect(await push('/dies', 'otlp', [RUN, RUN])).toEqual([
      expect.stringMatching(/^2 of 2 runs were not pushed to .*\/dies: EOF$/),
    ]);
    const gone = [{ form: 'otlp' as const, url: 'http://127.0.0.1:2', headers: {} }];
    expect(await pushRuns(gone, [RUN], senderIn({}))).toEqual([
      'the run was not pushed to http://127.0.0.1:2: dial tcp 127.0.0.1:2: connect: connection refused',
    ]);
  });

  it('comes through the proxy that the environment names, whose password stays hidden', async () => {
    const gateway = [{ form: 'otlp' as const, url: 'http://collector.test:4318/via', headers: {} }];
    const { host } = new URL(base);
    const user = btoa('me:of-the-proxy');
    expect(await pushRuns(gateway, [RUN], senderIn({ HTTP_PROXY: `http://me:of-the-proxy@${host}` }))).toEqual([
      'the run was not pushed to http://collector.test:4318/via: status 407: no user **********',
    ]);
    expect(seen).toEqual(['http://collector.test:4318/via', `Basic ${user}`]);
  });
});

describe('the text for a Pushgateway', () => {
  it('is read back as it was, a family at a time', () => {
    const lines = formatPrometheus(RUN).split('\n');
    expect(lines.at(-1)).toBe('');
    const samples = lines.flatMap((line) => parseSample(line) ?? []);
    expect(
      samples.map(({ name, labels, value }) => [name, labels.get('model'), labels.get('statistic'), value]),
    ).toEqual([
      ['k6_llm_perf_ttft_seconds', 'm"\\\nx', 'mean', 1e-7],
      ['k6_llm_perf_ttft_seconds', 'm"\\\nx', 'p99', 0.5],
      ['k6_llm_perf_requests', 'm"\\\nx', undefined, 3],
    ]);
    expect(lines.filter((line) => line.startsWith('# TYPE'))).toEqual([
      '# TYPE k6_llm_perf_ttft_seconds gauge',
      '# TYPE k6_llm_perf_requests gauge',
    ]);
    // base64 of "a/b", without padding, as its path takes it.
    expect(placePrometheus('http://g:9091', RUN)).toBe('http://g:9091/metrics/job/k6_llm_perf/run_id@base64/YS9i');
  });
});
