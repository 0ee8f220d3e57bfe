import * as Plot from '@observablehq/plot';
import { percentileOf, type RunSummary } from '../../../../stats/run-summary.ts';
import { formatNumber } from '../../format-value.ts';
import { describeLoad } from '../../point-load.ts';
import type { SweepPagePoint } from '../../report-data.ts';
import { baseLine, type Chart, COLORS, fitDomain, hoverValues, label, xAxis, yAxis } from '../figure.ts';
import { nameLoad } from './front.ts';

/** What is drawn over what a service achieved. */
interface CurveOptions {
  readonly id: string;
  readonly title: string;
  readonly axis: string;
  readonly mean: (summary: RunSummary) => number | null;
  readonly column: 'latency_ms' | 'ttft_ms';
}

/** Both times that a user waits. */
export const LATENCY_CURVES: readonly CurveOptions[] = [
  {
    id: 'curve-latency',
    title: 'Latency over throughput',
    axis: 'latency (ms)',
    mean: ({ latency_avg_ms }) => latency_avg_ms,
    column: 'latency_ms',
  },
  {
    id: 'curve-ttft',
    title: 'TTFT over throughput',
    axis: 'TTFT (ms)',
    mean: ({ ttft_avg_ms }) => ttft_avg_ms,
    column: 'ttft_ms',
  },
];

/**
 * The latency-throughput curve: flat while a service keeps up, then upwards, and back where it falls behind.
 *
 * @param points by their load, which is the order of the line
 */
export function latencyCurve(
  { id, title, axis, mean, column }: CurveOptions,
  points: readonly SweepPagePoint[],
): Chart {
  const lines = [
    { name: 'mean', color: COLORS.main, value: mean },
    { name: 'p99', color: COLORS.third, value: (summary: RunSummary) => percentileOf(summary, 99, column) },
  ];
  const values = lines.flatMap(({ name, color, value: read }) =>
    points.flatMap((point) => {
      const [x, y] = [point.summary.requests_per_s, read(point.summary)];
      if (x === null || y === null) return [];
      const told = `${describeLoad(point)}\nachieved ${formatNumber(x)} requests/s\n${name} ${formatNumber(y)} ms`;
      return [{ x, y, name, color, load: nameLoad(point), title: told }];
    }),
  );
  if (values.length === 0) return { id, title, missing: 'No point has both values.' };
  const domain = fitDomain(values.map(({ y }) => y));
  return {
    id,
    title,
    text: 'Where the line turns up, the service is at its limit; where it turns back, beyond. Labels are the load.',
    legend: lines.map(({ name, color }) => ({ label: name, color, shape: 'line' as const })),
    draw: (width) => ({
      height: 300,
      marginLeft: 56,
      marginRight: 36,
      x: xAxis('achieved rate (requests/s)', width, { domain: fitDomain(values.map(({ x }) => x)), grid: true }),
      y: yAxis(axis, { domain, nice: false }),
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
