import * as Plot from '@observablehq/plot';
import { formatNumber } from '../../format-value.ts';
import { findParetoFront } from '../../pareto-front.ts';
import { describeLoad, loadOf, type PointLoad } from '../../point-load.ts';
import type { SweepPagePoint } from '../../report-data.ts';
import { type Chart, COLORS, fitDomain, hoverValues, label as nameBeside, xAxis, yAxis } from '../figure.ts';

export interface FrontOptions {
  readonly id: string;
  readonly title: string;
  /** Of the x axis, with its unit. */
  readonly label: string;
  readonly better: 'lower-x' | 'higher-x';
  readonly value: (point: SweepPagePoint) => number | null;
}

/** Throughput against something users feel, with the Pareto front. */
export function front({ id, title, label, better, value }: FrontOptions, points: readonly SweepPagePoint[]): Chart {
  const dots = points.flatMap((point) => {
    const [x, y] = [value(point), point.summary.output_tokens_per_s];
    if (x === null || y === null) return [];
    const load = nameLoad(point);
    const told = `${describeLoad(point)}\n${formatNumber(y)} output tokens/s\n${label}: ${formatNumber(x)}`;
    return [{ x, y, load, title: told }];
  });
  if (dots.length === 0) return { id, title, missing: 'No point has both values.' };
  const positions = findParetoFront(dots, better);
  const best = positions.map((position) => dots[position] as (typeof dots)[number]);
  const others = dots.filter((_, position) => !positions.includes(position));
  return {
    id,
    title,
    text: `Better is up and to the ${better === 'lower-x' ? 'left' : 'right'}.`,
    legend: [
      { label: 'on the front', color: COLORS.main },
      ...(others.length > 0 ? [{ label: 'beaten by another', color: COLORS.muted }] : []),
    ],
    draw: (width) => ({
      height: 300,
      marginLeft: 56,
      marginRight: 36,
      x: xAxis(label, width, { domain: fitDomain(dots.map(({ x }) => x)), grid: true }),
      y: yAxis('output tokens/s', { domain: fitDomain(dots.map(({ y }) => y)), nice: false }),
      marks: [
        Plot.lineY(best, { x: 'x', y: 'y', stroke: COLORS.main, strokeWidth: 1.6, strokeDasharray: '5 3' }),
        Plot.dot(others, { x: 'x', y: 'y', r: 4.5, fill: COLORS.muted, className: 'mark-beaten' }),
        Plot.dot(best, { x: 'x', y: 'y', r: 5, fill: COLORS.main, className: 'mark-front' }),
        nameBeside(dots, { x: 'x', y: 'y', text: 'load', dy: -12 }),
        hoverValues(dots, { x: 'x', y: 'y' }, 'xy'),
      ],
    }),
  };
}

/** In as few letters as fit beside a dot. */
export function nameLoad(load: PointLoad): string {
  return load.rate === 'inf' ? 'inf' : formatNumber(loadOf(load));
}
