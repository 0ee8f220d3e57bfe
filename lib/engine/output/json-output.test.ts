import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { runScript } from '../../../tests/support/engine/run-script.ts';
import { createTimeFormatter } from './json-lines.ts';

const SCRIPT = `
  import { Trend } from 'k6/metrics';
  const itl = new Trend('itl', true);
  export const options = { iterations: 2, thresholds: {
    itl: ['avg<9', { threshold: 'max<9', abortOnFail: true, delayAbortEval: '5s' }], 'itl{arm:A}': [] } };
  export default () => { itl.add(0.0000001, { arm: 'A' }); itl.add(50); };
  export function handleSummary() { return { stdout: '' }; }`;

describe('--out json', () => {
  it('introduces a metric before its first sample, in the shape of k6', async () => {
    const result = await runScript(SCRIPT, { out: ['json=OUT/samples.json'] });
    const lines = result.read('samples.json').split('\n');
    expect(lines[0]).toBe(
      '{"type":"Metric","data":{"name":"itl","type":"trend","contains":"time","thresholds":["avg<9",{"threshold":"max<9","abortOnFail":true,"delayAbortEval":"5s"}],"submetrics":[{"name":"itl{arm:A}","suffix":"arm:A","tags":{"arm":"A"}}]},"metric":"itl"}',
    );
    expect(lines[1]).toMatch(
      /^\{"metric":"itl","type":"Point","data":\{"time":"[\d-]{10}T[\d:]{8}(\.\d+)?Z","value":1e-7,"tags":\{"arm":"A","group":"","scenario":"default"\}\}\}$/,
    );
    expect(lines.at(-1)).toBe('');
    expect(
      lines
        .filter((line) => line.includes('"type":"Metric"'))
        .map((line) => (JSON.parse(line) as { metric: string }).metric),
    ).toEqual(['itl', 'data_sent', 'data_received', 'iteration_duration', 'iterations']);
    expect(lines.filter((line) => line.startsWith('{"metric":"itl"'))).toHaveLength(4);
  });

  it('compresses when the name ends in .gz', async () => {
    const result = await runScript(SCRIPT, { out: ['json=OUT/samples.json.gz'] });
    expect(gunzipSync(result.bytes('samples.json.gz')).toString().split('\n')).toHaveLength(5 + 4 + 2 * 4 + 1);
  });

  it('writes every sample of a busy run', async () => {
    const result = await runScript(
      `import { Counter } from 'k6/metrics';
       const c = new Counter('many');
       export const options = { vus: 2, iterations: 20 };
       export default () => { for (let i = 0; i < 1000; i++) c.add(1); };
       export function handleSummary() { return { stdout: '' }; }`,
      { out: ['json=OUT/samples.json'] },
    );
    expect(result.read('samples.json').match(/"metric":"many","type":"Point"/g)).toHaveLength(20_000);
  });

  it('refuses a folder that is not there and a kind it does not have, before anything runs', async () => {
    const missing = await runScript(SCRIPT, { out: ['json=OUT/no/samples.json'] });
    expect(missing.exitCode).toBe(255);
    expect(missing.stderr).toMatch(/error: open .*no\/samples\.json: no such file or directory/);
    expect(missing.summaryData).toBeNull();
    const csv = await runScript(SCRIPT, { out: ['csv=x'] });
    expect(csv.stderr).toContain("invalid output type 'csv=x'");
  });
});

describe('createTimeFormatter', () => {
  it('writes UTC with as many digits as it takes', () => {
    // 2026-01-02T03:04:05Z is 1767323045 s after the epoch.
    const format = createTimeFormatter(1_767_323_045_000);
    expect(format(0)).toBe('2026-01-02T03:04:05Z');
    expect(format(250)).toBe('2026-01-02T03:04:05.25Z');
    expect(format(1000.5)).toBe('2026-01-02T03:04:06.0005Z');
    expect(format(999.5)).toBe('2026-01-02T03:04:05.9995Z');
  });
});
