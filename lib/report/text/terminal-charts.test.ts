import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../../tests/fixtures/example-record.ts';
import { collectRunData } from '../../stats/run-data.ts';
import { summarizeData } from '../../stats/summarize-data.ts';
import { createRunReportCollector } from '../html/data/collect-run.ts';
import type { RunReportData } from '../html/report-data.ts';
import { renderTerminalCharts } from './terminal-charts.ts';

const CONTEXT = {
  version: '1.0.0',
  validity: { verdict: 'VALID', reasons: [] },
  thresholds: [],
  notes: [],
  args: {},
  percentileRule: 'quick-start',
} as const;

const NO_DATA = collectRunData([]);
const NOTHING = createRunReportCollector().build(NO_DATA, {
  ...CONTEXT,
  summary: summarizeData(NO_DATA, { concurrency: 1, expectedRequests: null, percentileRule: 'quick-start' }),
});

const TTFT: RunReportData['distributions'][number] = {
  metric: 'ttft',
  count: 22,
  min: 100,
  max: 900,
  mean: 200,
  quantiles: [{ percent: 50, value: 150 }],
  histogram: { edges: [100, 200, 300], counts: [16, 5], above: 1 },
  ecdf: { values: [], shares: [] },
};

const SERIES: RunReportData['series'] = {
  ...NOTHING.series,
  from_s: [0, 1, 2, 3],
  to_s: [1, 2, 3, 4],
  output_tokens_per_s: [0, 400, 800, 90],
};

describe('renderTerminalCharts', () => {
  it('draws histograms with their counts, and the token rate over time', () => {
    expect(renderTerminalCharts({ ...NOTHING, distributions: [TTFT], series: SERIES })).toBe(
      [
        'Time to first token (ms), 22 requests: p50 150 ms',
        '  100 to 200  ████████████████████████████████  16',
        '  200 to 300  ██████████                        5',
        '  beyond 300  ██                                1',
        '',
        'Output tokens per second, from 0 s to 4 s, highest 800',
        '   ▅█▁',
        '',
      ].join('\n'),
    );
  });

  it('keeps to eight rows and 72 columns', () => {
    const edges = Array.from({ length: 76 }, (_, i) => i * 10);
    const counts = edges.slice(1).map((edge) => edge * 1000);
    const rates = Array.from({ length: 120 }, (_, i) => i);
    const series = { ...SERIES, output_tokens_per_s: rates };
    const text = renderTerminalCharts({
      ...NOTHING,
      distributions: [{ ...TTFT, histogram: { edges, counts, above: 0 } }],
      series,
    });
    const lines = text.split('\n');
    expect(lines.filter((line) => / to \d+ {2}/.test(line))).toHaveLength(8);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(72);
  });

  it('leaves out metrics that have no place, and is empty without completed requests', () => {
    expect(renderTerminalCharts(NOTHING)).toBe('');
    expect(renderTerminalCharts({ ...NOTHING, distributions: [{ ...TTFT, metric: 'itl' }] })).toBe('');
  });

  it('follows the records of a run', () => {
    const run = collectRunData([exampleRecord(), exampleRecord({ start_ms: 1200, end_ms: 1341 }), exampleFailure()]);
    const summary = summarizeData(run, { concurrency: 1, expectedRequests: 3, percentileRule: 'quick-start' });
    const { distributions, series } = createRunReportCollector().build(run, { ...CONTEXT, summary });
    const text = renderTerminalCharts({ ...NOTHING, distributions, series });
    expect(text).toContain('Time to first token (ms), 2 requests: p50 100 ms, p90 100 ms, p99 100 ms');
    expect(text).toContain('Latency (ms), 2 requests: p50 140 ms');
    expect(text).toContain('Output tokens per second');
  });
});
