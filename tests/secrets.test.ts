import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { type CliRun, createFolder, flagsOfTwo, runCli, runInProcess, startCli } from './support/cli.ts';
import { describeEngines, runInEngine } from './support/engines.ts';
import { listen } from './support/listen.ts';
import { requestsSeen, resetMock } from './support/mock-process.ts';
import { reserveRefusedPort } from './support/refused-port.ts';

/** Unlike anything else in the world, so that finding it is finding a leak. */
const KEY = ['sk', 'Zq7xVb93LmN0pRtW'].join('-');
const OTHER = 'Hn5Yc-81kQwEa_27';

let mock: MockServer;
let echo: { url: string; close(): void };
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 2, tpotMs: 1, outputTokens: 5, requireKey: KEY, echoKey: true });
  echo = await startEchoServer();
});
afterAll(async () => {
  await mock.close();
  echo.close();
});

/** Answers with everything that it was sent but the body, as a careless gateway does. */
async function startEchoServer(): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const lines = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
      response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(`${request.method} ${request.url}\n${lines.join('\n')}\n`);
    });
  });
  return startServer(server);
}

/** Starts a server on a free port. */
async function startServer(server: Server): Promise<{ readonly url: string; readonly close: () => void }> {
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Every file below a folder, and standard output and error, that contain a text. */
function placesOf(secret: string, { stdout, stderr }: CliRun, folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const holding = files.filter((path) => readFileSync(path).includes(secret));
  if (stdout.includes(secret)) holding.push('stdout');
  if (stderr.includes(secret)) holding.push(`stderr: ${stderr}`);
  return holding;
}

describeEngines('a key', (engine) => {
  const flags = (url: string, ...more: string[]): string[] => [
    ...['--url', url, '--model', 'm', '--number', '4', '--engine', engine, '--debug', '--save-text', ...more],
  ];
  const load = (...knobs: string[]): string[] =>
    flags(
      `${mock.url}/v1`,
      '--no-test-connection',
      '--thresholds',
      'smoke',
      ...(knobs.length > 0 ? ['--headers'] : []),
      ...knobs,
    );

  it.each([
    ['that the server takes', [], 0],
    ['that an error body shows', ['x-mock-status=500', 'x-mock-error-newline=on'], 99],
    ['that an error inside a stream shows', ['x-mock-error-at=3'], 99],
  ])('%s is nowhere in what a run prints and writes', async (_, knobs, code) => {
    const cwd = createFolder();
    const run = await runCli(load(...knobs), { cwd, env: { API_KEY: KEY } });
    expect(run.code).toBe(code);
    expect(run.stdout).toContain('Benchmarking summary');
    expect(placesOf(KEY, run, cwd)).toEqual([]);
    // Where the server showed it, its mask shows that it was there.
    if (code !== 0) expect(run.stderr).toContain('**********');
    const folder = join(cwd, /^Report +(.*)\/perf_report\.html$/m.exec(run.stdout)?.[1] as string);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['records.jsonl', 'benchmark_data.db']));
  });

  it('that is wrong is not shown by the connection test', async () => {
    const cwd = createFolder();
    const run = await runCli(flags(`${mock.url}/v1`), { cwd, env: { OPENAI_API_KEY: OTHER } });
    expect(run.code).toBe(108);
    expect(run.stderr).toContain('API_KEY');
    expect(placesOf(OTHER, run, cwd)).toEqual([]);
  });

  it('in the environment is in the arguments of no process', async () => {
    await resetMock(mock);
    const given = load('x-mock-tpot-ms=20').map((word) => (word === '4' ? '100000' : word));
    const { child, finished } = startCli(given, { env: { API_KEY: KEY } });
    await requestsSeen(mock, 2);
    const processes = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' });
    child.kill('SIGINT');
    expect((await finished).code).toBe(105);
    expect(processes).toContain(`--engine ${engine}`);
    if (engine === 'k6') expect(processes).toContain('dist/openqa.js');
    expect(processes).not.toContain(KEY);
  });

  it('that is set after -- is in the arguments of no process either', async () => {
    await resetMock(mock);
    const given = load('x-mock-tpot-ms=20').map((word) => (word === '4' ? '100000' : word));
    const behind = engine === 'k6' ? ['--', '-e', `API_KEY=${KEY}`] : [];
    const { child, finished } = startCli([...given, ...behind], { env: engine === 'k6' ? {} : { API_KEY: KEY } });
    await requestsSeen(mock, 2);
    const processes = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
    child.kill('SIGINT');
    // The mock takes no other key.
    expect((await finished).code).toBe(105);
    expect(processes.filter((args) => args.includes(KEY) && !args.includes('cli.js'))).toEqual([]);
  });

  it.each(['EMPTY', 'http'])('that is the word %s leaves kinds of failures as they are', async (key) => {
    const run = await runCli(flags(`${mock.url}/v1`, '--no-test-connection'), { env: { API_KEY: key } });
    expect(run.stdout).toMatch(/\| Failed: http-status +\| 4 /);
    expect(run.stdout).not.toContain('unknown');
  });

  it.each([
    ['as an argument', ['--api-key', KEY]],
    ['in headers of its own', ['--headers', `x-api-key=${KEY}`, `Cookie=session=${KEY}`, `x-goog-api-key=${KEY}`]],
    ['in an own Authorization', ['--headers', `Authorization=Token ${KEY}`]],
    ['in a file', ['--api-key-file', 'key.txt']],
  ])('%s is nowhere, though the server shows all headers', async (_, words) => {
    const cwd = createFolder();
    if (words[1] === 'key.txt') writeFileSync(join(cwd, 'key.txt'), `${KEY}\n`);
    const run = await runCli(flags(`${echo.url}/v1`, '--no-test-connection', ...words), { cwd });
    expect(run.stdout).toMatch(/\| Failed: http-status +\| 4 /);
    expect(run.stderr + run.stdout).toContain('HTTP 500');
    const places = placesOf(KEY, run, cwd).filter((path) => !path.endsWith('/key.txt'));
    expect(places).toEqual([]);
  });

  it('as a parameter of the URL, encoded or not, is nowhere, whatever the server says', async () => {
    const path = `/v1/chat/completions?api-key=${KEY}&version=1&access_token=%2B${KEY}`;
    const port = await reserveRefusedPort();
    for (const origin of [echo.url, `http://127.0.0.1:${port}`]) {
      const cwd = createFolder();
      const run = await runCli(flags(`${origin}${path}`, '--no-test-connection'), { cwd });
      expect(run.stdout).toMatch(/\| Failed requests +\| 4 /);
      expect(placesOf(KEY, run, cwd)).toEqual([]);
      const tested = await runCli(flags(`${origin}${path}`), { cwd });
      expect(tested.code).toBe(108);
      expect(placesOf(KEY, tested, cwd)).toEqual([]);
    }
  });

  it('as the password of the URL is nowhere', async () => {
    const cwd = createFolder();
    const url = `${echo.url.replace('http://', `http://me:${KEY}@`)}/v1`;
    const run = await runCli(flags(url, '--no-test-connection'), { cwd });
    expect(run.stdout).toMatch(/\| Failed: http-status +\| 4 /);
    const encoded = Buffer.from(`me:${KEY}`).toString('base64');
    expect([...placesOf(KEY, run, cwd), ...placesOf(encoded, run, cwd)]).toEqual([]);
  });

  it('is in no sample and no table of a bundle that runs without the command line', async () => {
    const { stdout, stderr, samplesPath, records } = await runInEngine(engine, 'openqa', {
      ...{ MODEL: 'm', NUMBER: '3', URL: `${mock.url}/v1`, API_KEY: KEY, LLM_DEBUG: 'true' },
      HEADERS: '{"x-mock-status":"500","x-mock-error-newline":"on"}',
      NO_TEST_CONNECTION: 'true',
    });
    expect(records).toHaveLength(3);
    expect(records[0]?.failure?.detail).toContain('**********');
    expect(stdout + stderr + readFileSync(samplesPath, 'utf8')).not.toContain(KEY);
  });
});

/** What a server may make of a key before it shows it. */
const SPELLINGS: readonly ((key: string) => string)[] = [
  (key) => key,
  (key) => key.replace(/./g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`),
  (key) => Buffer.from(key).toString('base64'),
  (key) => Buffer.from(`me:${key}`).toString('base64url'),
  (key) => key.replace(/./g, (character) => `%${character.charCodeAt(0).toString(16)}`),
];

/** Streams one token, then shows the key of the request in every field that a client may keep, with commands of CI systems. */
async function startTalkingServer(): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const key = (request.headers.authorization ?? '').replace('Bearer ', '');
      const said = `${SPELLINGS.map((spell) => spell(key)).join(' ')} \u001b[31m##[group]\n::error::x`;
      const index = Number(request.headers['x-mock-case'] ?? 0);
      response.setHeader('x-request-id', key);
      if (index === 1) return response.writeHead(429, { 'retry-after': key }).end(`${said}\n`);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const choice = { index: 0, delta: { role: said, content: 'hi', [`x_${key}`]: said, reasoning_text: said } };
      response.write(
        `data: ${JSON.stringify({ id: said, model: said, system_fingerprint: said, choices: [choice] })}\n\n`,
      );
      if (index === 2)
        return response.end(`event: error\ndata: ${JSON.stringify({ error: { message: said, code: said } })}\n\n`);
      const last = {
        choices: [{ index: 0, delta: {}, finish_reason: said }],
        usage: { prompt_tokens: 1, completion_tokens: 1 },
      };
      return response.end(`data: ${JSON.stringify(last)}\n\ndata: [DONE]\n\n`);
    });
  });
  return startServer(server);
}

describeEngines('a server that shows the key in everything it says', (engine) => {
  it.each([
    ['a finish reason, names and unknown fields', '0'],
    ['a refusal and its headers', '1'],
    ['an error within a stream', '2'],
  ])('finds it in no output and no file: %s', async (_, which) => {
    const server = await startTalkingServer();
    const cwd = createFolder();
    const args = [...flagsOfTwo(server.url, engine), '--debug', '--save-text'];
    const run = await runCli([...args, '--headers', `x-mock-case=${which}`], {
      cwd,
      env: { API_KEY: KEY },
    });
    server.close();
    expect(run.stdout).toContain('Benchmarking summary');
    for (const spell of SPELLINGS) {
      // Of base64 the first and last characters hold bits of the neighbours.
      const spelled = spell(KEY).slice(3, -3);
      expect(placesOf(spelled, run, cwd)).toEqual([]);
    }
    // Nothing of it acts on a terminal or a CI job.
    for (const line of `${run.stdout}\n${run.stderr}`.split('\n')) {
      expect(line).not.toMatch(/##\[|^\s*::error::x/);
      // k6 colours its own progress; the server's red is not among it.
      expect(line).not.toContain('\u001b[31m##');
    }
  });
});

/** Answers each question with a status and everything that it was asked, in every spelling; lists models that are named so. */
async function startRefusingServer(status: number): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const key = (request.headers.authorization ?? '').replace('Bearer ', '');
      const said = SPELLINGS.map((spell) => spell(key)).join(' ');
      if (request.url?.endsWith('/models')) return response.end(JSON.stringify({ data: [{ id: said }] }));
      response.writeHead(status, { location: `http://127.0.0.2:1/${encodeURIComponent(key)}`, 'retry-after': key });
      return response.end(JSON.stringify({ error: { message: said } }));
    });
  });
  return startServer(server);
}

describeEngines('a server that shows the key to the connection test', (engine) => {
  it.each([401, 404, 307, 503])('finds it nowhere: status %i', async (status) => {
    const server = await startRefusingServer(status);
    const cwd = createFolder();
    const waiting = status === 503 ? ['--wait-for-model', '1s'] : [];
    const args = ['--url', `${server.url}/v1`, '--model', 'm', '--engine', engine, '--junit', 'junit.xml', ...waiting];
    const run = await runCli(args, { cwd, env: { API_KEY: KEY, GITHUB_ACTIONS: 'true' } });
    server.close();
    expect(run.code).toBe(108);
    expect(run.stderr).toContain(`HTTP ${status}`);
    for (const spell of SPELLINGS) expect(placesOf(spell(KEY).slice(3, -3), run, cwd)).toEqual([]);
  });
});

it('a model that is named as the key is not chosen, and not shown', async () => {
  const server = await startRefusingServer(500);
  const cwd = createFolder();
  const run = await runCli(['--url', `${server.url}/v1`, '--engine', 'node'], { cwd, env: { API_KEY: KEY } });
  server.close();
  expect(run.code).toBe(104);
  expect(run.stderr).toContain('the only model');
  for (const spell of SPELLINGS) expect(placesOf(spell(KEY).slice(3, -3), run, cwd)).toEqual([]);
});

/** A key in a wrong place, as people put it there: with a flag that is mistyped, lost, or another one. */
const MISPLACED: readonly (readonly string[])[] = [
  [KEY],
  ['run', KEY],
  ['run', '--model', 'm', KEY],
  ['run', '--stream', KEY],
  ['run', '--url=http://127.0.0.1:1/v1', KEY, '--model', 'm'],
  ['run', '--api-ky', KEY],
  ['run', `--api-ky=${KEY}`],
  ['run', `-api-key=${KEY}`],
  ['run', `\u2014api-key=${KEY}`],
  ['run', `--${KEY}`],
  ['run', '-e', `API_KEY=${KEY}`],
  ['run', `-eAPI_KEY=${KEY}`],
  ['run', '--headers', KEY],
  ['run', '--headers', 'Authorization:', 'Bearer', KEY],
  ['run', `--headers=Authorization Bearer ${KEY}`],
  ['run', '--headers', `Bearer ${KEY}`],
  ['run', '--headers', `{"Authorization": "Bearer ${KEY}"`],
  ['run', '--headers', `${KEY}: x=1\ny`],
  ['run', '--api-key', `Bearer ${KEY}`],
  ['run', '--parallel', KEY],
  ['run', '--parallel', '4', '--number', '1', KEY],
  ['run', '--number', '1', '2', KEY, '--parallel', '1'],
  ['run', '--engine', KEY],
  ['run', '--duration', KEY],
  ['run', '--temperature', KEY],
  ['run', '--model', KEY],
  ['run', '--name', KEY],
  ['run', '--model', 'm', '--url', KEY],
  ['run', '--model', 'm', '--url', `https://${KEY}@host:99999/v1`],
  ['run', '--model', 'm', '--url', `http://h/v1/embeddings?code=${KEY}`],
  ['run', '--model', 'm', '--url', `${KEY}@host/v1`],
  ['run', '--model', 'm', '--extra-args', `{"api_key": "${KEY}"`],
  ['run', '--model', 'm', '--extra-args', KEY],
  ['run', '--model', 'm', '--query-template', `@${KEY}.json`],
  ['run', '--model', 'm', '--prompt', `@${KEY}`],
  ['run', '--model', 'm', '--dataset-path', KEY],
  ['run', '--model', 'm', '--dataset-path', `${KEY}/prompts.jsonl`],
  ['run', '--model', 'm', '--thresholds', KEY],
  ['run', '--model', 'm', '--gate', KEY],
  ['run', '--model', 'm', '--gate', `p99(${KEY})<5`],
  ['run', '--model', 'm', '--api-key-file', KEY],
  ['run', '--model', 'm', '--stop', `["${KEY}",1]`],
  ['run', '--model', 'm', '--engine', 'node', '--', '-e', `API_KEY=${KEY}`],
  ['run', '--model', 'm', '--', '-e', `APIKEY=${KEY}`],
  ['run', '--model', 'm', '--', '-e', KEY],
  ['run', '--model', 'm', '--', `--env=${KEY}=1`],
  ['run', '--model', `MODEL=${KEY}`],
  ['run', '--model', 'm', '--api-key', `"${KEY}"`],
  ['run', '--model', 'm', '--api-key', `API_KEY=${KEY}`],
  ['run', '--model', `a/${KEY}`, '--api-key', KEY],
  ['run', '--model', 'm', '--dataset-path', `data/${KEY}.jsonl`, '--api-key', KEY],
  ['mock', '--host', KEY],
  ['report', KEY],
  ['report', `${KEY}.json`],
  ['report', '--api-key', KEY],
  ['compare', KEY, 'b.json'],
  ['compare', 'a.json', 'b.json', '--fail-on', KEY],
  ['compare', 'a.json', 'b.json', '--seed', KEY],
  ['query', KEY, 'select 1'],
  ['query', 'x', 'select 1', '--format', KEY],
  ['export', KEY, '--dialect', 'vllm'],
  ['export', 'x', '--dialect', KEY],
  ['prepare', KEY],
  ['prepare', 'openqa', '--tokenizer', KEY],
  ['calibrate', KEY],
  ['calibrate', '--parallel', KEY],
  ['mock', KEY],
  ['mock', '--port', KEY],
  ['mock', `--${KEY}`],
  ['mock', '--require-kye', KEY],
  ['quickstart', KEY],
  ['quickstart', '--url', KEY],
];

describe('a key in a wrong place', () => {
  it.each(MISPLACED.map((args) => [args.join(' ').split(KEY).join('KEY'), args] as const))(
    'is not shown: %s',
    async (_, args) => {
      const { code, stdout, stderr } = await runInProcess(args);
      expect(code).toBe(104);
      expect(stderr).not.toBe('');
      // Nor a part of it that would do.
      expect(stdout + stderr).not.toContain(KEY.slice(5, 13));
    },
  );
});

describe('a refusal', () => {
  it.each([
    ['--api-key', `two words ${KEY}`],
    ['--headers', KEY],
    ['--api-kye', KEY],
    ['--url', `ftp://me:${KEY}@127.0.0.1/v1?api-key=${KEY}`],
    ['--extra-args', `{"api_key":"${KEY}"`],
  ])('of %s does not show what was given', async (flag, value) => {
    const run = await runInProcess(['--model', 'm', flag, value]);
    expect(run.code).toBe(104);
    expect(run.stderr).toContain(flag);
    expect(run.stdout + run.stderr).not.toContain(KEY);
  });
});
