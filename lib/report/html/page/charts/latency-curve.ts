import * as Plot from '@observablehq/plot';
import type { HeadlineMetric } from '../../../../stats/run-summary.ts';
import { formatNumber } from '../../format-value.ts';
import { HEADLINE_NAMES } from '../../headline-names.ts';
import type { SweepPagePoint } from '../../report-data.ts';
import { baseLine, type Chart, fitDomain, hoverValues, label, lineLegend, xAxis, yAxis } from '../figure.ts';
import { nameLoad } from './front.ts';
import { placeLines, statisticLines } from './load.ts';

/** Both times that a user waits. */
export const LATENCY_CURVES: readonly HeadlineMetric[] = ['latency', 'ttft'];

/**
 * The latency-throughput curve: flat while a service keeps up, then upwards, and back where it falls behind.
 *
 * @param points by their load, which is the order of the line
 */
export function latencyCurve(metric: HeadlineMetric, points: readonly SweepPagePoint[]): Chart {
  const { short } = HEADLINE_NAMES[metric];
  const [id, title] = [`curve-${metric}`, `${short} over throughput`];
  const lines = statisticLines(metric, ['mean', 'p99']);
  const values = placeLines(
    lines,
    points,
    ({ summary }) => summary.requests_per_s,
    (x, name, y) => `achieved ${formatNumber(x)} requests/s\n${name} ${formatNumber(y)} ms`,
  ).map((value) => ({ ...value, load: nameLoad(value.run) }));
  if (values.length === 0) return { id, title, missing: 'No point has both values.' };
  const domain = fitDomain(values.map(({ y }) => y));
  return {
    id,
    title,
    text: 'Where the line turns up, the service is at its limit; where it turns back, beyond. Labels are the load.',
    legend: lineLegend(lines),
    draw: (width) => ({
      height: 300,
      marginLeft: 56,
      marginRight: 36,
      x: xAxis('achieved rate (requests/s)', width, { domain: fitDomain(values.map(({ x }) => x)), grid: true }),
      y: yAxis(`${short} (ms)`, { domain, nice: false }),
      marks: [
        domain[0] === 0 ? baseLine() : null,
        Plot.line(values, { x: 'x', y: 'y', z: 'name', stroke: 'color', strokeWidth: 1.8 }),
        Plot.dot(values, { x: 'x', y: 'y', r: 3.2, fill: 'color' }),
        label(
          values.filter(({ name }) => name === 'mean'),
          { x: 'x', y: 'y', text: 'load', dy: -12 },
        ),
        hoverValues(values, { x: 'x', y: 'y' }, 'xy'),
      ],
      color: { type: 'identity' },
    }),
  };
}
