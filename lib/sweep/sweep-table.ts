import { describeLoad, loadOf } from '../report/html/point-load.ts';
import { type Column, fixed, percent, renderColumnTable, seconds } from '../report/tables/column-table.ts';
import { percentileOf, successRatio, tokensPerUser } from '../stats/run-summary.ts';
import type { SweepPoint } from './sweep-point.ts';

const COLUMNS: readonly Column<SweepPoint>[] = [
  { header: ['Requests', ''], cell: ({ summary }) => String(summary.total_requests) },
  { header: ['QPS', ''], cell: ({ summary }) => fixed(summary.requests_per_s, 3) },
  { header: ['Output', 'tok/s'], cell: ({ summary }) => fixed(summary.output_tokens_per_s, 1) },
  { header: ['Per user', 'tok/s'], cell: ({ summary }) => fixed(tokensPerUser(summary), 1) },
  { header: ['TTFT', 'mean ms'], cell: ({ summary }) => fixed(summary.ttft_avg_ms, 1) },
  { header: ['TTFT', 'p50 ms'], cell: ({ summary }) => fixed(percentileOf(summary, 50, 'ttft_ms'), 1) },
  { header: ['TTFT', 'p99 ms'], cell: ({ summary }) => fixed(percentileOf(summary, 99, 'ttft_ms'), 1) },
  { header: ['TPOT', 'mean ms'], cell: ({ summary }) => fixed(summary.tpot_avg_ms, 2) },
  { header: ['TPOT', 'p99 ms'], cell: ({ summary }) => fixed(percentileOf(summary, 99, 'tpot_ms'), 2) },
  { header: ['Latency', 'mean s'], cell: ({ summary }) => seconds(summary.latency_avg_ms) },
  { header: ['Latency', 'p99 s'], cell: ({ summary }) => seconds(percentileOf(summary, 99, 'latency_ms')) },
  { header: ['Success', ''], cell: ({ summary }) => percent(successRatio(summary)) },
];

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
