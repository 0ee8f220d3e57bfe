import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../../tests/fixtures/example-record.ts';
import { createRunReportCollector } from '../../report/html/data/collect-run.ts';
import type { RunVerdict } from '../../report/text/check-list.ts';
import { renderReport } from '../../report/text/render-report.ts';
import { collectRunData } from '../../stats/run-data.ts';
import { summarizeData } from '../../stats/summarize-data.ts';
import { printReport } from './print-report.ts';
import { chooseView, type View } from './view.ts';

const TERMINAL = { isTTY: true, columns: 80 };

function print(
  stream: { isTTY?: boolean; columns?: number },
  asked: View['tables'] | null = null,
  env = {},
  nothing: RunVerdict['nothing'] = null,
): string {
  const records = [exampleRecord(), exampleFailure({ index: 1 })];
  const run = collectRunData(records);
  const collector = createRunReportCollector();
  for (const record of records) collector.add(record);
  const context = { concurrency: 1, expectedRequests: 2, percentileRule: 'quick-start' } as const;
  const summary = summarizeData(run, context);
  const validity = {
    verdict: 'SUSPECT',
    reasons: ['the client was late by more than it should ever be, and so on'],
  } as const;
  const verdict = { thresholds: [], gates: [], validity, requireValid: false, nothing };
  const charts = collector.build(run, { ...context, summary, ...verdict, notes: [], args: {} });
  let text = '';
  const stdout = { ...stream, write: (piece: string | Uint8Array) => (text += String(piece)) };
  const show = (view: View): string => renderReport(summary, { dbPath: 'a/b/c.db', notes: [], ...verdict }, view);
  const report = { summary, verdict, charts, show } as unknown as Parameters<typeof printReport>[1];
  printReport(stdout, report, 'outputs/m', chooseView({ stdout, env }, asked));
  return text;
}

const PLAIN_TERMINAL = { NO_COLOR: '1' };

describe('what a run prints', () => {
  it('ends with five lines: requests, TTFT, TPOT, verdict with its reason, and the page to open', () => {
    expect(print({}).split('\n').slice(-6)).toEqual([
      'Requests  1 of 2 completed, 1 failed, 7.09 req/s, 35.5 tok/s, parallel 1, 0.14 s',
      'TTFT      mean 100 ms, p50 100 ms, p99 100 ms',
      'TPOT      mean 10.0 ms, p50 10.0 ms, p99 10.0 ms',
      'Verdict   measurement SUSPECT: the client was late by more than it should ever be, and so on',
      'Report    outputs/m/perf_report.html',
      '',
    ]);
  });

  it('is the main tables, small charts and colour on a terminal, and everything as it is in files and pipes', () => {
    const onTerminal = print(TERMINAL);
    expect(onTerminal).toMatch(/^\nBenchmarking summary/);
    expect(onTerminal).toContain('Percentile results');
    expect(onTerminal).not.toContain('Further results');
    expect(onTerminal).toMatch(/\nTime to first token \(ms\), 1 request: p50/);
    expect(onTerminal).toContain('\u001b[33mmeasurement SUSPECT');
    const inFile = print({});
    expect(inFile).toContain('Further results');
    expect(inFile).not.toContain('\u001b');
    expect(inFile).not.toContain('Time to first token (ms)');
  });

  it.each([40, 60, 80])('stays within the %i columns of a terminal', (columns) => {
    const lines = print({ isTTY: true, columns }, 'all', PLAIN_TERMINAL).split('\n');
    const wide = lines.filter((line) => [...line].length > Math.max(columns, 72));
    expect(wide).toEqual([]);
  });

  it('says once on a terminal that nothing was measured, in its last lines; a file has a line of it for programs', () => {
    const nothing = { state: 'none-completed', text: 'nothing was measured: 0 of 2 requests completed' } as const;
    const count = (text: string): number => text.split('nothing was measured').length - 1;
    expect(count(print(TERMINAL, null, PLAIN_TERMINAL, nothing))).toBe(1);
    const inFile = print({}, null, {}, nothing);
    expect([count(inFile), /^nothing was measured: 0 of 2/m.test(inFile)]).toEqual([2, true]);
  });

  it('takes --tables at its word everywhere', () => {
    expect(print(TERMINAL, 'all')).toContain('Further results');
    expect(print({}, 'main')).not.toContain('Further results');
    expect(print(TERMINAL, 'none', PLAIN_TERMINAL)).toMatch(/^\nRequests {2}1 of 2/);
    expect(print({}, 'none').trim().split('\n')).toHaveLength(5);
  });

  it('respects NO_COLOR and a terminal without colours', () => {
    for (const env of [PLAIN_TERMINAL, { TERM: 'dumb' }]) expect(print(TERMINAL, null, env)).not.toContain('\u001b');
  });
});
