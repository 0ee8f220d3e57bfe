import * as Plot from '@observablehq/plot';
import { formatNumber, formatTick } from '../../format-value.ts';
import type { SpreadChartData } from '../../report-data.ts';
import { type Chart, COLORS, fitDomain, hoverValues, yAxis } from '../figure.ts';

/**
 * A run a dot, with the interval within it, and the mean over all of them with its interval as a band.
 *
 * @param links to the report of each run, by its position
 */
export function spreadChart(data: SpreadChartData, links: readonly { readonly href?: string }[]): Chart {
  const { name, title, mean, low, high, cv } = data;
  const dots = data.runs.map((row) => {
    const interval =
      row.low === null || row.high === null ? '' : ` (${formatNumber(row.low)} to ${formatNumber(row.high)})`;
    return { ...row, href: links[row.run - 1]?.href, title: `run ${row.run}\n${formatNumber(row.value)}${interval}` };
  });
  const values = dots.flatMap((dot) => [dot.value, dot.low ?? dot.value, dot.high ?? dot.value]);
  const domain = fitDomain([...values, low ?? mean, high ?? mean]);
  const band = low === null || high === null ? [] : [{ y1: low, y2: high }];
  const numbers = dots.map(({ run }) => run);
  const between = cv === null ? '' : `; cv ${(100 * cv).toFixed(1)}\u00a0%`;
  const bandText = band.length === 0 ? '' : ', the band its 95 % interval';
  return {
    id: `spread-${name}`,
    title,
    text: `Each run with the 95 % interval within it. The line is the mean, ${formatNumber(mean)}${bandText}${between}.`,
    draw: () => ({
      x: {
        label: 'run',
        domain: [Math.min(...numbers) - 0.5, Math.max(...numbers) + 0.5],
        ticks: numbers.length > 12 ? 6 : numbers,
        tickFormat: formatTick,
      },
      y: yAxis(title, { domain, nice: false }),
      marks: [
        Plot.rectY(band, { y1: 'y1', y2: 'y2', fill: COLORS.main, fillOpacity: 0.15 }),
        Plot.ruleY([mean], { stroke: COLORS.main, strokeDasharray: '5 3' }),
        Plot.ruleX(
          dots.filter((dot) => dot.low !== null && dot.high !== null),
          { x: 'run', y1: 'low', y2: 'high', stroke: COLORS.main, strokeWidth: 1.6 },
        ),
        Plot.dot(dots, { x: 'run', y: 'value', r: 4, fill: COLORS.main, href: 'href' }),
        hoverValues(dots, { x: 'run', y: 'value' }, 'xy'),
      ],
    }),
  };
}
