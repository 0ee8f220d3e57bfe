import * as Plot from '@observablehq/plot';
import { formatNumber } from '../../format-value.ts';
import { findParetoFront } from '../../pareto-front.ts';
import type { SweepPoint } from '../../report-data.ts';
import { COLORS, chart, noChart } from '../figure.ts';
import { loadOf, type SweepMetric } from '../sweep-metrics.ts';
import { formatTick } from './distribution-charts.ts';

export interface FrontOptions {
  readonly id: string;
  readonly title: string;
  /** Of the x axis, with its unit. */
  readonly label: string;
  readonly better: 'lower-x' | 'higher-x';
  readonly value: (point: SweepPoint) => number | null;
}

/** Throughput against something users feel, with the Pareto front. */
export function frontChart(points: readonly SweepPoint[], options: FrontOptions): HTMLElement {
  const { id, title, label, better, value } = options;
  const dots = points.flatMap((point) => {
    const [x, y] = [value(point), point.summary.output_tokens_per_s];
    if (x === null || y === null) return [];
    const load = formatNumber(loadOf(point));
    return [{ x, y, load, title: `load ${load}\n${formatNumber(y)} output tokens/s\n${label}: ${formatNumber(x)}` }];
  });
  if (dots.length === 0) return noChart(id, title, 'No point has both values.');
  const positions = findParetoFront(dots, better);
  const front = positions.map((position) => dots[position] as (typeof dots)[number]);
  const others = dots.filter((_, position) => !positions.includes(position));
  return chart({
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
      x: { label, ticks: width / 80, zero: true, nice: true, tickFormat: formatTick, grid: true },
      y: { label: 'output tokens/s', zero: true, nice: true, grid: true, tickFormat: formatTick },
      marks: [
        Plot.lineY(front, { x: 'x', y: 'y', stroke: COLORS.main, strokeWidth: 1.6, strokeDasharray: '5 3' }),
        Plot.dot(others, { x: 'x', y: 'y', r: 4.5, fill: COLORS.muted, className: 'mark-beaten' }),
        Plot.dot(front, { x: 'x', y: 'y', r: 5, fill: COLORS.main, className: 'mark-front' }),
        Plot.text(dots, {
          x: 'x',
          y: 'y',
          text: 'load',
          dy: -12,
          fill: COLORS.text,
          stroke: 'var(--surface)',
          strokeWidth: 3,
        }),
        Plot.tip(dots, Plot.pointer({ x: 'x', y: 'y', title: 'title' })),
      ],
    }),
  });
}

/** Concurrencies usually double, so a logarithmic axis spaces them evenly. */
const LOG_FROM = 8;

/** A metric against the load, a line for each of its statistics. */
export function loadChart(
  points: readonly SweepPoint[],
  { id, title, axis, unit, lines }: SweepMetric,
  load: string,
): HTMLElement {
  const values = lines.flatMap((line) =>
    points.flatMap((point) => {
      const value = line.value(point);
      if (value === null) return [];
      const name = line.name === 'value' ? '' : `${line.name} `;
      const text = `load ${formatNumber(loadOf(point))}\n${name}${formatNumber(value)} ${unit}`;
      return [{ load: loadOf(point), value, name: line.name, color: line.color, title: text }];
    }),
  );
  if (values.length === 0) return noChart(`load-${id}`, title, 'Not measured.');
  const loads = [...new Set(values.map((entry) => entry.load))];
  const isLog = Math.min(...loads) > 0 && Math.max(...loads) / Math.min(...loads) >= LOG_FROM;
  return chart({
    id: `load-${id}`,
    title,
    text: `By ${load.replace(/ \(.*/, '')}${isLog ? ' (logarithmic axis)' : ''}.`,
    ...(lines.length > 1
      ? { legend: lines.map(({ name, color }) => ({ label: name, color, shape: 'line' as const })) }
      : {}),
    draw: () => ({
      height: 210,
      marginLeft: 52,
      x: { label: load, type: isLog ? 'log' : 'linear', ticks: loads.length > 8 ? 6 : loads, tickFormat: formatTick },
      y: {
        label: `${axis} (${unit})`,
        ...(id === 'success' ? { domain: [0, 100] } : { zero: true, nice: true }),
        grid: true,
        ticks: 5,
        tickFormat: formatTick,
      },
      marks: [
        Plot.ruleY([0], { stroke: COLORS.text, strokeOpacity: 0.5 }),
        Plot.lineY(values, { x: 'load', y: 'value', z: 'name', stroke: 'color', strokeWidth: 1.8 }),
        Plot.dot(values, { x: 'load', y: 'value', r: 3.2, fill: 'color' }),
        Plot.tip(values, Plot.pointer({ x: 'load', y: 'value', title: 'title' })),
      ],
      color: { type: 'identity' },
    }),
  });
}
