import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecords } from '../lib/records/node-record-reader.ts';
import { createRunDataBuilder } from '../lib/stats/run-data.ts';
import { summarizeData } from '../lib/stats/summarize-data.ts';
import { describeEngines, describeK6, type EngineName, runInEngine } from './support/engines.ts';
import { type MockProcess, startMockProcess } from './support/mock-process.ts';
import { type SlowLine, startSlowLine } from './support/slow-line.ts';

const DELAYS = [15, 60];
const NUMBER = 11;

let mock: MockProcess;
const lines = new Map<number, SlowLine>();

beforeAll(async () => {
  mock = await startMockProcess(['--ttft-ms', '50', '--tpot-ms', '1', '--output-tokens', '4']);
  for (const delay of DELAYS) lines.set(delay, await startSlowLine(Number(new URL(mock.url).port), delay));
});
afterAll(async () => {
  for (const line of lines.values()) line.close();
  await mock.stop();
});

function run(engine: EngineName, delay: number, settings: Readonly<Record<string, string>> = {}) {
  const url = `${lines.get(delay)?.url}/v1/chat/completions`;
  return runInEngine(engine, 'openqa', { URL: url, MODEL: 'm', NUMBER: String(NUMBER), INSECURE: 'on', ...settings });
}

/** The median TTFT on a connection that was there before. */
async function measureKept(delay: number): Promise<number> {
  const { records } = await run('node', delay, { CONNECTIONS: 'kept' });
  expect(records.map(({ connect_ms }) => connect_ms === 0)).toEqual([false, ...Array(NUMBER - 1).fill(true)]);
  const kept = records.slice(1).map(({ ttft_ms }) => ttft_ms as number);
  return kept.sort((a, b) => a - b)[kept.length >> 1] as number;
}

describeEngines('TTFT without connecting, over TLS', (engine) => {
  describe.each(DELAYS)('%i ms each way', (delay) => {
    // Both are measured anew where the machine was busy with something else.
    it('is within 2 ms of that of a kept connection', { retry: 3 }, async () => {
      const truth = await measureKept(delay);
      const { samplesPath, stdout, records } = await run(engine, delay);
      const builder = createRunDataBuilder();
      const read = await readRecords([samplesPath], (record) => builder.add(record));
      const { connecting, percentiles } = summarizeData(builder.build(0, read.connectProbes), {
        concurrency: 1,
        expectedRequests: NUMBER,
        percentileRule: 'quick-start',
      });
      const sent = percentiles.find(({ percentile }) => percentile === 50)?.ttft_ms as number;
      expect(sent - truth).toBeGreaterThan(2 * delay - 2);
      expect(Math.abs((connecting?.ttft_p50_ms as number) - truth)).toBeLessThan(2);
      expect(records.every(({ connect_ms }) => (connect_ms === null) === (engine === 'k6'))).toBe(true);
      expect(stdout).toContain('of connecting (');
      expect(stdout).toContain('TTFT without connecting, mean (ms)');
      if (engine === 'k6') expect(connecting?.probes).toBeGreaterThanOrEqual(8);
    });
  });
});

describeK6('CONNECTIONS=kept', () => {
  it('is refused, with the reason', async () => {
    const { exitCode, stderr } = await run('k6', 15, { CONNECTIONS: 'kept' });
    expect(exitCode).toBe(104);
    expect(stderr).toContain('k6/x/sse opens a connection for each stream');
  });
});
