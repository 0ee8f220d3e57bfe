import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { CERTIFICATE } from './support/certificate.ts';
import { createFolder, runCli, startProgram } from './support/cli.ts';
import { startDeafServer } from './support/deaf-server.ts';
import { describeEngines, describeK6, K6_PATH, runInEngine } from './support/engines.ts';

const KEY = 'sk-connection-test-0123456789';

/** A request as a server of these tests saw it. */
interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
}

interface TestServer {
  readonly url: string;
  readonly origin: string;
  readonly seen: Seen[];
  /** Requests that hold something of the user's. */
  readonly own: () => Seen[];
}

type Handler = (response: ServerResponse, seen: Seen, index: number) => void;

const servers: { close(): unknown }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(handler: Handler, secure = false): Promise<TestServer> {
  const seen: Seen[] = [];
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    let text = '';
    request.on('data', (piece: Buffer) => (text += piece.toString()));
    request.on('end', () => {
      const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
      const entry = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
      seen.push(entry);
      handler(response, entry, seen.length - 1);
    });
  };
  const server: Server = secure ? createTlsServer(CERTIFICATE, onRequest) : createServer(onRequest);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  const origin = `${secure ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/v1/chat/completions`,
    origin,
    seen,
    own: () => seen.filter(({ headers }) => headers['x-mine'] === '1'),
  };
}

const chunk = (delta: object, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`;

/** A good answer of three tokens, in the way that was asked for. */
function answerWell(response: ServerResponse, { body }: Seen): void {
  if (body['stream'] !== true) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        choices: [{ index: 0, message: { role: 'assistant', content: 'a b c' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 3, completion_tokens: 3 },
      }),
    );
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(chunk({ role: 'assistant', content: '' }));
  for (const content of ['a', ' b', ' c']) response.write(chunk({ content }));
  response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
}

/** As most servers refuse: JSON without a line feed at its end, which k6/x/sse does not hand over. */
function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { message, type: 'invalid_request_error' } }));
}

const LOAD = { MODEL: 'm', NUMBER: '2', PARALLEL: '1', MAX_TOKENS: '64', HEADERS: 'x-mine=1', API_KEY: KEY };

describeEngines('the connection test', (engine) => {
  const run = (url: string, settings: Record<string, string> = {}) =>
    runInEngine(engine, 'openqa', { ...LOAD, URL: url, ...settings });

  it('lets a service pass that only streams, and min_tokens above ten', async () => {
    const server = await serve((response, seen) => {
      if (seen.body['stream'] !== true) refuse(response, 400, 'only streaming is supported');
      else if (Number(seen.body['max_tokens']) < Number(seen.body['min_tokens'])) refuse(response, 400, 'min > max');
      else answerWell(response, seen);
    });
    const { exitCode, records, stderr } = await run(server.url, { MIN_TOKENS: '20' });
    expect(stderr).not.toContain('connection test failed');
    expect(exitCode).toBe(0);
    expect(records.map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
    expect(server.own()).toHaveLength(3);
  });

  it.each([
    ['stream_options', 'Unrecognized field: stream_options', '--stream-options off'],
    ['max_tokens', "Use 'max_completion_tokens' instead of max_tokens", '--max-tokens-field max_completion_tokens'],
  ])('ends where %s is refused to the run, with the words of the server and the way out', async (field, words, way) => {
    const server = await serve((response, seen) => {
      if (Object.hasOwn(seen.body, field) && seen.headers['x-mine'] === '1') refuse(response, 400, words);
      else answerWell(response, seen);
    });
    const { exitCode, stderr, records } = await run(server.url);
    expect(exitCode).toBe(108);
    expect(stderr).toContain('HTTP 400: ');
    expect(stderr).toContain(words);
    expect(stderr).toContain(way);
    expect(records).toEqual([]);
  });

  it('sends the prompt before the first one, round the dataset', async () => {
    const path = join(createFolder(), 'prompts.jsonl');
    const names = ['first', 'second', 'third', 'fourth', 'fifth'];
    writeFileSync(path, names.map((prompt) => `${JSON.stringify({ prompt })}\n`).join(''));
    const server = await serve(answerWell);
    const settings = { DATASET_PATH: path, DATASET_OFFSET: '1' };
    const { stderr, exitCode } = await runInEngine(engine, 'custom', { ...LOAD, URL: server.url, ...settings });
    expect(exitCode).toBe(0);
    const prompts = server.own().map(({ body }) => (body['messages'] as { content: string }[])[0]?.content);
    expect(prompts).toEqual(['first', 'second', 'third']);
    expect(stderr).not.toContain('prefix cache');
    const again = await runInEngine(engine, 'custom', { ...LOAD, URL: server.url, ...settings, NUMBER: '5' });
    expect(again.stderr).toContain('sent prompt 1 of the dataset, which is measured too');
    const single = await run(server.url, { PROMPT: 'the only one' });
    expect(single.stderr).toContain('sent the only prompt');
  });

  it.each([307, 308, 301, 302])('ends at a %i to another origin, to which nothing goes', async (status) => {
    const other = await serve(answerWell);
    const server = await serve((response) => {
      response.writeHead(status, { location: `${other.origin}/elsewhere/v1/chat/completions` });
      response.end();
    });
    const { exitCode, stderr, records } = await run(server.url);
    expect(exitCode).toBe(108);
    expect(stderr).toContain(`redirects to ${other.origin}/elsewhere/v1/chat/completions: use that URL`);
    expect(records).toEqual([]);
    expect(other.seen).toEqual([]);
    expect(server.own()).toEqual([]);
    expect(JSON.stringify(server.seen)).not.toContain(KEY);
  });

  it('takes a redirect within the origin for a note', async () => {
    const server = await serve((response, seen) => {
      if (seen.path.startsWith('/v2')) answerWell(response, seen);
      else response.writeHead(307, { location: '/v2/chat/completions' }).end();
    });
    const { exitCode, stderr, records } = await run(server.url);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`redirects (HTTP 307) to ${server.origin}/v2/chat/completions`);
    expect(records.map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
  });

  it('finds the other origin behind a redirect within', async () => {
    const other = await serve(answerWell);
    const server = await serve((response, { path }) => {
      const location = path.startsWith('/hop') ? `${other.origin}/` : '/hop';
      response.writeHead(307, { location }).end();
    });
    expect((await run(server.url)).exitCode).toBe(108);
    expect(other.seen).toEqual([]);
  });

  it('ends where redirects go round', async () => {
    const server = await serve((response) => response.writeHead(307, { location: '/v1/chat/completions' }).end());
    const { exitCode, stderr } = await run(server.url);
    expect(exitCode).toBe(108);
    expect(stderr).toContain('redirects without an end');
  });

  // k6 does not say where sse.open ended: docs/failures.md.
  it.skipIf(engine === 'k6')('stops where only requests with a key are redirected, and says where to', async () => {
    const other = await serve(answerWell);
    const server = await serve((response, seen) => {
      if (seen.headers['x-mine'] !== '1') refuse(response, 401, 'no key');
      else response.writeHead(307, { location: `${other.origin}/v1/chat/completions` }).end();
    });
    const { exitCode, stderr, records } = await run(server.url);
    expect(exitCode).toBe(108);
    expect(stderr).toContain(`redirects to ${other.origin}/v1/chat/completions`);
    expect(records).toEqual([]);
  });

  it('lists what the service has on a 404, asked with the key', async () => {
    const server = await serve((response, { path, headers }) => {
      if (path !== '/v1/models') refuse(response, 404, 'The model `m` does not exist');
      else if (headers.authorization !== `Bearer ${KEY}`) refuse(response, 401, 'no');
      else response.end(JSON.stringify({ data: [{ id: 'llama-3' }, { id: 'qwen' }] }));
    });
    const { exitCode, stderr } = await run(server.url);
    expect(exitCode).toBe(108);
    expect(stderr).toContain('The model `m` does not exist');
    expect(stderr).toContain('the server serves: llama-3, qwen');
    expect(stderr).toContain('--model llama-3');
  });

  it.each([
    [401, 'the key was refused', KEY],
    [403, 'the key was refused', KEY],
    [401, 'give the key', ''],
    [403, 'give the key', ''],
  ])('%i: %s', async (status, advice, key) => {
    const server = await serve((response, { headers }) => refuse(response, status, `no: ${headers.authorization}`));
    const { exitCode, stderr } = await run(server.url, { API_KEY: key });
    expect(exitCode).toBe(108);
    expect(stderr).toContain(advice);
    expect(stderr).not.toContain(KEY);
  });

  it.each([
    ['a web page', (r: ServerResponse) => r.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in</h1>')],
    [
      'JSON in place of a stream',
      (r: ServerResponse) => r.writeHead(200, { 'content-type': 'application/json' }).end('{"note":"Sign in"}'),
    ],
    [
      'an error event',
      (r: ServerResponse) =>
        r.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: {"error":{"message":"Sign in"}}\n\n'),
    ],
  ])('ends at %s, with its words', async (_, answer) => {
    const server = await serve((response) => answer(response));
    const { exitCode, stderr } = await run(server.url);
    expect(exitCode).toBe(108);
    expect(stderr).toContain('Sign in');
  });

  it('waits READ_TIMEOUT for the first event, whatever CONNECT_TIMEOUT is', async () => {
    const late: Handler = (response, seen) => void setTimeout(() => answerWell(response, seen), 600);
    const passed = await run((await serve(late)).url, { CONNECT_TIMEOUT: '0.3', READ_TIMEOUT: '5', NUMBER: '1' });
    expect(passed.stderr).not.toContain('connection test failed');
    expect(passed.records.map(({ outcome }) => outcome)).toEqual(['completed']);
    const failed = await run((await serve(late)).url, { CONNECT_TIMEOUT: '5', READ_TIMEOUT: '0.3' });
    expect(failed.exitCode).toBe(108);
    expect(failed.stderr).toContain('did not answer in time');
  });

  it('waits CONNECT_TIMEOUT for the connection', async () => {
    const deaf = await startDeafServer();
    servers.push(deaf);
    const startedAt = Date.now();
    const url = `http://127.0.0.1:${deaf.port}/v1`;
    const { exitCode, stderr } = await run(url, { CONNECT_TIMEOUT: '0.5', READ_TIMEOUT: '60' });
    expect(exitCode).toBe(108);
    expect(stderr).toContain('no connection within 0.5 s');
    expect(Date.now() - startedAt).toBeLessThan(15_000);
  });

  it('says what is wrong with a certificate, and what to do', async () => {
    const server = await serve(answerWell, true);
    const { exitCode, stderr } = await run(server.url);
    expect(exitCode).toBe(108);
    expect(stderr).toMatch(/check: .*certificate.*--insecure/);
    const insecure = await run(server.url, { INSECURE: 'true' });
    expect(insecure.exitCode).toBe(0);
    expect(insecure.records).toHaveLength(2);
  });

  it('says that a host is unknown', async () => {
    const { exitCode, stderr } = await run('http://no-such-host.invalid/v1');
    expect(exitCode).toBe(108);
    expect(stderr).toMatch(/check: no name server knows the host/);
  });

  it('asks for a short answer without streaming, and for a whole one where that is refused', async () => {
    const server = await serve((response, seen) => {
      if (seen.headers['x-mine'] === '1' && seen.body['max_tokens'] !== 64)
        refuse(response, 422, 'max_tokens must be 64');
      else answerWell(response, seen);
    });
    const { exitCode, records } = await run(server.url, { STREAM: 'off', MIN_TOKENS: '30' });
    expect(exitCode).toBe(0);
    expect(records).toHaveLength(2);
    expect(server.own().map(({ body }) => [body['max_tokens'], body['min_tokens']])).toEqual([
      [16, undefined],
      [64, 30],
      [64, 30],
      [64, 30],
    ]);
  });

  it('waits for a service that is starting', async () => {
    const server = await serve((response, seen, index) => {
      if (index < 4) refuse(response, index < 2 ? 503 : 404, 'Loading model');
      else answerWell(response, seen);
    });
    const { exitCode, stderr, records } = await run(server.url, { WAIT_FOR_MODEL: '30s' });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('waiting for the service');
    expect(stderr).toContain('Loading model');
    expect(records).toHaveLength(2);
  });

  it('gives up waiting when the time is over, and at once at an answer that waiting does not change', async () => {
    const starting = await serve((response) => refuse(response, 503, 'Loading model'));
    const given = await run(starting.url, { WAIT_FOR_MODEL: '2s' });
    expect(given.exitCode).toBe(108);
    expect(given.stderr).toMatch(/connection test failed: .*tried for \d\.\d s/);
    const wrong = await serve((response) => refuse(response, 401, 'wrong key'));
    expect((await run(wrong.url, { WAIT_FOR_MODEL: '5m' })).exitCode).toBe(108);
  });

  it('shows the words of a refusal in the load, though the stream does not bring them', async () => {
    const server = await serve((response) => refuse(response, 400, 'the prompt is too long for 4096'));
    const { records, stderr } = await run(server.url, { NO_TEST_CONNECTION: 'true', NUMBER: '3' });
    expect(records[0]?.failure).toMatchObject({ kind: 'http-status', status: 400 });
    expect(records[0]?.failure?.detail).toContain('the prompt is too long for 4096');
    expect(stderr).toContain('the prompt is too long for 4096');
    // In k6 one request more a VU, which is none of the run; the Node engine has the body.
    expect(records).toHaveLength(3);
    expect(server.own()).toHaveLength(engine === 'k6' ? 4 : 3);
  });
});

describeK6('the connection test', () => {
  it('says its words on the terminal though the console goes to a file', async () => {
    const server = await serve((response) => refuse(response, 400, 'words of the server'));
    const cwd = createFolder();
    const { finished } = startProgram(
      K6_PATH as string,
      ['run', '--quiet', '--console-output', 'console.txt', join(process.cwd(), 'dist/openqa.js')],
      { cwd, env: { ...LOAD, URL: server.url } },
    );
    const { code, stderr } = await finished;
    expect(code).toBe(108);
    expect(stderr).toContain('words of the server');
    expect(readFileSync(join(cwd, 'console.txt'), 'utf8')).toContain('words of the server');
  });
});

describe('the command line without --model', () => {
  const flags = (origin: string, ...more: string[]) => [
    '--url',
    `${origin}/v1`,
    '--number',
    '1',
    '--engine',
    'node',
    ...more,
  ];

  it('takes the only model of the server, and says so', async () => {
    const server = await serve((response, seen) => {
      if (seen.path === '/v1/models') response.end(JSON.stringify({ data: [{ id: 'org/only' }] }));
      else answerWell(response, seen);
    });
    // A load that needs its rate changes nothing of it.
    const more = ['--headers', 'x-mine=1', '--rate', '50', '--max-in-flight', '3'];
    const { code, stderr, stdout } = await runCli(flags(server.origin, ...more), { env: { API_KEY: KEY } });
    expect(code).toBe(0);
    expect(stderr).toContain('model: org/only, the only one');
    expect(stdout).toContain('Benchmarking summary');
    expect(server.own().map(({ path }) => path)[0]).toBe('/v1/models');
    expect(server.own()[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(server.own()[1]?.body['model']).toBe('org/only');
  });

  it('lists several, with a line to paste', async () => {
    const server = await serve((response) => response.end(JSON.stringify({ data: [{ id: 'a' }, { id: 'b' }] })));
    const { code, stderr } = await runCli(flags(server.origin, '--gate', 'p99(nonsense)<1', '--parallel', '0'));
    expect(code).toBe(104);
    expect(stderr).toContain('one of a, b');
    expect(stderr).toContain('--model a');
    // With everything else that is wrong, each once.
    expect(stderr.match(/MODEL/g)).toHaveLength(1);
    expect(stderr).toContain('nonsense');
    expect(stderr).toContain('PARALLEL (--parallel)');
    expect(server.seen).toHaveLength(1);
  });

  it('says that the server lists none', async () => {
    const server = await serve((response) => refuse(response, 404, 'no such route'));
    const { code, stderr } = await runCli(flags(server.origin));
    expect(code).toBe(104);
    expect(stderr).toContain('no such route');
    expect(stderr).toContain('MODEL (--model)');
  });

  it('follows no redirect with the key', async () => {
    const other = await serve(answerWell);
    const server = await serve((response) => response.writeHead(307, { location: `${other.origin}/v1/models` }).end());
    expect((await runCli(flags(server.origin), { env: { API_KEY: KEY } })).code).toBe(104);
    expect(other.seen).toEqual([]);
  });

  it('leaves no folder when the service does not come', async () => {
    const server = await serve((response) => refuse(response, 503, 'Loading model'));
    const cwd = createFolder();
    const given = ['--url', `${server.origin}/v1`, '--model', 'm', '--engine', 'node', '--wait-for-model', '2s'];
    const { code, stderr } = await runCli(given, { cwd });
    expect(code).toBe(108);
    expect(stderr).toContain('Loading model');
    const outputs = join(cwd, 'outputs');
    expect(existsSync(outputs) ? readdirSync(outputs, { recursive: true }) : []).toEqual([]);
  });
});
