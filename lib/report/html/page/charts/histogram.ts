import * as Plot from '@observablehq/plot';
import { formatMilliseconds, formatNumber, formatTick } from '../../format-value.ts';
import { HEADLINE_NAMES } from '../../headline-names.ts';
import type { Distribution } from '../../report-data.ts';
import { baseLine, type Chart, COLORS, chooseUnit, hoverValues, label, xAxis, yAxis } from '../figure.ts';

/** How many values lie in each bin, and the median. */
export function histogram({ metric, histogram: { edges, counts, above }, quantiles }: Distribution): Chart {
  const { short, of } = HEADLINE_NAMES[metric];
  const top = edges.at(-1) as number;
  const unit = chooseUnit('ms', top);
  const bins = counts.map((count, i) => {
    const [x1, x2] = [unit.scale(edges[i] as number), unit.scale(edges[i + 1] as number)];
    const range = `${formatTick(x1)} to ${formatTick(x2)} ${unit.name}`;
    return { x1, x2, count, title: `${range}\n${formatNumber(Math.round(count))} ${of}` };
  });
  const medians = quantiles.flatMap(({ percent, value }) =>
    percent === 50 && value <= top ? [{ x: unit.scale(value), name: 'p50' }] : [],
  );
  const beyond = above === 0 ? '' : ` ${formatNumber(Math.round(above))} beyond ${formatMilliseconds(top)} not shown.`;
  return {
    id: `${metric}-histogram`,
    title: 'Histogram',
    text: `How many ${of} took how long.${beyond}`,
    draw: (width) => ({
      x: xAxis(`${short} (${unit.name})`, width),
      y: yAxis(of),
      marks: [
        Plot.rectY(bins, { x1: 'x1', x2: 'x2', y: 'count', fill: COLORS.main, insetLeft: 0.5, insetRight: 0.5 }),
        baseLine(),
        Plot.ruleX(medians, { x: 'x', stroke: COLORS.text, strokeDasharray: '3 3' }),
        label(medians, { x: 'x', text: 'name', frameAnchor: 'top', dy: -12 }),
        hoverValues(bins, { x1: 'x1', x2: 'x2', y: 'count' }),
      ],
    }),
  };
}
