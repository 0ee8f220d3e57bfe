import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeEngines, runInEngine } from './support/engines.ts';
import { type MockProcess, startMockProcess } from './support/mock-process.ts';

let mock: MockProcess;

beforeAll(async () => {
  mock = await startMockProcess(['--ttft-ms', '30', '--tpot-ms', '4', '--output-tokens', '6', '--model', 'm']);
});

afterAll(() => mock.stop());

const SETTINGS = { MODEL: 'm', NUMBER: '4', PARALLEL: '2', MAX_TOKENS: '6', CONNECT_PROBES: 'off' };

/** What a stream of 6 tokens is, whatever the API. */
const STREAM = { outcome: 'completed', output_tokens: 6, token_source: 'usage', chunks: 6, stream: true };
const WHOLE = { outcome: 'completed', output_tokens: 6, token_source: 'usage', stream: false, ttft_ms: null };

describeEngines('APIs of vendors', (engine) => {
  it.each([
    ['ollama', '/api/chat'],
    ['tgi', '/generate_stream'],
    ['gemini', '/v1beta/models/m:streamGenerateContent?alt=sse'],
  ])('streams %s', async (api, path) => {
    const run = await runInEngine(engine, 'openqa', { ...SETTINGS, URL: `${mock.url}${path}` });
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.records).toHaveLength(4);
    for (const record of run.records) {
      expect(record).toMatchObject({ ...STREAM, api });
      expect(record.input_tokens).toBeGreaterThan(0);
      expect(record.ttft_ms).toBeGreaterThanOrEqual(29.5);
    }
  });

  it.each(['ollama', 'tgi', 'gemini'])('takes whole answers of %s', async (api) => {
    const run = await runInEngine(engine, 'openqa', { ...SETTINGS, URL: mock.url, API: api, STREAM: 'off' });
    expect(run.exitCode, run.stderr).toBe(0);
    for (const record of run.records) expect(record).toMatchObject({ ...WHOLE, api });
  });
});

const TEXTS = writeFixture('texts.txt', 'What is a load test?\nHow long does it take?\nA third text.\n');
const QUERIES = writeFixture('queries.jsonl', '{"query":"what","documents":["a b","c d","e"]}\n');

function writeFixture(name: string, text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'k6-llm-perf-')), name);
  writeFileSync(path, text);
  return path;
}

describeEngines('embeddings and rerank', (engine) => {
  it.each([
    ['embedding', 'openai-embeddings', '/v1/embeddings', { DATASET_PATH: TEXTS, BATCH_SIZE: '3' }, 3],
    ['random-embedding', 'tei-embed', '/embed', { INPUT_LEN: '20', BATCH_SIZE: '4' }, 4],
    ['rerank', 'tei-rerank', '/rerank', { DATASET_PATH: QUERIES }, 3],
    ['random-rerank', 'rerank', '/v1/rerank', { INPUT_LEN: '4', NUM_DOCUMENTS: '5', EXTRA_ARGS: '{"top_n":2}' }, 5],
  ])('%s with %s, and tables without generation', async (bundle, api, path, more, inputs) => {
    // An answer that is not text has no limit.
    const { MAX_TOKENS: _, ...rest } = SETTINGS;
    const settings = { ...rest, URL: `${mock.url}${path}`, API: api, ...more };
    const run = await runInEngine(engine, bundle, settings);
    expect(run.exitCode, run.stderr + run.stdout).toBe(0);
    expect(run.records).toHaveLength(4);
    for (const record of run.records) {
      expect(record).toMatchObject({ outcome: 'completed', api, inputs, stream: false, output_tokens: null });
      if (!api.startsWith('tei')) expect(record.input_tokens).toBeGreaterThan(0);
    }
    expect(run.stdout).toMatch(new RegExp(`Total inputs +\\| ${4 * inputs} `));
    expect(run.stdout).not.toMatch(/first token|TPOT|output tokens|ITL|Throughput/i);
  });
});

describeEngines('several URLs and models', (engine) => {
  it('take turns, and each record says which it was', async () => {
    const settings = { ...SETTINGS, NUMBER: '8', URL: `${mock.url}/v1,${mock.url}/v1?b=1`, MODEL: 'a:3,b:1' };
    const run = await runInEngine(engine, 'openqa', settings);
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.records.map(({ model }) => model).join('')).toBe('aaaabbaa');
    expect(run.records.every(({ url }) => url === `${mock.url}/v1/chat/completions`)).toBe(true);
  });
});
