import { formatNumber } from '../report/html/format-value.ts';
import { type Column, renderColumnTable } from '../report/tables/column-table.ts';
import { NO_VALUE } from '../shared/format-digits.ts';
import type { NumberOfRuns, RunsFile } from './repeats-json.ts';
import { REPEATED_NUMBERS } from './spread.ts';

const COLUMNS: readonly Column<NumberOfRuns>[] = [
  {
    header: ['Over all runs', ''],
    cell: ({ name }) => REPEATED_NUMBERS.find((row) => row.name === name)?.title ?? name,
  },
  { header: ['Mean', ''], cell: ({ mean }) => formatNumber(mean) },
  { header: ['Between runs', 'sd'], cell: ({ sd, runs }) => (runs < 2 ? NO_VALUE : formatNumber(sd)) },
  { header: ['Between runs', 'cv'], cell: ({ cv, runs }) => (runs < 2 ? NO_VALUE : inPercent(cv)) },
  { header: ['Within a run', '± 95 %'], cell: ({ within_ratio }) => inPercent(within_ratio) },
  {
    header: ['Mean', '95 % interval'],
    cell: ({ low, high }) =>
      low === null || high === null ? NO_VALUE : `${formatNumber(low)} to ${formatNumber(high)}`,
  },
  { header: ['Least', ''], cell: ({ min }) => formatNumber(min) },
  { header: ['Most', ''], cell: ({ max }) => formatNumber(max) },
];

/**
 * What a person gets at the end of repeated runs: each number over all of them.
 *
 * @param columns of the terminal; absent: as wide as the table is
 * @returns lines, the last one ended
 */
export function renderRepeats(file: RunsFile, columns?: number): string {
  const { numbers, measured } = file;
  if (measured.length === 0) return 'Repeated runs: none was measured.\n';
  const [count, ...ending] = describeRepeats(file);
  const lines = [
    count as string,
    ...(numbers.length === 0 ? [] : [renderColumnTable(COLUMNS, numbers, columns)]),
    'Between runs: standard deviation, and over the mean (cv). Within a run: its own interval, which knows nothing of the others.',
    ...ending,
  ];
  return `${lines.join('\n')}\n`;
}

/** How many runs there were, and why there were no more. */
export function describeRepeats({ numbers, measured, runs, state, untilCv }: RunsFile): string[] {
  return [
    `Repeated runs: ${measured.length} of ${runs}`,
    ...(numbers.length === 0 ? ['No request of any run completed.'] : []),
    ...(state === 'even'
      ? [`The cv of TTFT, latency and throughput is at most ${untilCv}: no more runs are needed.`]
      : []),
    ...(untilCv !== null && state === 'complete'
      ? [`The cv did not come down to ${untilCv} within ${runs} runs.`]
      : []),
  ];
}

function inPercent(ratio: number | null): string {
  return ratio === null ? NO_VALUE : `${(100 * ratio).toFixed(1)} %`;
}
