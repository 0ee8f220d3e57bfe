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
