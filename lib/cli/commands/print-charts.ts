import type { RunReportData } from '../../report/html/report-data.ts';
import { renderTerminalCharts } from '../../report/text/terminal-charts.ts';
import type { Output } from '../support/output.ts';

/** Small charts below the tables where a person looks on; files and pipes keep to the tables. */
export function printCharts(stdout: Output['stdout'], data: RunReportData): void {
  const charts = stdout.isTTY === true ? renderTerminalCharts(data) : '';
  if (charts !== '') stdout.write(`\n${charts}`);
}
