import type { ServerMetricName } from '../../../server/known-metrics.ts';
import type { ServerSeries } from '../../../server/server-series.ts';
import { buildServerRows, type ServerReport } from '../../tables/server-table.ts';
import type { ServerOverTime } from '../report-data.ts';

/** Of more looks than a picture shows, every n-th. */
const MOST_POINTS = 600;

/** @param epochMs when the run's clock began, in milliseconds since 1970 */
export function describeServerOverTime(report: ServerReport, series: ServerSeries, epochMs: number): ServerOverTime {
  const every = Math.ceil(series.moments.length / MOST_POINTS);
  const moments = series.moments.filter((_, index) => index % every === 0);
  const column = (name: ServerMetricName): (number | null)[] => moments.map(({ levels }) => levels[name] ?? null);
  return {
    rows: buildServerRows(report),
    at_s: moments.map(({ at_ms }) => (at_ms - epochMs) / 1000),
    running: column('running'),
    waiting: column('waiting'),
    kv_cache_ratio: column('kv_cache_ratio'),
  };
}
