import { expect, it } from 'vitest';
import { exampleRecord } from '../../../tests/fixtures/example-record.ts';
import { createRunReportCollector } from '../../report/html/data/collect-run.ts';
import { collectRunData } from '../../stats/run-data.ts';
import { summarizeData } from '../../stats/summarize-data.ts';
import { printCharts } from './print-charts.ts';

it('draws charts on a terminal, and leaves files and pipes alone', () => {
  const run = collectRunData([exampleRecord()]);
  const collector = createRunReportCollector();
  collector.add(exampleRecord());
  const data = collector.build(run, {
    summary: summarizeData(run, { concurrency: 1, expectedRequests: 1, percentileRule: 'quick-start' }),
    validity: { verdict: 'VALID', reasons: [] },
    thresholds: [],
    notes: [],
    args: {},
    percentileRule: 'quick-start',
  });
  let [onTerminal, inFile] = ['', ''];
  printCharts({ isTTY: true, write: (text) => (onTerminal += text) }, data);
  printCharts({ write: (text) => (inFile += text) }, data);
  expect(onTerminal).toMatch(/^\nTime to first token \(ms\), 1 request: p50/);
  expect(inFile).toBe('');
});
