import { formatMetric } from '../report/html/format-value.ts';
import { displayWidth } from '../report/tables/display-width.ts';
import { escapeText } from '../shared/escape-text.ts';
import { NO_VALUE } from '../shared/format-digits.ts';
import { HISTORY_METRICS, type HistoryMetric } from './history-metrics.ts';
import type { FoundHistoryRun, History } from './node-find-history.ts';

interface HistoryView {
  readonly metric: HistoryMetric;
  /** The newest so many runs. */
  readonly last: number;
  /** Of the terminal. */
  readonly columns: number;
}

/** A run's number as programs take it. */
export interface HistoryPoint {
  readonly path: string;
  readonly run_id: string | null;
  readonly started_at: string;
  readonly model: string | null;
  readonly dataset: string | null;
  readonly verdict: string;
  readonly crossed: number;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** One point for each run, the oldest first; times in milliseconds, shares from 0 to 1. */
export function listHistoryPoints(runs: readonly FoundHistoryRun[], metric: HistoryMetric): HistoryPoint[] {
  const at = HISTORY_METRICS.indexOf(metric);
  return runs.map(({ path, runId, startedAt, model, dataset, verdict, crossed, numbers }) => {
    const [value, low, high] = numbers[at] ?? [null, null, null];
    const named = { path, run_id: runId, started_at: startedAt.toISOString(), model, dataset };
    return { ...named, verdict, crossed, value, low, high };
  });
}

/** Date, value and interval, and the blanks between columns. */
const FIXED_WIDTH = 16 + 9 + 17 + 4 * 2;
const LEAST_WIDTH = 60;
const MOST_WIDTH = 140;

/**
 * The trend of a metric, a line a run and the newest last: its value, its interval, and both as a bar on one scale.
 *
 * Never wider than `columns`, nor than 140; below 60 lines are cut by the terminal. Ends with a line feed.
 */
export function renderHistory({ runs }: Pick<History, 'runs'>, { metric, last, columns }: HistoryView): string {
  const points = listHistoryPoints(runs, metric).slice(-last);
  const room = Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, columns)) - FIXED_WIDTH;
  const pathWidth = Math.min(Math.max(...points.map(({ path }) => displayWidth(escapeText(path))), 3), room >> 1);
  const { unit, title, name } = metric;
  const scale = chooseScale(points, room - pathWidth);
  const shown = (value: number | null): string => formatMetric(value, unit);
  const lines = points.map(({ path, started_at, value, low, high }) => {
    const interval = low === null || high === null ? NO_VALUE : `${shown(low)} to ${shown(high)}`;
    const cells = [
      started_at.slice(0, 16).replace('T', ' '),
      fill(takeEnd(escapeText(path), pathWidth), pathWidth),
      shown(value).padStart(9),
      // The unit is beside the value already.
      interval.replace(/ (ms|s|%)(?= to |$)/g, '').padEnd(17),
      scale.draw({ value, low, high }),
    ];
    return cells.join('  ').trimEnd();
  });
  const older = runs.length - points.length;
  return [
    `${title}: ${name}, ${points.length === 1 ? '1 run' : `${points.length} runs`}${older > 0 ? ` (${older} older ones with --last ${runs.length})` : ''}`,
    `${fill('Date (UTC)', 16)}  ${fill('Run', pathWidth)}  ${'Value'.padStart(9)}  ${fill('95 % interval', 17)}  ${scale.ends(shown)}`.trimEnd(),
    ...lines,
    '',
  ].join('\n');
}

type Bar = Pick<HistoryPoint, 'value' | 'low' | 'high'>;

/** One scale for all runs, of so many columns: from 0 where that costs little room. */
function chooseScale(points: readonly Bar[], width: number) {
  const values = points.flatMap(({ value, low, high }) => [value, low, high].filter((number) => number !== null));
  const high = Math.max(...values, 0);
  const least = Math.min(...values);
  const from = values.length === 0 || (least >= 0 && least < high / 2) ? 0 : least;
  const place = (value: number): number =>
    high === from ? 0 : Math.round(((value - from) / (high - from)) * (width - 1));
  return {
    /** The ends of the scale, over the bars. */
    ends(shown: (value: number) => string): string {
      if (values.length === 0) return '';
      const [left, right] = [shown(from), shown(high)];
      return left.length + right.length < width ? left + right.padStart(width - left.length) : right.padStart(width);
    },
    draw({ value, low, high }: Bar): string {
      if (value === null) return '';
      const cells = new Array<string>(width).fill(' ');
      if (low !== null && high !== null) cells.fill('─', place(low), place(high) + 1);
      cells[place(value)] = '●';
      return cells.join('');
    },
  };
}

/** The end of a text tells runs apart, so the beginning goes. */
function takeEnd(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const characters = [...text];
  while (characters.length > 0 && displayWidth(characters.join('')) > width - 1) characters.shift();
  return `…${characters.join('')}`;
}

function fill(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}
