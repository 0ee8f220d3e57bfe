import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseThresholdExpression } from '../lib/conditions/thresholds.ts';
import type { RequestRecord } from '../lib/measure/request-record.ts';
import { computeFluidity } from '../lib/metrics/fluidity.ts';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { createFolder } from './support/cli.ts';
import { describeEngines, runInEngine } from './support/engines.ts';
import { listen } from './support/listen.ts';
import { readTimings, resetMock } from './support/mock-process.ts';

// The defects that were found in public load scripts for LLM services, one test each. Where another test file goes into
// the depth of one, this one shows its simplest case.

const LOAD = { MODEL: 'm', PARALLEL: '2', NUMBER: '4', PROMPT: 'hi', MAX_TOKENS: '8', NO_TEST_CONNECTION: 'true' };

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 4, tpotMs: 1 });
});
afterAll(() => mock.close());
beforeEach(() => resetMock(mock));

interface Sample {
  readonly type: 'Metric' | 'Point';
  readonly metric: string;
  readonly data: { readonly contains?: string; readonly value?: number; readonly tags?: object };
}

function readSamples(path: string, metric: string): Sample[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.includes(`"metric":"${metric}"`))
    .map((line) => JSON.parse(line) as Sample);
}

describeEngines('none of these defects:', (engine) => {
  const run = (knobs: Readonly<Record<string, string>> = {}, settings: Readonly<Record<string, string>> = {}) =>
    runInEngine(engine, 'openqa', {
      ...LOAD,
      URL: `${mock.url}/v1/chat/completions`,
      HEADERS: JSON.stringify(knobs),
      ...settings,
    });
  const each = <T>(records: readonly RequestRecord[], pick: (record: RequestRecord) => T): T[] => records.map(pick);
  const four = <T>(value: T): T[] => Array<T>(4).fill(value);

  it('the first event taken for the first token', async () => {
    const { records } = await run({ 'x-mock-role-at': 'early', 'x-mock-ttft-ms': '120' });
    for (const { ttft_ms, first_event_ms } of records) {
      expect((ttft_ms as number) - (first_event_ms as number)).toBeGreaterThan(50);
    }
    expect(records).toHaveLength(4);
  });

  it('whole milliseconds', async () => {
    const { records } = await run();
    const times = records.flatMap(({ ttft_ms, latency_ms, chunk_gaps_ms }) => [ttft_ms, latency_ms, ...chunk_gaps_ms]);
    const whole = times.filter((time) => Number.isInteger(time));
    expect(times).toHaveLength(4 * 9);
    // One in a thousand is whole by chance.
    expect(whole.length).toBeLessThan(5);
  });

  it('connecting inside TTFT without a word of it', async () => {
    expect((await run()).stdout).toMatch(/TTFT includes \d+\.\d(?: ± \d+\.\d)? ms of connecting/);
  });

  it('no close() at [DONE]: connections stay open', async () => {
    let open = 0;
    let most = 0;
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const chunk = { choices: [{ index: 0, delta: { content: 'x' }, finish_reason: 'stop' }] };
      // The response is never ended: who waits for that waits for ever.
      response.write(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
    });
    server.on('connection', (socket) => {
      open += 1;
      most = Math.max(most, open);
      socket.on('close', () => {
        open -= 1;
      });
    });
    const URL = `http://127.0.0.1:${await listen(server)}/v1/chat/completions`;
    const { records } = await run({}, { URL, NUMBER: '80', TOTAL_TIMEOUT: '20' });
    server.closeAllConnections();
    server.close();
    expect(each(records, ({ outcome }) => outcome)).toEqual(Array(80).fill('completed'));
    // Two at a time, and some that this process has not yet seen closing.
    expect(most).toBeLessThan(20);
  });

  it('no close() in the error handler: a broken stream hangs its VU for ever', async () => {
    for (const fault of ['reset-at', 'truncate-at']) {
      const { records } = await run({ [`x-mock-${fault}`]: '2' }, { TOTAL_TIMEOUT: '600' });
      expect(each(records, ({ outcome }) => outcome)).toEqual(four('failed'));
    }
  });

  it.each(['comment', 'bare', 'blank', 'empty-data'])('closing on, or parsing, an empty event: %s', async (style) => {
    const { records, stderr } = await run({
      'x-mock-ping-style': style,
      'x-mock-ping-before-first': '2',
      'x-mock-ping-every-ms': '2',
    });
    expect(each(records, ({ outcome, output_tokens }) => [outcome, output_tokens])).toEqual(four(['completed', 8]));
    expect(stderr).not.toMatch(/SyntaxError|exception/i);
  });

  it('a status that nobody checks', async () => {
    const { records, stdout } = await run({ 'x-mock-status': '500' });
    expect(each(records, ({ failure }) => failure?.kind)).toEqual(four('http-status'));
    expect(stdout).toMatch(/\| Succeed requests +\| 0 /);
  });

  it('error bodies that are lost', async () => {
    const { records } = await run({ 'x-mock-status': '400', 'x-mock-error-newline': 'on' });
    expect(each(records, ({ failure }) => failure?.detail)).toEqual(four(expect.stringContaining('is not valid')));
    // The usual body has no line feed, and k6/x/sse drops it; the connection test shows it all the same.
    const tested = await run({ 'x-mock-status': '400' }, { NO_TEST_CONNECTION: 'false' });
    expect(tested.exitCode).toBe(108);
    expect(tested.stderr).toContain('The request is not valid');
  });

  it('usage that is not requested, or read from the wrong chunk', async () => {
    for (const usage of ['last', 'last-choices', 'every-chunk', 'per-choice']) {
      const { records } = await run({ 'x-mock-usage': usage, 'x-mock-tokens-per-chunk': '3' });
      expect(each(records, (record) => [record.output_tokens, record.token_source])).toEqual(four([8, 'usage']));
    }
    expect((await readTimings(mock))[0]?.body?.['stream_options']).toEqual({ include_usage: true });
  });

  it('chunks that are called tokens', async () => {
    const { records } = await run({ 'x-mock-tokens-per-chunk': '4' });
    expect(each(records, ({ output_tokens, chunks }) => [output_tokens, chunks])).toEqual(four([8, 2]));
    const { stdout } = await run({ 'x-mock-usage': 'off' });
    expect(stdout).toMatch(/Output tokens counted by +\| the number of chunks, a guess/);
  });

  it('chunks of a token that are called more, since usage counts an end of sequence', async () => {
    // Two chunks, 32 ms apart, and three tokens: with 1.5 in each, the second would have 37.5 ms in place of 25.
    const send = (chunk: object): string => `data: ${JSON.stringify(chunk)}\n\n`;
    const output = send({ choices: [{ index: 0, delta: { content: 'a' } }] });
    const usage = { prompt_tokens: 1, completion_tokens: 3, total_tokens: 4 };
    const service = createServer((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(output);
      setTimeout(() => {
        const end = send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage });
        response.end(`${output}${end}data: [DONE]\n\n`);
      }, 32);
    });
    const url = `http://127.0.0.1:${await listen(service)}/v1/chat/completions`;
    const { records, samplesPath } = await run({}, { URL: url });
    service.close();
    expect(each(records, ({ output_tokens, chunks }) => [output_tokens, chunks])).toEqual(four([3, 2]));
    const points = readSamples(samplesPath, 'llm_fluidity').filter(({ type }) => type === 'Point');
    const late = each(records, ({ chunk_gaps_ms: [gap = 0] }) => gap > 25);
    expect(late).toContain(true);
    expect(points.map(({ data }) => data.value).sort()).toEqual(late.map((is) => (is ? 0 : 1)).sort());
    expect(
      each(records, ({ chunk_gaps_ms, output_tokens }) => computeFluidity(chunk_gaps_ms, 25, output_tokens)).sort(),
    ).toEqual(late.map((is) => (is ? 0 : 1)).sort());
  });

  it.each(['reasoning_content', 'reasoning'])('reasoning that is ignored: %s', async (key) => {
    const { records } = await run({
      'x-mock-reasoning-tokens': '6',
      'x-mock-reasoning-key': key,
      'x-mock-tpot-ms': '10',
    });
    for (const { ttft_ms, first_content_ms, chunks } of records) {
      expect(chunks).toBe(8);
      // Six tokens of reasoning come first, 10 ms each; on a busy machine several of them are seen at once.
      expect((first_content_ms as number) - (ttft_ms as number)).toBeGreaterThan(0);
    }
    expect(records).toHaveLength(4);
  });

  it('units that are mixed up', async () => {
    const { records, samplesPath } = await run();
    for (const [metric, key] of [
      ['llm_ttft', 'ttft_ms'],
      ['llm_latency', 'latency_ms'],
      ['llm_tpot', 'tpot_ms'],
    ] as const) {
      const samples = readSamples(samplesPath, metric);
      expect(samples.find(({ type }) => type === 'Metric')?.data.contains).toBe('time');
      const values = samples.filter(({ type }) => type === 'Point').map(({ data }) => data.value as number);
      // Records have microseconds, Trends all digits.
      const rounded = values.map((value) => Math.round(value * 1000) / 1000).sort((a, b) => a - b);
      expect(rounded).toEqual(each(records, (record) => record[key] as number).sort((a, b) => a - b));
    }
  });

  it('latencies of failed streams among those of good ones', async () => {
    const { samplesPath, stdout } = await run({ 'x-mock-cut-at': '3' });
    for (const metric of ['llm_ttft', 'llm_latency', 'llm_tpot', 'llm_itl', 'llm_output_tokens']) {
      expect(readSamples(samplesPath, metric).filter(({ type }) => type === 'Point')).toEqual([]);
    }
    expect(stdout).toMatch(/\| Average latency \(s\) +\| – /);
  });

  it('http_req_failed as a gate, which a stream never emits', async () => {
    const path = join(createFolder(), 'gates.json');
    writeFileSync(path, JSON.stringify({ http_req_failed: ['rate<0.01'] }));
    const { exitCode } = await run({ 'x-mock-status': '500' }, { THRESHOLDS: path });
    expect(exitCode).toBe(99);
  });

  it('no timeout', async () => {
    const { records } = await run({ 'x-mock-stall-at': '2', 'x-mock-stall-ms': '600000' }, { TOTAL_TIMEOUT: '0.5' });
    expect(each(records, ({ failure }) => failure?.kind)).toEqual(four('timeout'));
  });

  it('gzip left on, which holds chunks back', async () => {
    const { records } = await run({ 'x-mock-gzip': 'accepted' });
    expect(each(records, ({ outcome, chunks }) => [outcome, chunks])).toEqual(four(['completed', 8]));
    const encodings = (await readTimings(mock)).map(({ headers }) => headers['accept-encoding']);
    expect(encodings).toEqual(four('identity'));
  });

  it('success without a finish reason or [DONE]', async () => {
    const { records } = await run({ 'x-mock-cut-at': '3' });
    expect(each(records, ({ status, failure }) => [status, failure?.kind])).toEqual(four([200, 'cut']));
  });

  it('no seed', async () => {
    const first = await run({}, { PROMPT: '', PARALLEL: '1' });
    const prompts = async () => (await readTimings(mock)).map(({ prompt_tokens }) => prompt_tokens);
    const before = await prompts();
    expect((await readTimings(mock)).map(({ body }) => body?.['seed'])).toEqual(four(42));
    await resetMock(mock);
    const second = await run({}, { PROMPT: '', PARALLEL: '1', SEED: '7' });
    expect(await prompts()).toEqual(before);
    expect((await readTimings(mock)).map(({ body }) => body?.['seed'])).toEqual(four(7));
    expect(each(second.records, ({ index }) => index)).toEqual(each(first.records, ({ index }) => index));
  });
});

describe('none of these defects:', () => {
  it('a dataset that every VU parses', async () => {
    // Both engines build a SharedArray once per process; k6 opens no pipes, so only the other one can be watched.
    const bundle = readFileSync('dist/custom.js', 'utf8');
    const shared = [...bundle.matchAll(/import\{SharedArray as (\w+)\}from"k6\/data"/g)].map(([, name]) => name);
    // The build breaks long lines after a bracket, too.
    expect(shared).toContain(/new (\w+)\(\s*"llm prompts",/.exec(bundle)?.[1]);
    // A pipe gives its content once; whoever reads it again waits, and gets something that is not a dataset.
    const pipe = join(createFolder(), 'prompts.jsonl');
    execFileSync('sh', ['-c', `mkfifo ${pipe}`]);
    const script = `echo '{"prompt":"one"}' > ${pipe}; sleep 10; echo '{' > ${pipe}`;
    const writer = spawn('sh', ['-c', script], { detached: true, stdio: 'ignore' });
    const { NUMBER: _, PROMPT: __, ...load } = LOAD;
    const settings = { ...load, NUMBER: '12', PARALLEL: '6', DATASET_PATH: pipe };
    const { records } = await runInEngine('node', 'custom', { ...settings, URL: `${mock.url}/v1/chat/completions` });
    process.kill(-(writer.pid as number), 'SIGKILL');
    expect(records.map(({ outcome }) => outcome)).toEqual(Array(12).fill('completed'));
  });

  it('thresholds that k6 refuses, or that gate on http_req_failed', () => {
    const files = readdirSync('thresholds').filter((name) => name.endsWith('.json'));
    expect(files.length).toBeGreaterThanOrEqual(3);
    for (const name of files) {
      const { thresholds } = JSON.parse(readFileSync(join('thresholds', name), 'utf8')) as {
        thresholds: Record<string, (string | { threshold: string })[]>;
      };
      for (const [metric, list] of Object.entries(thresholds)) {
        expect(metric).not.toMatch(/^http_req/);
        for (const item of list) {
          expect(parseThresholdExpression(typeof item === 'string' ? item : item.threshold)).not.toBeNull();
        }
      }
      expect(thresholds['llm_requests_completed']).toContain('count>0');
    }
  });

  it('a tokenizer in the bundles, which every VU would load', () => {
    const bundles = ['dist', 'dist/http'].flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.js'))
        .map((name) => readFileSync(join(folder, name), 'utf8')),
    );
    expect(bundles.length).toBeGreaterThanOrEqual(8);
    for (const text of bundles) {
      expect(text.length).toBeLessThan(300_000);
      // The keys of the tables of an encoding of OpenAI's.
      expect(text).not.toMatch(/bpe_ranks|pat_str/);
    }
  });

  it('keys and tokens in the repository', () => {
    const keys =
      /\b(?:sk-(?:proj-|ant-)?[A-Za-z0-9_]{16,}|hf_[A-Za-z0-9]{20,}|gh[pousr]_[A-Za-z0-9]{30,}|AKIA[A-Z0-9]{16}|glsa_\w{20,})/;
    const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0').filter(Boolean);
    expect(files.length).toBeGreaterThan(100);
    const holding = files.filter((path) => {
      try {
        return keys.test(readFileSync(path, 'utf8'));
      } catch {
        return false;
      }
    });
    expect(holding).toEqual([]);
  });
});
