import * as Plot from '@observablehq/plot';
import { formatNumber, formatTick } from '../../format-value.ts';
import type { SearchChartData } from '../../report-data.ts';
import { type Chart, COLORS, fitDomain, hoverValues, yAxis } from '../figure.ts';

const SIDES: readonly (readonly [word: string, color: string])[] = [
  ['holds', COLORS.good],
  ['crossed', COLORS.bad],
  ['unresolved', COLORS.muted],
  ['measured', COLORS.main],
];

/** A probe a dot, with its interval; the limit across, and the answer as a band. */
export function searchChart({ title, unit, axis, limit, points, answer }: SearchChartData, index: number): Chart {
  const id = `search-${index}`;
  const dots = points.map((point) => {
    const { load, value, low, high, side } = point;
    const interval = low === null || high === null ? '' : ` (${formatNumber(low)} to ${formatNumber(high)})`;
    const color = SIDES.find(([word]) => side.startsWith(word))?.[1] ?? COLORS.main;
    return { ...point, color, title: `${formatNumber(load)}: ${side}\n${formatNumber(value)}${interval} ${unit}` };
  });
  if (dots.length === 0) return { id, title, missing: 'No probe has a value.' };
  const values = dots.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]);
  const domain = fitDomain(limit === null ? values : [...values, limit]);
  const loads = dots.map(({ load }) => load);
  const isLog = Math.max(...loads) / Math.min(...loads) >= 8;
  const band = answer === null ? [] : [{ ...answer, y1: domain[0], y2: domain[1] }];
  return {
    id,
    title,
    text: `Each probe with its 95 % interval${limit === null ? '' : '; the line is the limit'}${answer === null ? '' : '; the band is the answer'}.`,
    legend: SIDES.filter(([word]) => dots.some(({ side }) => side.startsWith(word))).map(([label, color]) => ({
      label,
      color,
    })),
    draw: () => ({
      height: 300,
      marginLeft: 56,
      x: { label: axis, type: isLog ? 'log' : 'linear', ticks: 6, tickFormat: formatTick },
      y: yAxis(unit === '' ? title : unit, { domain, nice: false }),
      marks: [
        Plot.rect(band, { x1: 'low', x2: 'high', y1: 'y1', y2: 'y2', fill: COLORS.main, fillOpacity: 0.15 }),
        limit === null ? null : Plot.ruleY([limit], { stroke: COLORS.bad, strokeDasharray: '5 3' }),
        Plot.ruleX(
          dots.filter(({ low, high }) => low !== null && high !== null),
          { x: 'load', y1: 'low', y2: 'high', stroke: 'color', strokeWidth: 1.6 },
        ),
        Plot.dot(dots, { x: 'load', y: 'value', r: 4, fill: 'color' }),
        hoverValues(dots, { x: 'load', y: 'value' }, 'xy'),
      ],
      color: { type: 'identity' },
    }),
  };
}
