import * as Plot from '@observablehq/plot';
import { formatMilliseconds, formatNumber } from '../format-value.ts';
import type { Timeline } from '../report-data.ts';
import { COLORS, chart, noChart } from './figure.ts';

interface Bar {
  readonly lane: number;
  readonly start: number;
  readonly first: number | null;
  readonly end: number;
  readonly middle: number;
  readonly failed: boolean;
  readonly warmup: boolean;
  readonly title: string;
}

const LEAST_HEIGHT = 110;
const MOST_HEIGHT = 520;
const ROW = 16;

/** A bar a request: waiting for the first token, then streaming; failures in another colour and with a cross. */
export function timelineChart(timeline: Timeline): HTMLElement {
  const bars = timeline.start_ms.map((_, i) => toBar(timeline, i));
  if (bars.length === 0) return noChart('timeline', 'Timeline', 'There are no requests.');
  const failures = bars.filter(({ failed }) => failed);
  const warmups = bars.filter(({ failed, warmup }) => warmup && !failed);
  const completed = bars.filter(({ failed, warmup }) => !failed && !warmup);
  const streamed = completed.filter(({ first }) => first !== null);
  const whole = completed.filter(({ first }) => first === null);
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
      ...(failures.length > 0 ? [{ label: 'failed', color: COLORS.failure, shape: 'cross' as const }] : []),
    ],
    draw: (width) => ({
      height: Math.min(MOST_HEIGHT, Math.max(LEAST_HEIGHT, lanes * ROW + 60)),
      marginLeft: 52,
      x: { label: 'time since the start of the run (s)', ticks: width / 80, grid: true },
      y: { label: 'requests under way', domain: [0, lanes], ticks: Math.min(lanes, 6), tickFormat: 'd' },
      marks: [
        Plot.rect(streamed, { x1: 'start', x2: 'first', ...row, fill: COLORS.waiting, ariaLabel: 'waiting' }),
        Plot.rect(streamed, { x1: 'first', x2: 'end', ...row, fill: COLORS.main, ariaLabel: 'streaming' }),
        Plot.rect(whole, { x1: 'start', x2: 'end', ...row, fill: COLORS.main, ariaLabel: 'whole' }),
        Plot.rect(warmups, { x1: 'start', x2: 'end', ...row, fill: COLORS.muted, ariaLabel: 'warm-up' }),
        Plot.rect(failures, { x1: 'start', x2: 'end', ...row, fill: COLORS.failure, ariaLabel: 'failed' }),
        Plot.dot(failures, {
          x: 'end',
          y: (bar: Bar) => bar.lane + 0.5,
          symbol: 'times',
          r: 3.5,
          stroke: COLORS.failure,
          strokeWidth: 1.8,
          ariaLabel: 'failed ends',
        }),
        Plot.tip(bars, Plot.pointer({ x: 'middle', y: (bar: Bar) => bar.lane + 0.5, title: 'title', maxRadius: 60 })),
      ],
    }),
  });
}

function toBar(timeline: Timeline, i: number): Bar {
  const [start, end] = [timeline.start_ms[i] as number, timeline.end_ms[i] as number];
  const first = timeline.first_ms[i] as number | null;
  const failure = timeline.failure[i] as string | null;
  const lines = [
    `request ${timeline.index[i]}${timeline.warmup[i] === 1 ? ' (warm-up)' : ''}: ${failure === null ? 'completed' : `failed, ${failure}`}`,
    `from ${formatMilliseconds(start)}, for ${formatMilliseconds(end - start)}`,
    first === null ? '' : `first token after ${formatMilliseconds(first - start)}`,
    timeline.output_tokens[i] === null ? '' : `${timeline.output_tokens[i]} output tokens`,
  ];
  return {
    lane: timeline.lane[i] as number,
    start: start / 1000,
    first: first === null ? null : first / 1000,
    end: end / 1000,
    middle: (start + end) / 2000,
    failed: failure !== null,
    warmup: timeline.warmup[i] === 1,
    title: lines.filter((line) => line !== '').join('\n'),
  };
}
