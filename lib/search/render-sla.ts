import { type Column, renderColumnTable } from '../report/tables/column-table.ts';
import { escapeText } from '../shared/escape-text.ts';
import { formatCount } from '../shared/format-count.ts';
import type { PlannedSla } from './sla-flags.ts';

/** What one group of conditions came to. */
export interface SlaAnswer {
  readonly criteria: string;
  /** null: no load passes. */
  readonly found: number | null;
  readonly note: string;
}

/** evalscope's table of an auto-tune: the criteria of each group and the largest load that satisfies them. */
export function renderSla(
  answers: readonly SlaAnswer[],
  { variable, groups, runs }: PlannedSla,
  columns?: number,
): string {
  const table: readonly Column<SlaAnswer>[] = [
    { header: ['Criteria', ''], cell: ({ criteria }) => escapeText(criteria) },
    { header: ['Variable', ''], cell: () => variable },
    { header: ['Max Satisfied', ''], cell: ({ found }) => (found === null ? 'None' : String(found)) },
    { header: ['Note', ''], cell: ({ note }) => note },
  ];
  const missing = groups.length - answers.length;
  const lines = [
    'SLA auto-tune: ',
    ...(answers.length === 0 ? [] : [renderColumnTable(table, answers, columns)]),
    ...(missing > 0 ? [`Not known: ${missing} of ${groups.length} groups, since the search was cut short.`] : []),
    `Each load is the mean of ${formatCount(runs, 'run')}, without an interval: near the limit the answer is chance. --find gives one.`,
  ];
  return `${lines.join('\n')}\n`;
}
