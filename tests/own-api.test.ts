import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareOwnApi } from '../lib/cli/run/own-api.ts';
import { runBundle } from '../lib/engine/index.ts';
import type { RequestRecord } from '../lib/measure/request-record.ts';
import { readRecords } from '../lib/records/node-record-reader.ts';
import { createFolder, runCli, startProgram } from './support/cli.ts';
import { describeEngines, K6_PATH } from './support/engines.ts';
import { listen } from './support/listen.ts';

interface Sent {
  readonly key: string | string[] | undefined;
  readonly body: { readonly ask: string; readonly stream: boolean };
}

/** The service of docs/examples/my-api.ts, whose answers think, call a tool and hold a picture, too. */
const sent: Sent[] = [];
const service = createServer((request, response) => {
  let text = '';
  request.on('data', (piece: Buffer) => (text += piece.toString()));
  request.on('end', () => {
    if (request.method !== 'POST') {
      response.writeHead(404).end();
      return;
    }
    const body = JSON.parse(text) as Sent['body'];
    sent.push({ key: request.headers['x-my-key'], body });
    if (!body.stream) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ answer: 'Hello there', words: 2 }));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const events = [
      { thought: 'Hm' },
      { tool: '{}' },
      { picture: true },
      { word: 'Hello' },
      { word: '', end: true, words: 7 },
    ];
    for (const event of events) response.write(`data: ${JSON.stringify(event)}\n\n`);
    // Only the end mark ends it, which begins as the event before it.
  });
});
let url = '';
beforeAll(async () => {
  url = `http://127.0.0.1:${await listen(service)}/ask`;
});
afterAll(() => {
  service.closeAllConnections();
  service.close();
});

/** Every documented name, with a package of npm beside it. */
const API = `import { join } from 'joins-lines';
import type { CustomApi } from 'k6-llm-perf';
const api: CustomApi = {
  name: 'mine',
  headers: ({ apiKey }) => ({ 'x-my-key': String(apiKey) }),
  body: ({ messages }, { model, stream, maxTokens, temperature, topP, topK, seed, stop }) => ({
    ...{ model, stream, maxTokens, temperature, topP, topK, seed, stop },
    ask: join(messages.map(({ content }) => String(content))),
  }),
  readEvent(data) {
    const { thought, tool, picture, word, end, words } = JSON.parse(data);
    if (end) return { finishReason: 'stop', inputTokens: 11, outputTokens: words, cachedTokens: 5 };
    return { reasoning: thought, tools: tool, hasMedia: picture === true, text: word };
  },
  isEnd: (data) => data.includes('"end"'),
  readWhole: (body) => ({ text: JSON.parse(body).answer, finishReason: 'stop', outputTokens: JSON.parse(body).words }),
};
export default api;
`;

function write(files: Readonly<Record<string, string>>): string {
  const cwd = createFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
  return cwd;
}

const PACKAGE = 'node_modules/joins-lines';
const FILES = {
  'my-api.ts': API,
  [`${PACKAGE}/package.json`]: '{"name":"joins-lines","version":"1.0.0","main":"index.js"}',
  [`${PACKAGE}/index.js`]: "exports.join = (lines) => lines.join('\\n');",
};

async function recordsOf(path: string): Promise<RequestRecord[]> {
  const records: RequestRecord[] = [];
  await readRecords([path], (record) => records.push(record));
  return records;
}

function flags(...more: string[]): string[] {
  return ['--url', url, '--model', 'm', '--api', './my-api.ts', '--number', '2', '--no-timestamp', ...more];
}

function runInK6(cwd: string, script: string, env: Readonly<Record<string, string>>) {
  return startProgram(K6_PATH as string, ['run', '--quiet', '--no-color', script], { cwd, env }).finished;
}

async function runInNode(bundlePath: string, env: Readonly<Record<string, string>>) {
  let [stdout, stderr] = ['', ''];
  const { exitCode } = await runBundle({
    ...{ bundlePath, env, out: [] },
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  return { code: exitCode, stdout, stderr };
}

const NO_PROBES = ['--no-test-connection', '--connect-probes', 'off'];

describeEngines('an API of your own', (engine) => {
  it('is spoken in streams, by every documented name, and by the script that is kept', async () => {
    const cwd = write(FILES);
    sent.length = 0;
    const { code, stdout, stderr } = await runCli(
      flags('--engine', engine, '--api-key', 'k-123456', '--connect-probes', 'off'),
      { cwd },
    );
    expect(code, stdout + stderr).toBe(0);
    expect(stderr).toContain('script: outputs/m/script.js, for k6 run as it is');
    // The connection test sends a bare body where it looks for redirects, and then speaks it, too.
    expect(sent).toHaveLength(4);
    expect(sent.at(-1)).toMatchObject({
      key: 'k-123456',
      body: { model: 'm', stream: true, maxTokens: 2048, seed: 42 },
    });
    const records = await recordsOf(join(cwd, 'outputs', 'm', 'records.jsonl'));
    for (const record of records) {
      expect(record).toMatchObject({
        ...{ outcome: 'completed', api: 'mine', finish_reason: 'stop', stream: true, token_source: 'usage' },
        // A thought, a call, a picture and a word carry output.
        ...{ chunks: 4, reasoning_chunks: 1, input_tokens: 11, output_tokens: 7, cached_tokens: 5 },
      });
    }
    if (engine === 'node') return;
    const env = { URL: url, MODEL: 'm', NUMBER: '1', CONNECT_PROBES: 'off' };
    const kept = join(cwd, 'outputs', 'm', 'script.js');
    const again = await runInK6(cwd, kept, env);
    expect(again.code, again.stderr).toBe(0);
    expect(again.stdout).toMatch(/Succeed requests +\| 1 /);
  });

  it('fails the requests whose body it cannot make, and sends none of them', async () => {
    const throwing = API.replace(
      'body: (',
      'body: ({ messages }, s) => (calls++ === 0 ? fail() : calls === 2 ? [] : body({ messages }, s)),\n  stale: (',
    );
    const helpers = `let calls = 0;\nconst fail = () => { throw new TypeError('no such prompt'); };\nconst body = (...given) => api.stale(...given);\n`;
    const cwd = write({ ...FILES, 'my-api.ts': throwing.replace('const api', `${helpers}const api`) });
    sent.length = 0;
    const { code, stdout, stderr } = await runCli(flags('--engine', engine, ...NO_PROBES, '--number', '3'), { cwd });
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('bug of k6-llm-perf')]);
    expect(sent).toHaveLength(1);
    expect(stdout).toContain('Requests  1 of 3 completed, 2 failed');
    const records = await recordsOf(join(cwd, 'outputs', 'm', 'records.jsonl'));
    expect(records.map(({ failure }) => failure)).toEqual([
      { kind: 'bad-payload', status: null, detail: 'malformed request: body throws "TypeError: no such prompt"' },
      { kind: 'bad-payload', status: null, detail: 'malformed request: body returns [], and no object' },
      null,
    ]);
  });

  it('is spoken by a script of "bundle", without streaming', async () => {
    const cwd = write(FILES);
    const bundled = await runCli(['bundle', '--api', './my-api.ts', '--dataset', 'longalpaca', '-o', 'my.js'], { cwd });
    expect(bundled).toMatchObject({ code: 0, stdout: 'my.js\n' });
    const env = { URL: url, MODEL: 'm', NUMBER: '2', STREAM: 'off', CONNECT_PROBES: 'off', NO_TEST_CONNECTION: 'true' };
    const run = engine === 'k6' ? await runInK6(cwd, 'my.js', env) : await runInNode(join(cwd, 'my.js'), env);
    expect(run.code, run.stderr).toBe(0);
    expect(run.stdout).toMatch(/Succeed requests +\| 2 [\s\S]+Average output tokens per request +\| 2\.0 /);
  });
});

describe('a file that is not an API', () => {
  it.each([
    [
      'is a type or a bracket short',
      'export default { name: "x", body: () => ({ a: }, };',
      /Unexpected "}" \(my-api\.ts:1\)/,
    ],
    ['exports something else', 'export const api = {};', /it has no default export/],
    ['lacks a function', 'export default { name: "x" };', /it has no name, body or readEvent/],
    [
      'imports a module of Node',
      "import 'node:fs'; export default {};",
      /it imports node:fs, a module of Node, which k6 does not have/,
    ],
    ['does so by its short name', "import fs from 'fs'; export default fs;", /it imports fs, a module of Node/],
    [
      'imports a module of k6',
      "import http from 'k6/http'; export default http;",
      /it imports k6\/http, and an API only says/,
    ],
    [
      'imports what is not installed',
      "import a from 'not-there'; export default a;",
      /Could not resolve "not-there" \(my-api\.ts:1\)/,
    ],
    ['throws', "throw new Error('at once');", /at once/],
  ])('and %s is refused with the reason', async (_, text, reason) => {
    await expect(prepareOwnApi('./my-api.ts', write({ 'my-api.ts': text }))).rejects.toThrow(reason);
  });

  it('fails requests where its reading throws, in its own words', async () => {
    const cwd = write({
      ...FILES,
      'my-api.ts': API.replace('readEvent(data) {', "readEvent(data) { throw new Error('what is this');"),
    });
    const { code, stdout } = await runCli(flags('--engine', 'node', ...NO_PROBES, '--read-timeout', '1s'), { cwd });
    expect(code).toBe(99);
    expect(stdout).toMatch(/first failure: bad-payload: .*what is this/);
    const records = await recordsOf(join(cwd, 'outputs', 'm', 'records.jsonl'));
    expect(records.map(({ failure }) => failure?.kind)).toEqual(['bad-payload', 'bad-payload']);
    expect(readFileSync(join(cwd, 'outputs', 'm', 'script.js'), 'utf8')).toContain('what is this');
  });
});
