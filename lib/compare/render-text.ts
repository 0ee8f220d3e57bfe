import { renderGridTable } from '../report/tables/grid-table.ts';
import { escapeText } from '../shared/escape-text.ts';
import { type Comparison, type ComparisonReport, describeMethod, describeRuns } from './comparison.ts';
import { formatDifference, formatRelative, formatUnit, formatValue } from './format-number.ts';
import type { GateOutcome } from './regression-gate.ts';

/** Headers of the table in every format. */
export const COLUMNS = ['Metric', 'Base', 'New', 'Difference (95 % interval)', 'in % (95 % interval)', 'Verdict'];

/** A row for each number that one of the runs has. */
export function buildRows({ numbers }: Comparison): string[][] {
  return numbers.map((number) => [
    `${number.title}${formatUnit(number.unit)}`,
    formatValue(number.base, number.unit),
    formatValue(number.next, number.unit),
    formatDifference(number),
    formatRelative(number),
    number.verdict,
  ]);
}

const STATE_TEXTS: Readonly<Record<GateOutcome['state'], string>> = {
  passed: 'passed',
  unsure: 'unsure',
  failed: 'FAILED',
};

/** The comparison for a terminal, the last line ended. */
export function renderComparisonText(report: ComparisonReport): string {
  const sections = report.comparisons.map((comparison) =>
    [
      ...(comparison.point === null ? [] : [`== ${comparison.point} ==`]),
      ...describeRuns(comparison).map(escapeText),
      renderGridTable({ headers: COLUMNS, rows: buildRows(comparison) }),
      ...comparison.gates.map(
        ({ source, state, detail }) => `${STATE_TEXTS[state].padEnd(6)}  ${escapeText(source)}: ${detail}`,
      ),
    ].join('\n'),
  );
  return `${[...sections, [...report.notes.map(escapeText), ...describeMethod(report)].join('\n')].join('\n\n')}\n`;
}
