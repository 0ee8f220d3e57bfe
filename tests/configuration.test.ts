import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { createFolder } from './support/cli.ts';
import { describeEngines, runInEngine } from './support/engines.ts';
import { readTimings, resetMock } from './support/mock-process.ts';
import { reserveRefusedPort } from './support/refused-port.ts';

const LOAD = { MODEL: 'm', PARALLEL: '2', NUMBER: '4', MAX_TOKENS: '4' };

/** A setting that is wrong, and the line to paste that its refusal shows. */
const WRONG: readonly (readonly [env: string, value: string, paste: string])[] = [
  ['URL', 'localhost:8000/v1', '-e URL=http://localhost:8000/v1'],
  ['URL', 'http://[::1', '-e URL=http://127.0.0.1:8000/v1/chat/completions'],
  ['URL', 'ftp://127.0.0.1/v1', '-e URL='],
  ['MODEL', '', '-e MODEL=qwen2.5'],
  ['API', 'anthropic-ish', '-e API=anthropic'],
  ['API_KEY', 'two words', '-e API_KEY=YOUR_KEY'],
  ['HEADERS', 'no-equals-sign', '-e HEADERS='],
  ['PARALLEL', '0', '-e PARALLEL=8'],
  ['PARALLEL', 'many', '-e PARALLEL=8'],
  ['NUMBER', '-1', '-e NUMBER=100'],
  ['DURATION', '5 parsecs', '-e DURATION=5m'],
  ['DATASET', 'openqq', '-e DATASET=openqa'],
  ['DATASET_PATH', './no/such/file.jsonl', 'DATASET_PATH'],
  ['PROMPT', '@./no/such/prompt.txt', '-e PROMPT='],
  ['QUERY_TEMPLATE', '{"broken', '-e QUERY_TEMPLATE='],
  ['MAX_TOKENS', '1.5', '-e MAX_TOKENS=512'],
  ['MIN_TOKENS', '5', '-e MIN_TOKENS=4'],
  ['MIN_PROMPT_LENGTH', '999999', '-e MIN_PROMPT_LENGTH='],
  ['TEMPERATURE', 'hot', '-e TEMPERATURE=0.7'],
  ['TOP_P', '1.5', '-e TOP_P=0.9'],
  ['FREQUENCY_PENALTY', '3', '-e FREQUENCY_PENALTY=0.5'],
  ['SEED', 'lucky', '-e SEED=42'],
  ['EXTRA_ARGS', '[1]', '-e EXTRA_ARGS='],
  ['STREAM', 'maybe', '-e STREAM=off'],
  ['TOTAL_TIMEOUT', 'soon', '-e TOTAL_TIMEOUT=10m'],
  ['TTFT_RULE', 'last', '-e TTFT_RULE=first-chunk'],
  ['THRESHOLDS', 'interactiv-chat', '-e THRESHOLDS=interactive-chat'],
];

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 2, tpotMs: 1, keepMessages: true });
});
afterAll(() => mock.close());
beforeEach(() => resetMock(mock));

function writeDataset(name: string, text: string): string {
  const path = join(createFolder(), name);
  writeFileSync(path, text);
  return path;
}

describeEngines('a configuration', (engine) => {
  const run = (settings: Record<string, string>, bundle = 'openqa') =>
    runInEngine(engine, bundle, { ...LOAD, URL: `${mock.url}/v1/chat/completions`, ...settings });

  it('is refused together with the wrong lines of the dataset it names', async () => {
    const path = writeDataset('prompts.jsonl', '{"prompt":"right"}\n{"prompt":\n');
    const { exitCode, stderr } = await runInEngine(engine, 'custom', {
      MODEL: 'm',
      URL: mock.url,
      PARALLEL: '0',
      DATASET_PATH: path,
    });
    expect(exitCode).toBe(104);
    expect(stderr).toContain('2 problems');
    expect(stderr).toContain('-e PARALLEL=8');
    expect(stderr).toContain('prompts.jsonl:2');
  });

  it.each(WRONG)('with %s=%s is refused with a line to paste, and sends nothing', async (env, value, paste) => {
    const { exitCode, stderr } = await run({ [env]: value });
    expect(exitCode).toBe(104);
    expect(stderr).toContain(`${env} (--`);
    expect(stderr).toMatch(/1 problem with the configuration/);
    const block = stderr.slice(stderr.indexOf(`${env} (--`)).replace(/\\"/g, '"');
    expect(/try: +(.*)/.exec(block)?.[1]).toContain(paste);
    expect(await readTimings(mock)).toEqual([]);
  });

  it('with several mistakes tells them all at once', async () => {
    const { exitCode, stderr } = await run({ PARALLEL: 'two', NUMBER: '0', STREAM: 'maybe', THRESHOLDS: 'none-such' });
    expect(exitCode).toBe(104);
    expect(stderr).toContain('4 problems with the configuration');
    for (const env of ['PARALLEL', 'NUMBER', 'STREAM', 'THRESHOLDS']) expect(stderr).toContain(`${env} (--`);
    for (const got of ['two', '0', 'maybe', 'none-such']) expect(stderr).toMatch(new RegExp(`got \\\\?"${got}\\\\?"`));
    expect(await readTimings(mock)).toEqual([]);
  });

  it('for another workload than the bundle names the right bundle', async () => {
    const { exitCode, stderr } = await run({ DATASET: 'longalpaca' });
    expect(exitCode).toBe(104);
    expect(stderr).toContain('dist/longalpaca.js');
  });

  it('without the file that a workload needs is refused', async () => {
    const { exitCode, stderr } = await run({}, 'custom');
    expect(exitCode).toBe(104);
    expect(stderr).toContain('DATASET_PATH (--dataset-path)');
  });

  it.each([
    ['openqa', 'q.jsonl', '{"question":"a"}\n{"question":\n{"question":"b"}\n{"answer":"c"}\n', [2, 4]],
    ['longalpaca', 'l.jsonl', '{"instruction":"a"}\n\n{"instruction":7}\n', [3]],
    ['custom', 'c.jsonl', '{"prompt":"a"}\n[1]\n{"messages":[{"role":"user"}]}\n', [2, 3]],
    ['custom', 'c.csv', 'prompt,max_tokens\nhello,5\nworld,many\n', [3]],
  ] as const)(
    'with malformed lines in a file for %s names file, line and reason',
    async (bundle, name, text, lines) => {
      const { exitCode, stderr } = await run({ DATASET_PATH: writeDataset(name, text) }, bundle);
      expect(exitCode).toBe(104);
      for (const line of lines) expect(stderr).toMatch(new RegExp(`${name.replace('.', '\\.')}:${line}: got \\S+`));
      expect(stderr).toContain(`${lines.length} problem`);
      expect(await readTimings(mock)).toEqual([]);
    },
  );

  it('whose filters leave no prompt is refused', async () => {
    const path = writeDataset('c.jsonl', '{"prompt":"short"}\n');
    const { exitCode, stderr } = await run({ DATASET_PATH: path, MIN_PROMPT_LENGTH: '100' }, 'custom');
    expect(exitCode).toBe(104);
    expect(stderr).toContain('MIN_PROMPT_LENGTH');
    expect(await readTimings(mock)).toEqual([]);
  });

  it('that is right reaches the server as it was given', async () => {
    const { exitCode } = await run({
      NUMBER: '1',
      PROMPT: 'Say hi',
      TEMPERATURE: '0.5',
      TOP_P: '0.9',
      SEED: '7',
      STOP: '["END"]',
      EXTRA_ARGS: '{"ignore_eos":true}',
      HEADERS: 'x-team=search',
      API_KEY: 'sk-test-key',
      NO_TEST_CONNECTION: 'true',
    });
    expect(exitCode).toBe(0);
    const [timing] = await readTimings(mock);
    expect(timing?.headers).toMatchObject({ 'x-team': 'search', 'accept-encoding': 'identity' });
    expect(timing?.has_authorization).toBe(true);
    expect(timing?.body).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'Say hi' }],
      max_tokens: 4,
      temperature: 0.5,
      top_p: 0.9,
      seed: 7,
      stop: ['END'],
      ignore_eos: true,
      stream: true,
      stream_options: { include_usage: true },
    });
  });
});

describeEngines('the connection test', (engine) => {
  const run = (settings: Record<string, string>) =>
    runInEngine(engine, 'openqa', { ...LOAD, URL: `${mock.url}/v1/chat/completions`, ...settings });

  it("sends a request of the run before the load, and one without anything of the user's before that", async () => {
    const { exitCode, records } = await run({ API_KEY: 'sk-mine', HEADERS: 'x-mine=1' });
    expect(exitCode).toBe(0);
    expect(records).toHaveLength(4);
    const [probe, test, ...load] = await readTimings(mock);
    expect(probe).toMatchObject({ stream: false, has_authorization: false, body: { model: 'm', max_tokens: 1 } });
    expect(probe?.headers).not.toHaveProperty('x-mine');
    expect(load).toHaveLength(4);
    const settingsOf = ({ messages: _, ...rest }: Readonly<Record<string, unknown>> = {}) => rest;
    expect(settingsOf(test?.body ?? {})).toEqual(settingsOf(load[0]?.body ?? {}));
    expect({ ...test?.headers, 'content-length': '' }).toEqual({ ...load[0]?.headers, 'content-length': '' });
    expect(test?.has_authorization).toBe(true);
    // Not the first prompt: the run would find it in the prefix cache.
    expect(load.map(({ body }) => body?.['messages'])).not.toContainEqual(test?.body?.['messages']);
    expect(test?.body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  it.each([
    [401, 'API_KEY'],
    [403, 'key'],
    [404, '/v1/models'],
    [429, 'rate'],
    [503, 'loading'],
    [500, 'server log'],
  ])('that gets %i says what to check, ends with 108 and starts no load', async (status, advice) => {
    const { exitCode, stderr, stdout, records } = await run({ HEADERS: `{"x-mock-status":"${status}"}` });
    expect(exitCode).toBe(108);
    expect(stderr).toContain('connection test failed: POST http://127.0.0.1');
    expect(stderr).toContain(`HTTP ${status}`);
    expect(/check: (.*)/.exec(stderr)?.[1]).toContain(advice);
    expect(stderr).toContain('NO_TEST_CONNECTION');
    expect(records).toEqual([]);
    expect(stdout).not.toContain('Benchmarking summary');
    // Where the console goes to a file, the same words end the run; here they are on the terminal already.
    expect(stderr).toContain('test aborted: the connection test failed');
  });

  it('that is refused says what to check, and ends with 108', async () => {
    const port = await reserveRefusedPort();
    const { exitCode, stderr, records } = await run({ URL: `http://127.0.0.1:${port}/v1/chat/completions` });
    expect(exitCode).toBe(108);
    expect(stderr).toContain('is the server started');
    expect(records).toEqual([]);
  });

  it('that gets no answer in time says so', async () => {
    const settings = { READ_TIMEOUT: '0.3', HEADERS: '{"x-mock-slow-headers-ms":"60000"}' };
    const { exitCode, stderr, records } = await run(settings);
    expect(exitCode).toBe(108);
    expect(stderr).toContain('the server did not answer in time');
    expect(records).toEqual([]);
  });

  it('is skipped when told so', async () => {
    const { exitCode, records } = await run({ HEADERS: '{"x-mock-status":"503"}', NO_TEST_CONNECTION: 'true' });
    expect(exitCode).toBe(0);
    expect(records.map(({ failure }) => failure?.status)).toEqual([503, 503, 503, 503]);
    // In k6 each of the two VUs asks once more for the words of the refusal.
    expect(await readTimings(mock)).toHaveLength(engine === 'k6' ? 6 : 4);
  });
});
