import * as Plot from '@observablehq/plot';
import {
  type HeadlineMetric,
  type HeadlineStatistic,
  headlineValue,
  type RunSummary,
  successRatio,
  tokensPerUser,
} from '../../../../stats/run-summary.ts';
import { formatNumber, formatTick } from '../../format-value.ts';
import { HEADLINE_NAMES } from '../../headline-names.ts';
import { describeLoad, loadOf } from '../../point-load.ts';
import type { SweepPagePoint } from '../../report-data.ts';
import { baseLine, type Chart, COLORS, fitDomain, hoverValues, lineLegend, yAxis } from '../figure.ts';

/** A chart against the load. */
interface LoadMetric {
  readonly id: string;
  readonly title: string;
  /** The title in short, for the axis. */
  readonly axis: string;
  readonly unit: string;
  readonly lines: readonly Line[];
}

interface Line {
  /** Empty for one that is alone. */
  readonly name: string;
  readonly color: string;
  readonly value: (summary: RunSummary) => number | null;
}

const STATISTIC_COLORS = { mean: COLORS.main, p50: COLORS.second, p99: COLORS.third } as const;

/** Every chart against the load. */
export const LOAD_METRICS: readonly LoadMetric[] = [
  rate('output-tokens', 'Output tokens per second', 'throughput', 'tokens/s', (summary) => summary.output_tokens_per_s),
  rate('requests', 'Requests per second', 'throughput', 'requests/s', (summary) => summary.requests_per_s),
  rate('user-speed', 'Tokens per second of one user', 'speed', 'tokens/s', tokensPerUser),
  time('ttft'),
  time('tpot'),
  time('itl'),
  time('latency'),
  rate('success', 'Success rate', 'completed', '%', (summary) => {
    const ratio = successRatio(summary);
    return ratio === null ? null : 100 * ratio;
  }),
  rate('client-lag', 'Client lag, p99', 'lag', 'ms', (summary) => summary.client_lag_p99_ms),
];

function rate(id: string, title: string, axis: string, unit: string, value: Line['value']): LoadMetric {
  return { id, title, axis, unit, lines: [{ name: '', color: COLORS.main, value }] };
}

function time(metric: HeadlineMetric): LoadMetric {
  const { name: title, short: axis } = HEADLINE_NAMES[metric];
  return { id: metric, title, axis, unit: 'ms', lines: statisticLines(metric, ['mean', 'p50', 'p99']) };
}

/** A line for each statistic of a time, in the colour that it has in every chart. */
export function statisticLines(metric: HeadlineMetric, statistics: readonly HeadlineStatistic[]) {
  return statistics.map((name) => ({
    name,
    color: STATISTIC_COLORS[name],
    value: (summary: RunSummary) => headlineValue(summary, metric, name),
  }));
}

/**
 * The points of lines, of the runs that have both numbers.
 *
 * @param tell what appears beside the pointer, below the load
 */
export function placeLines(
  lines: readonly Line[],
  runs: readonly SweepPagePoint[],
  xAt: (run: SweepPagePoint) => number | null,
  tell: (x: number, name: string, y: number) => string,
) {
  return lines.flatMap(({ name, color, value }) =>
    runs.flatMap((run) => {
      const [x, y] = [xAt(run), value(run.summary)];
      if (x === null || y === null) return [];
      return [{ x, y, name, color, run, title: `${describeLoad(run)}\n${tell(x, name, y)}` }];
    }),
  );
}

/** What the points differ in; where that is not one thing, or all starts at once, what they achieved. */
function chooseAxis(points: readonly SweepPagePoint[]): {
  readonly loadAt: (point: SweepPagePoint) => number | null;
  readonly words: string;
  readonly label: string;
} {
  const is = (wanted: SweepPagePoint['varies']): boolean => points.every(({ varies }) => varies === wanted);
  if (is('parallel')) {
    return { loadAt: loadOf, words: 'concurrency', label: 'concurrency (requests at a time)' };
  }
  return is('rate') && points.every(({ rate }) => rate !== 'inf')
    ? { loadAt: loadOf, words: 'rate', label: 'rate (requests/s)' }
    : {
        loadAt: ({ summary }) => summary.requests_per_s,
        words: 'achieved rate',
        label: 'achieved rate (requests/s)',
      };
}

/** Loads usually double, so a logarithmic axis spaces them evenly. */
const LOG_FROM = 8;

/** A metric against the load, a line for each of its statistics. */
export function againstLoad({ id, title, axis, unit, lines }: LoadMetric, points: readonly SweepPagePoint[]): Chart {
  const { loadAt, words, label } = chooseAxis(points);
  const values = placeLines(
    lines,
    points,
    loadAt,
    (_, name, value) => `${name === '' ? '' : `${name} `}${formatNumber(value)} ${unit}`,
  );
  if (values.length === 0) return { id: `load-${id}`, title, missing: 'Not measured.' };
  const loads = [...new Set(values.map(({ x }) => x))];
  const isLog = Math.min(...loads) > 0 && Math.max(...loads) / Math.min(...loads) >= LOG_FROM;
  // From 0, so that noise between equal points does not look like a trend.
  const domain = unit === '%' ? [0, 100] : fitDomain([0, ...values.map(({ y }) => y)]);
  return {
    id: `load-${id}`,
    title,
    text: `By ${words}${isLog ? ' (logarithmic axis)' : ''}.`,
    ...(lines.length > 1 ? { legend: lineLegend(lines) } : {}),
    draw: () => ({
      x: {
        label,
        type: isLog ? 'log' : 'linear',
        ticks: loads.length > 8 ? 6 : loads,
        tickFormat: formatTick,
      },
      y: yAxis(`${axis} (${unit})`, { domain, nice: unit !== '%' }),
      marks: [
        domain[0] === 0 ? baseLine() : null,
        Plot.lineY(values, { x: 'x', y: 'y', z: 'name', stroke: 'color', strokeWidth: 1.8 }),
        Plot.dot(values, { x: 'x', y: 'y', r: 3.2, fill: 'color' }),
        hoverValues(values, { x: 'x', y: 'y' }, 'xy'),
      ],
      color: { type: 'identity' },
    }),
  };
}
