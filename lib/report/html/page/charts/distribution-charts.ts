import * as Plot from '@observablehq/plot';
import { formatMilliseconds, formatNumber, formatShare } from '../../format-value.ts';
import type { Distribution, DistributionMetric } from '../../report-data.ts';
import { element } from '../dom.ts';
import { COLORS, chart } from '../figure.ts';
import { chooseTimeUnit, type TimeUnit } from '../time-unit.ts';

const NAMES: Readonly<
  Record<DistributionMetric, { readonly name: string; readonly short: string; readonly of: string }>
> = {
  ttft: { name: 'Time to first token', short: 'TTFT', of: 'requests' },
  itl: { name: 'Inter-token latency', short: 'ITL', of: 'gaps' },
  tpot: { name: 'Time per output token', short: 'TPOT', of: 'requests' },
  latency: { name: 'Latency', short: 'Latency', of: 'requests' },
};

/** Above this a linear axis would squeeze all but the tail. */
const LONG_TAIL = 20;

/** A metric's histogram and ECDF side by side, under its name and its main numbers. */
export function distributionCard(distribution: Distribution): HTMLElement {
  const { metric, count, mean, max, quantiles } = distribution;
  const { name, short, of } = NAMES[metric];
  const facts = [
    ...quantiles.map(({ percent, value }) => `p${percent} ${formatMilliseconds(value)}`),
    `mean ${formatMilliseconds(mean)}`,
    `max ${formatMilliseconds(max)}`,
    `${formatNumber(count)} ${count === 1 ? of.slice(0, -1) : of}`,
  ];
  return element(
    'article',
    { class: 'card' },
    element('h3', {}, short === name ? name : `${name} (${short})`),
    element('p', { class: 'facts' }, facts.join('  ·  ')),
    element('div', { class: 'pair' }, histogramChart(distribution), ecdfChart(distribution)),
  );
}

function histogramChart({ metric, histogram, quantiles }: Distribution): HTMLElement {
  const { short, of } = NAMES[metric];
  const { edges, counts, above } = histogram;
  const top = edges.at(-1) as number;
  const unit = chooseTimeUnit(top);
  const bins = counts.map((count, i) => ({
    x1: unit.scale(edges[i] as number),
    x2: unit.scale(edges[i + 1] as number),
    count,
    title: `${formatRange(edges[i] as number, edges[i + 1] as number, unit)}\n${formatNumber(Math.round(count))} ${of}`,
  }));
  const median = quantiles.find(({ percent, value }) => percent === 50 && value <= top);
  const beyond = above === 0 ? '' : ` ${formatNumber(Math.round(above))} beyond ${formatMilliseconds(top)} not shown.`;
  return chart({
    id: `${metric}-histogram`,
    title: 'Histogram',
    text: `How many ${of} took how long.${beyond}`,
    draw: (width) => ({
      height: 220,
      marginLeft: 48,
      x: { label: `${short} (${unit.name})`, ticks: width / 70 },
      y: { label: of, grid: true, ticks: 5, tickFormat: formatTick, nice: true },
      marks: [
        Plot.rectY(bins, { x1: 'x1', x2: 'x2', y: 'count', fill: COLORS.main, insetLeft: 0.5, insetRight: 0.5 }),
        Plot.ruleY([0], { stroke: COLORS.text, strokeOpacity: 0.5 }),
        median === undefined
          ? null
          : [
              Plot.ruleX([unit.scale(median.value)], { stroke: COLORS.text, strokeDasharray: '3 3' }),
              Plot.text([unit.scale(median.value)], {
                x: (value: number) => value,
                frameAnchor: 'top',
                dy: -12,
                fill: COLORS.text,
                text: () => 'p50',
              }),
            ],
        Plot.tip(bins, Plot.pointerX({ x1: 'x1', x2: 'x2', y: 'count', title: 'title' })),
      ],
    }),
  });
}

function ecdfChart({ metric, ecdf, quantiles, min, max }: Distribution): HTMLElement {
  const { short, of } = NAMES[metric];
  const median = quantiles[0]?.value ?? min;
  const isLog = min > 0 && median > 0 && max / median > LONG_TAIL;
  const unit = chooseTimeUnit(max);
  // On a logarithmic axis the smallest values would take most of the room.
  const low = isLog ? Math.max(min, median / LONG_TAIL / 5) : min;
  const below = ecdf.values.findLastIndex((value) => value < low);
  const points = [
    { x: unit.scale(low), share: below < 0 ? 0 : 100 * (ecdf.shares[below] as number), title: '' },
    ...ecdf.values.slice(below + 1).map((value, i) => ({
      x: unit.scale(value),
      share: 100 * (ecdf.shares[below + 1 + i] as number),
      title: `${formatShare(ecdf.shares[below + 1 + i] as number)} of ${of}\nwithin ${formatMilliseconds(value)}`,
    })),
  ];
  const place = (value: number): number =>
    max <= min ? 0 : isLog ? Math.log(value / low) / Math.log(max / low) : (value - min) / (max - min);
  const marks = quantiles.map(({ percent, value }) => ({
    x: unit.scale(value),
    share: percent,
    label: `p${percent}`,
    // The curve leaves room above it to its left and below it to its right.
    side: place(value) > 0.3 ? 'left' : 'right',
  }));
  const label = (side: 'left' | 'right'): Plot.Markish =>
    Plot.text(
      marks.filter((mark) => mark.side === side),
      {
        x: 'x',
        y: 'share',
        text: 'label',
        textAnchor: side === 'left' ? 'end' : 'start',
        dx: side === 'left' ? -7 : 7,
        dy: side === 'left' ? -8 : 9,
        fill: COLORS.text,
        stroke: 'var(--surface)',
        strokeWidth: 3,
      },
    );
  return chart({
    id: `${metric}-ecdf`,
    title: 'Cumulative share',
    text: `Share of ${of} that took no longer than that${isLog ? ' (logarithmic axis)' : ''}.`,
    draw: (width) => ({
      height: 220,
      marginLeft: 48,
      marginRight: 24,
      x: {
        type: isLog ? 'log' : 'linear',
        label: `${short} (${unit.name})`,
        ticks: width / 70,
        tickFormat: formatTick,
      },
      y: { label: `share of ${of} (%)`, domain: [0, 100], grid: true, ticks: 5 },
      marks: [
        Plot.ruleY([0], { stroke: COLORS.text, strokeOpacity: 0.5 }),
        Plot.lineY(points, { x: 'x', y: 'share', curve: 'step-after', stroke: COLORS.main, strokeWidth: 2 }),
        Plot.dot(marks, { x: 'x', y: 'share', r: 3.5, fill: COLORS.second, stroke: 'var(--surface)' }),
        label('left'),
        label('right'),
        Plot.tip(points.slice(1), Plot.pointerX({ x: 'x', y: 'share', title: 'title' })),
      ],
    }),
  });
}

function formatRange(from: number, to: number, unit: TimeUnit): string {
  return `${formatTick(unit.scale(from))} to ${formatTick(unit.scale(to))} ${unit.name}`;
}

/** Axis numbers as they are, with commas from a thousand on. */
export function formatTick(value: number): string {
  return Math.abs(value) >= 1000 ? formatNumber(value) : `${Number(value.toPrecision(6))}`;
}
