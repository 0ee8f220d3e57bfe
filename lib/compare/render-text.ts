import { gridWidth, renderGridTable, type TableText } from '../report/tables/grid-table.ts';
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

/** In the metric's own unit: what a narrow terminal does without, since Base and New tell it. */
const OWN_UNIT = 3;

/**
 * The comparison for a terminal, the last line ended.
 *
 * @param columns of the terminal; where the table is wider, differences are in percent alone, and cells go on in further lines
 */
export function renderComparisonText(report: ComparisonReport, columns = Number.POSITIVE_INFINITY): string {
  const tables = report.comparisons.map((comparison) => ({ headers: COLUMNS, rows: buildRows(comparison) }));
  const isNarrow = tables.some((table) => gridWidth(table) > columns);
  const sections = report.comparisons.map((comparison, index) =>
    [
      ...(comparison.point === null ? [] : [`== ${comparison.point} ==`]),
      ...describeRuns(comparison).map(escapeText),
      renderGridTable(isNarrow ? withoutOwnUnit(tables[index] as TableText) : (tables[index] as TableText), columns),
      ...comparison.gates.map(
        ({ source, state, detail }) => `${STATE_TEXTS[state].padEnd(6)}  ${escapeText(source)}: ${detail}`,
      ),
    ].join('\n'),
  );
  const notes = [...report.notes.map(escapeText), ...describeMethod(report), ...(isNarrow ? [NARROW] : [])];
  return `${[...sections, notes.join('\n')].join('\n\n')}\n`;
}

const NARROW = 'Differences in ms and percentage points: in a wider terminal, a pipe, or --output FILE.';

/** Without that column, and with intervals that no line breaks. */
function withoutOwnUnit({ headers, rows }: TableText): TableText {
  const cut = (cells: readonly string[]): string[] =>
    cells
      .filter((_, column) => column !== OWN_UNIT)
      .map((cell) => cell.replace(/\(.*%? to .*\)/, (interval) => interval.replace(/ /g, '\u00a0')));
  return { headers: cut(headers), rows: rows.map(cut) };
}
