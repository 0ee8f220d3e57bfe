import { describe, expect, it } from 'vitest';
import { findHistoryMetric, HISTORY_METRICS, type HistoryMetric } from './history-metrics.ts';
import type { FoundHistoryRun } from './node-find-history.ts';
import { renderHistory } from './render-history.ts';

const TTFT = findHistoryMetric('p99(ttft)') as HistoryMetric;

function run(path: string, ...[value = null, low = null, high = null]: (number | null)[]): FoundHistoryRun {
  const numbers = HISTORY_METRICS.map((metric) => (metric === TTFT ? [value, low, high] : [null, null, null]));
  const startedAt = new Date('2026-11-24T12:00:00Z');
  return { path, startedAt, model: 'm', verdict: 'VALID', crossed: 0, numbers } as unknown as FoundHistoryRun;
}

function render(runs: readonly FoundHistoryRun[], columns: number, last = 30): string[] {
  return renderHistory({ runs }, { metric: TTFT, last, columns }).trimEnd().split('\n');
}

describe('renderHistory', () => {
  it('shows folders beside the bars where both fit, with the ends of the scale', () => {
    const runs = [run('a/m', 40, 30, 50), run('b/m', 100, 90, null), run('c/m', null)];
    expect(render(runs, 80)).toEqual([
      'TTFT, p99: p99(ttft), 3 runs',
      'Date (UTC)          Value  95 % interval  0 ms                       100 ms  Run',
      // 30, 40, 50 and 100 of 100 on 33 columns: 9.6, 12.8, 16 and 32 of 32.
      '2026-11-24 12:00  40.0 ms  30.0 to 50.0             ───●───                  a/m',
      '2026-11-24 12:00   100 ms  –                                              ●  b/m',
      '2026-11-24 12:00        –  –                                                 c/m',
    ]);
  });

  it('gives folders a line of their own where the terminal is too narrow, and cuts none', () => {
    const path = 'nightly/20261124_120000/some-vendor-model-with-a-name/parallel_16_number_320';
    const lines = render([run(path, 40, 30, 50)], 80);
    expect(lines[1]).toMatch(/^Date \(UTC\) .* 30.0 ms {24}50.0 ms$/);
    expect(lines[3]).toMatch(/^2026-11-24 12:00 {2}40.0 ms {2}30.0 to 50.0/);
    expect(lines.every((line) => line.length <= 80)).toBe(true);
    expect([lines[2], lines[4]]).toEqual(['  Run', `  ${path}`]);
  });

  it('keeps units in an interval that has two, and counts in words', () => {
    const lines = render([run('old', 1), run('a', 9900, 9500, 10_200)], 100, 1);
    expect(lines[0]).toBe('TTFT, p99: p99(ttft), 1 run (1 older one with --last 2)');
    expect(lines.at(-1)).toContain('9,900 ms  9,500 ms to 10.2 s');
  });

  it('has no scale where no run has a value', () => {
    expect(render([run('a', null)], 80)[1]?.trimEnd()).toMatch(/^Date \(UTC\) +Value {2}95 % interval +Run$/);
  });
});
