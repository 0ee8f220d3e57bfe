import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SummaryFile } from '../lib/report/json/summary-json.ts';
import { exampleRecord } from './fixtures/example-record.ts';
import { createFolder, runCli, runOnTerminal } from './support/cli.ts';

describe('k6-llm-perf report', () => {
  it('prints intervals and the steady state, and keeps them in summary.json', async () => {
    const cwd = createFolder();
    // TTFT 90 to 110 ms by turns, the first five ten times as long; latency 40 ms more.
    const records = Array.from({ length: 100 }, (_, index) => {
      const ttft = (90 + (index % 5) * 5) * (index < 5 ? 10 : 1);
      const start = index * 2000;
      return exampleRecord({
        index,
        start_ms: start,
        end_ms: start + ttft + 40,
        ttft_ms: ttft,
        latency_ms: ttft + 40,
        // The server bundles: five chunks for ten tokens.
        output_tokens: 10,
      });
    });
    writeFileSync(join(cwd, 'records.jsonl'), records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    const { code, stdout, stderr } = await runCli(['report', 'records.jsonl', '--name', 'm', '--no-timestamp'], {
      cwd,
    });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/Certainty: \n\+-+/);
    // (950 + 1000 + 900 + 1050 + 1100 + 95 * 100) / 100 = 145 ms; without the first five requests 100 ms.
    expect(stdout).toMatch(/\| TTFT, mean \(ms\) +\| 145\.0 +\| [\d.]+ to [\d.]+ +\| 100\.0 +\|/);
    expect(stdout).toMatch(/\| TTFT, p99 \(ms\) +\| 1100\.0 +\| too few requests +\| 110\.0 +\|/);
    expect(stdout).toMatch(/\| Chunks per output token +\| 0\.5 /);
    expect(stdout).toMatch(/Steady state: 10\.0 to 198\.0 s, 95 requests \(5 before it left out\), by MSER-5/);

    const summary = JSON.parse(readFileSync(join(cwd, 'outputs', 'm', 'summary.json'), 'utf8')) as SummaryFile;
    const { mean, p99 } = summary.intervals?.timings.ttft_ms ?? {};
    expect(mean).toMatchObject({ state: 'ok', value: 145 });
    expect(mean?.low).toBeLessThan(145);
    expect(mean?.high).toBeGreaterThan(145);
    expect(p99).toMatchObject({ state: 'too-few', value: 1100, low: null, high: null });
    expect(summary.intervals).toMatchObject({ confidence: 0.95, seed: 42, replicates: 1000, chunks_per_token: 0.5 });
    expect(summary.steady_state).toMatchObject({ method: 'MSER-5', state: 'found', left_out_requests: 5 });
    expect(summary.steady_state?.timings?.latency_ms.mean).toBe(140);
  });

  it('shows on a terminal, in summary.md and on the page what a flag asked for, and no more', async () => {
    const cwd = createFolder();
    // Twelve requests, one every 500 ms, each of 140 ms with 11 tokens in and 5 out: 5.64 s.
    const records = Array.from({ length: 12 }, (_, index) =>
      exampleRecord({ index, start_ms: index * 500, end_ms: index * 500 + 140, input_tokens: 11, output_tokens: 5 }),
    );
    const file = join(cwd, 'records.jsonl');
    writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    const report = (name: string, ...flags: string[]) =>
      runOnTerminal(['report', file, '--outputs-dir', cwd, '--name', name, '--no-timestamp', ...flags]);
    const plain = await report('plain');
    expect(plain.text).not.toMatch(/By slice of time|Cost|Certainty|Further results|What users feel/);

    const { text } = await report('asked', '--slice', '2s', '--price-input', '1', '--price-output', '10');
    expect(text).toMatch(
      /By slice of time: [\s\S]*\| {2}0\.0 \| {2}2\.0 \| +4 \|[^\n]*\r?\n\| {2}2\.0 \| {2}4\.0 \| +4 \|/,
    );
    expect(text).toMatch(/\| {2}4\.0 \| 5\.64 \| +4 \|/);
    // 132 tokens at 1 and 60 at 10 for a million.
    expect(text).toMatch(/Cost: [\s\S]*\| Cost of the run +\| 0\.000732 +\|/);
    expect(text).not.toMatch(/Certainty|Further results|What users feel/);
    const markdown = readFileSync(join(cwd, 'asked', 'summary.md'), 'utf8');
    expect(markdown).toMatch(/\n\nBy slice of time:\n\n\| From s \| To s \| Requests \|/);
    expect(markdown).toContain('\n\nCost:\n\n| Key | Value |\n| --- | --- |\n| Cost of the run | 0.000732 |\n');
    const page = readFileSync(join(cwd, 'asked', 'perf_report.html'), 'utf8');
    expect(page).toContain('"title":"By slice of time"');
    expect(page).toContain('["Cost of the run","0.000732"]');
  });
});
