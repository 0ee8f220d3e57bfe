import * as Plot from '@observablehq/plot';
import { formatCount } from '../../../../shared/format-count.ts';
import { formatMetric } from '../../format-value.ts';
import type { IndexedMetric, IndexedRun } from '../../report-data.ts';
import { type Chart, COLORS, chooseUnit, fitDomain, hoverValues, yAxis } from '../figure.ts';

/** Units of axes that are not the metric's own. */
const SHARE = { name: '%', scale: (value: number): number => 100 * value };

/** A metric of runs over their dates, with the intervals that each run has of its own. */
export function trend(runs: readonly IndexedRun[], { title, unit, name }: IndexedMetric, position: number): Chart {
  const id = 'trend';
  const measured = runs.flatMap((run) => {
    const [value, low, high] = run.numbers[position] ?? [null, null, null];
    if (value === null) return [];
    const interval =
      low === null || high === null ? '' : ` (${formatMetric(low, unit)} to ${formatMetric(high, unit)})`;
    return [{ run, value, low: low ?? value, high: high ?? value, interval }];
  });
  if (measured.length === 0) return { id, title, missing: 'None of these runs has this number.' };
  const largest = Math.max(...measured.map(({ high }) => high));
  const axis = unit === 'share' ? SHARE : chooseUnit(unit, largest);
  const rows = measured.map(({ run, value, low, high, interval }) => ({
    ...{ at: new Date(run.started_at), y: axis.scale(value), from: axis.scale(low), to: axis.scale(high) },
    color: run.crossed > 0 ? COLORS.failure : run.verdict === 'VALID' ? COLORS.main : COLORS.muted,
    title: `${run.path}\n${formatMetric(value, unit)}${interval}`,
  }));
  return {
    id,
    title,
    text: `${name} over the dates of ${formatCount(rows.length, 'run')}, each with its 95 % interval where it has one.`,
    legend: [
      { label: 'VALID', color: COLORS.main },
      { label: 'not VALID', color: COLORS.muted },
      { label: 'a gate or threshold crossed', color: COLORS.failure },
    ],
    draw: (width) => ({
      x: { type: 'utc', label: 'date (UTC)', ticks: width / 110, nice: true },
      y: yAxis(axis.name, { domain: fitDomain(rows.flatMap(({ from, to }) => [from, to])) }),
      color: { type: 'identity' },
      marks: [
        Plot.ruleX(rows, { x: 'at', y1: 'from', y2: 'to', stroke: 'color', strokeOpacity: 0.5 }),
        Plot.dot(rows, { x: 'at', y: 'y', r: 3, fill: 'color' }),
        hoverValues(rows, { x: 'at', y: 'y' }, 'xy'),
      ],
    }),
  };
}
