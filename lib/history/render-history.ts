import { formatInterval, formatMetric } from '../report/html/format-value.ts';
import { displayWidth } from '../shared/display-width.ts';
import { escapeText } from '../shared/escape-text.ts';
import { formatCount } from '../shared/format-count.ts';
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

const LEAST_WIDTH = 60;
const MOST_WIDTH = 140;
const BETWEEN = '  ';

/**
 * The trend of a metric, a line a run and the newest last: its value, its interval, both as a bar on one scale, and its folder,
 * which has a line of its own where all that is too wide.
 *
 * Never wider than `columns`, nor than 140, unless a folder is; below 60 lines are cut by the terminal. Ends with a line feed.
 */
export function renderHistory({ runs }: Pick<History, 'runs'>, { metric, last, columns }: HistoryView): string {
  const points = listHistoryPoints(runs, metric).slice(-last);
  const { unit, title, name } = metric;
  const shown = (value: number | null): string => formatMetric(value, unit);
  const cells = alignColumns([
    ['Date (UTC)', 'Value', '95 % interval'],
    ...points.map(({ started_at, value, low, high }) => {
      const interval = low === null || high === null ? NO_VALUE : formatInterval(shown(value), shown(low), shown(high));
      return [started_at.slice(0, 16).replace('T', ' '), shown(value), interval];
    }),
  ]);
  const room = Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, columns)) - displayWidth(`${cells[0]}${BETWEEN}`);
  const paths = ['Run', ...points.map(({ path }) => escapeText(path))];
  const beside = room - BETWEEN.length - Math.max(...paths.map(displayWidth));
  const scale = scaleOf(points);
  const ends = scale.map(shown);
  const isBeside = beside > ends.join('').length;
  const width = isBeside ? beside : room;
  const bars = [writeEnds(ends, width), ...points.map((point) => drawBar(point, width, scale))];
  const lines = paths.flatMap((path, i) => {
    const line = `${cells[i]}${BETWEEN}${bars[i]}`;
    return isBeside ? [`${line}${BETWEEN}${path}`] : [line.trimEnd(), `${BETWEEN}${path}`];
  });
  const older = runs.length - points.length;
  const hint = older > 0 ? ` (${formatCount(older, 'older one')} with --last ${runs.length})` : '';
  return [`${title}: ${name}, ${formatCount(points.length, 'run')}${hint}`, ...lines, ''].join('\n');
}

/** The first column to the left, as dates are, and the next two to the right and the left. */
function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => displayWidth(row[column] as string))));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const blanks = ' '.repeat((widths[column] as number) - displayWidth(cell));
        return column === 1 ? blanks + cell : cell + blanks;
      })
      .join(BETWEEN),
  );
}

type Bar = Pick<HistoryPoint, 'value' | 'low' | 'high'>;
type Scale = readonly [from: number, to: number];

/** One scale for all runs: from 0 where that costs little room; none where no run has a value. */
function scaleOf(points: readonly Bar[]): Scale | readonly [] {
  const values = points.flatMap(({ value, low, high }) => [value, low, high].filter((number) => number !== null));
  const high = Math.max(...values, 0);
  const least = Math.min(...values);
  if (values.length === 0) return [];
  return [least >= 0 && least < high / 2 ? 0 : least, high];
}

/** The ends of the scale, over the bars. */
function writeEnds([left = '', right = '']: readonly string[], width: number): string {
  return left + right.padStart(width - left.length);
}

function drawBar({ value, low, high }: Bar, width: number, [from = 0, to = 0]: Scale | readonly []): string {
  const place = (at: number): number => (to === from ? 0 : Math.round(((at - from) / (to - from)) * (width - 1)));
  const cells = new Array<string>(width).fill(' ');
  if (value !== null && low !== null && high !== null) cells.fill('─', place(low), place(high) + 1);
  if (value !== null) cells[place(value)] = '●';
  return cells.join('');
}
