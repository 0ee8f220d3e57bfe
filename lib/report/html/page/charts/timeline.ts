import * as Plot from '@observablehq/plot';
import { formatMilliseconds, formatNumber } from '../../format-value.ts';
import type { Timeline } from '../../report-data.ts';
import { COLORS, chart, noChart } from '../figure.ts';
import { type TimeDomain, timeAxis } from './time-charts.ts';

interface Bar {
  readonly lane: number;
  readonly start: number;
  readonly first: number | null;
  readonly end: number;
  readonly failed: boolean;
  readonly warmup: boolean;
  readonly cancelled: boolean;
  readonly title: string;
}

const LEAST_HEIGHT = 110;
const MOST_HEIGHT = 520;
const ROW = 16;

/** A bar a request: waiting for the first token, then streaming; failures in another colour and with a cross. */
export function timelineChart(timeline: Timeline, domain: TimeDomain): HTMLElement {
  const bars = timeline.start_ms.map((_, i) => toBar(timeline, i));
  if (bars.length === 0) return noChart('timeline', 'Timeline', 'There are no requests.');
  const failures = bars.filter(({ failed }) => failed);
  const warmups = bars.filter(({ failed, warmup }) => warmup && !failed);
  const cancelled = bars.filter((bar) => bar.cancelled && !bar.warmup);
  const completed = bars.filter((bar) => !bar.failed && !bar.warmup && !bar.cancelled);
  const streamed = completed.filter(({ first }) => first !== null);
  const whole = completed.filter(({ first }) => first === null);
  const places = bars.flatMap((bar) => spreadPlaces(bar, (domain[1] - domain[0]) / 60));
  const lanes = Math.max(...timeline.lane) + 1;
  const row = { y1: (bar: Bar) => bar.lane + 0.08, y2: (bar: Bar) => bar.lane + 0.92 };
  const shown = timeline.sampled
    ? `${formatNumber(bars.length)} of ${formatNumber(timeline.total)} requests, drawn by chance (failures apart from the others). `
    : '';
  return chart({
    id: 'timeline',
    title: 'Every request',
    text: `${shown}A bar is a request, in the lowest row that was free when it started.`,
    wide: true,
    legend: [
      ...(streamed.length > 0 ? [{ label: 'waiting for the first token', color: COLORS.waiting }] : []),
      { label: streamed.length > 0 ? 'streaming' : 'completed', color: COLORS.main },
      ...(warmups.length > 0 ? [{ label: 'warm-up, in no number', color: COLORS.muted }] : []),
      ...(cancelled.length > 0 ? [{ label: 'cancelled on purpose', color: COLORS.second }] : []),
      ...(failures.length > 0 ? [{ label: 'failed', color: COLORS.failure, shape: 'cross' as const }] : []),
    ],
    draw: (width) => ({
      height: Math.min(MOST_HEIGHT, Math.max(LEAST_HEIGHT, lanes * ROW + 60)),
      marginLeft: 52,
      x: { ...timeAxis(domain, width), grid: true },
      y: { label: 'requests under way', domain: [0, lanes], ticks: Math.min(lanes, 6), tickFormat: 'd' },
      marks: [
        Plot.rect(streamed, { x1: 'start', x2: 'first', ...row, fill: COLORS.waiting, className: 'mark-waiting' }),
        Plot.rect(streamed, { x1: 'first', x2: 'end', ...row, fill: COLORS.main, className: 'mark-streaming' }),
        Plot.rect(whole, { x1: 'start', x2: 'end', ...row, fill: COLORS.main, className: 'mark-whole' }),
        Plot.rect(warmups, { x1: 'start', x2: 'end', ...row, fill: COLORS.muted, className: 'mark-warm-up' }),
        Plot.rect(cancelled, { x1: 'start', x2: 'end', ...row, fill: COLORS.second, className: 'mark-cancelled' }),
        Plot.rect(failures, { x1: 'start', x2: 'end', ...row, fill: COLORS.failure, className: 'mark-failed' }),
        Plot.dot(failures, {
          x: 'end',
          y: (bar: Bar) => bar.lane + 0.5,
          symbol: 'times',
          r: 3.5,
          stroke: COLORS.failure,
          strokeWidth: 1.8,
          className: 'mark-failed-ends',
        }),
        Plot.tip(places, Plot.pointer({ x: 'time', y: 'row', title: 'title', maxRadius: 30 })),
      ],
    }),
  });
}

/** Where the pointer finds a bar: along all of it, since a pointer looks for the nearest place and not for a shape. */
function spreadPlaces({ start, end, lane, title }: Bar, step: number) {
  const count = Math.max(1, Math.ceil((end - start) / step));
  return Array.from({ length: count }, (_, i) => ({
    time: start + ((i + 0.5) / count) * (end - start),
    row: lane + 0.5,
    title,
  }));
}

function toBar(timeline: Timeline, i: number): Bar {
  const [start, end] = [timeline.start_ms[i] as number, timeline.end_ms[i] as number];
  const first = timeline.first_ms[i] as number | null;
  const failure = timeline.failure[i] as string | null;
  const cancelled = timeline.cancelled[i] === 1;
  const outcome = cancelled ? 'cancelled on purpose' : failure === null ? 'completed' : `failed, ${failure}`;
  const lines = [
    `request ${timeline.index[i]}${timeline.warmup[i] === 1 ? ' (warm-up)' : ''}: ${outcome}`,
    `from ${formatMilliseconds(start)}, for ${formatMilliseconds(end - start)}`,
    first === null ? '' : `first token after ${formatMilliseconds(first - start)}`,
    timeline.output_tokens[i] === null ? '' : `${timeline.output_tokens[i]} output tokens`,
  ];
  return {
    lane: timeline.lane[i] as number,
    start: start / 1000,
    first: first === null ? null : first / 1000,
    end: end / 1000,
    failed: failure !== null,
    warmup: timeline.warmup[i] === 1,
    cancelled,
    title: lines.filter((line) => line !== '').join('\n'),
  };
}
