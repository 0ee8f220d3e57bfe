import * as Plot from '@observablehq/plot';
import type { Change } from '../../report-data.ts';
import { type Chart, COLORS, hoverValues } from '../figure.ts';

/** A single wild interval must not press all others together: the axis ends here, and arrows tell what lies beyond. */
const MOST_REACH = 1;
const LEAST_REACH = 0.02;

/** Changes in percent with their 95 % intervals, a row each; one that does not touch the middle is a difference shown. */
export function changes(given: readonly Change[]): Chart {
  const [id, title] = ['changes', 'Changes with their 95 % intervals'];
  if (given.length === 0) return { id, title, missing: 'No change has an interval; the table says why.' };
  const reach = Math.min(
    MOST_REACH,
    Math.max(LEAST_REACH, ...given.flatMap(({ low, high }) => [-low, high].map(Math.abs))),
  );
  const hold = (change: number): number => 100 * Math.max(-reach, Math.min(reach, change));
  const rows = given.map((change) => {
    const { verdict, value, low, high } = change;
    return {
      ...change,
      color: verdict === 'better' ? COLORS.good : verdict === 'worse' ? COLORS.bad : COLORS.muted,
      from: hold(low),
      to: hold(high),
      at: hold(value),
      isHeld: Math.abs(value) > reach,
      title: `${change.title}\n${percent(value)} (${percent(low)} to ${percent(high)})\n${verdict}`,
      name: change.title,
    };
  });
  const beyond = rows.flatMap((row) => [
    ...(row.low < -reach ? [{ ...row, x: -100 * reach, text: `◀ ${percent(row.low)}`, isLeft: true }] : []),
    ...(row.high > reach ? [{ ...row, x: 100 * reach, text: `${percent(row.high)} ▶`, isLeft: false }] : []),
  ]);
  const hasBeyond = beyond.length > 0;
  return {
    id,
    title,
    text: `To the right is more. A line that does not touch the middle is a difference shown.${hasBeyond ? ` Arrows point beyond ${percent(reach)}.` : ''}`,
    draw: (width) => {
      const isNarrow = width < 520;
      const arrows = (isLeft: boolean): Plot.Markish =>
        Plot.text(
          beyond.filter((row) => row.isLeft === isLeft),
          {
            ...{ x: 'x', y: 'name', text: 'text', fill: 'color', className: 'mark-beyond' },
            ...{ textAnchor: isLeft ? 'start' : 'end', dy: -9 },
          },
        );
      return {
        height: 70 + rows.length * (isNarrow ? 34 : 26),
        marginLeft: isNarrow ? 116 : 210,
        marginRight: 24,
        x: {
          ...{ label: 'change (%)', domain: [-100 * reach, 100 * reach], ticks: width / 110, grid: true },
          tickFormat: (value: number) => `${value > 0 ? '+' : ''}${Number(value.toPrecision(3))}`,
        },
        y: { label: null, domain: rows.map(({ name }) => name), padding: 0.2 },
        color: { type: 'identity' },
        marks: [
          Plot.axisY({ label: null, tickSize: 0, lineWidth: isNarrow ? 9 : 18 }),
          Plot.ruleX([0], { stroke: COLORS.text, strokeOpacity: 0.5 }),
          Plot.ruleY(rows, {
            ...{ y: 'name', x1: 'from', x2: 'to', stroke: 'color', strokeWidth: 3, className: 'mark-interval' },
          }),
          Plot.dot(
            rows.filter(({ isHeld }) => !isHeld),
            { x: 'at', y: 'name', r: 4, fill: 'color' },
          ),
          arrows(true),
          arrows(false),
          hoverValues(rows, { x: 'at', y: 'name' }, 'xy'),
        ],
      };
    },
  };
}

function percent(change: number): string {
  const value = Number((change * 100).toFixed(1));
  return `${value > 0 ? '+' : ''}${Object.is(value, -0) ? 0 : value} %`;
}
