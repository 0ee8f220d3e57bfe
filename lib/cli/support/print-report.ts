import { join } from 'node:path';
import { PAGE_FILE } from '../../report/report-folder.ts';
import { renderEnding } from '../../report/text/run-ending.ts';
import { renderTerminalCharts } from '../../report/text/terminal-charts.ts';
import type { Report } from '../run/create-report.ts';
import type { Output } from './output.ts';
import type { View } from './view.ts';

/**
 * Prints a run: its tables, on a terminal small charts, and the five lines that are nearest the prompt.
 *
 * @param folder of the results; null where nothing was sent, so that there is no more than the reason to print
 */
export function printReport(stdout: Output['stdout'], report: Report, folder: string | null, view: View): void {
  const hasEnding = folder !== null && stdout.isTTY === true;
  // The last lines have what would be left.
  const text = view.tables === 'none' && folder !== null ? '' : report.show({ ...view, hasEnding });
  if (text !== '') stdout.write(`\n${text}`);
  if (folder === null) return;
  const charts = stdout.isTTY === true && view.tables !== 'none' ? renderTerminalCharts(report.charts) : '';
  if (charts !== '') stdout.write(`\n${charts}`);
  const { summary, verdict, intervals, drift, charts: data } = report;
  const { args } = data;
  stdout.write(`\n${renderEnding({ summary, verdict, intervals, drift, args, page: join(folder, PAGE_FILE) }, view)}`);
}
