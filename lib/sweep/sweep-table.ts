import { HEADLINE_NAMES } from '../report/html/headline-names.ts';
import { describeLoad, loadOf } from '../report/html/point-load.ts';
import { type Column, fixed, percent, renderColumnTable, seconds } from '../report/tables/column-table.ts';
import {
  type HeadlineMetric,
  type HeadlineStatistic,
  headlineValue,
  successRatio,
  tokensPerUser,
} from '../stats/run-summary.ts';
import type { SweepPoint } from './sweep-point.ts';

const COLUMNS: readonly Column<SweepPoint>[] = [
  { header: ['Requests', ''], cell: ({ summary }) => String(summary.total_requests) },
  { header: ['QPS', ''], cell: ({ summary }) => fixed(summary.requests_per_s, 3) },
  { header: ['Output', 'tok/s'], cell: ({ summary }) => fixed(summary.output_tokens_per_s, 1) },
  { header: ['Per user', 'tok/s'], cell: ({ summary }) => fixed(tokensPerUser(summary), 1) },
  time('ttft', 'mean', 1),
  time('ttft', 'p50', 1),
  time('ttft', 'p99', 1),
  time('tpot', 'mean', 2),
  time('tpot', 'p99', 2),
  { header: ['Latency', 'mean s'], cell: ({ summary }) => seconds(headlineValue(summary, 'latency', 'mean')) },
  { header: ['Latency', 'p99 s'], cell: ({ summary }) => seconds(headlineValue(summary, 'latency', 'p99')) },
  { header: ['Success', ''], cell: ({ summary }) => percent(successRatio(summary)) },
];

function time(metric: HeadlineMetric, statistic: HeadlineStatistic, digits: number): Column<SweepPoint> {
  return {
    header: [HEADLINE_NAMES[metric].short, `${statistic} ms`],
    cell: ({ summary }) => fixed(headlineValue(summary, metric, statistic), digits),
  };
}

/**
 * The points of a sweep as a table, in the order they were measured; numbers to the right, no value as in the other tables.
 *
 * @param columns of the terminal; a table that is wider becomes several, each with the load in front
 * @returns lines joined by `\n`, without a last one
 */
export function renderSweepTable(points: readonly SweepPoint[], columns = Number.POSITIVE_INFINITY): string {
  return renderColumnTable([chooseLoadColumn(points), ...COLUMNS], points, columns);
}

/** What varies, with its unit in the header; in words where it is not the same for all. */
function chooseLoadColumn(points: readonly SweepPoint[]): Column<SweepPoint> {
  const all = (varies: SweepPoint['varies']): boolean => points.every((point) => point.varies === varies);
  const cell = (point: SweepPoint): string => (point.rate === 'inf' ? 'inf' : String(loadOf(point)));
  if (all('parallel')) return { header: ['Concurrency', ''], cell };
  return all('rate') ? { header: ['Rate', 'req/s'], cell } : { header: ['Load', ''], cell: describeLoad };
}
