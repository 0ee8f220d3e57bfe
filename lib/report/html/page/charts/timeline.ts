import * as Plot from '@observablehq/plot';
import { formatMilliseconds, formatNumber } from '../../format-value.ts';
import type { Timeline, TimelineWindow } from '../../report-data.ts';
import { type Chart, COLORS, hoverValues, runAxis, yAxis } from '../figure.ts';

interface Bar {
  readonly lane: number;
  readonly start: number;
  readonly first: number;
  readonly end: number;
  readonly outcome: string;
  readonly isFailure: boolean;
  readonly title: string;
}

const LEAST_HEIGHT = 110;
const MOST_HEIGHT = 520;

/** A part of a bar and how it is drawn: one kind of request, or the time to its first token. */
const PARTS = [
  { name: 'waiting', label: 'waiting for the first token', color: COLORS.waiting },
  { name: 'streaming', label: 'streaming', color: COLORS.main },
  { name: 'whole', label: 'completed', color: COLORS.main },
  { name: 'warm-up', label: 'warm-up, in no number', color: COLORS.muted },
  { name: 'cancelled', label: 'cancelled on purpose', color: COLORS.second },
  { name: 'failed', label: 'failed', color: COLORS.failure },
] as const;

/**
 * The windows of a run, a chart each: a bar a request, waiting for the first token, then streaming; failures in another
 * colour and with a cross.
 */
export function timelines({ windows, total }: Timeline): Chart[] {
  if (windows.length === 0) return [{ id: 'timeline', title: 'Every request', missing: 'There are no requests.' }];
  return windows.map((window, i) => timeline(window, i === 0 ? 'timeline' : `timeline-${i + 1}`, total));
}

function timeline(window: TimelineWindow, id: string, total: number): Chart {
  const { title, rows } = window;
  const [from, to] = [window.from_ms / 1000, window.to_ms / 1000];
  const bars = window.start_ms.map((_, i) => toBar(window, i));
  const pieces = bars.flatMap((bar) => toPieces(bar, from, to));
  const failures = bars.filter(({ isFailure, end }) => isFailure && end <= to);
  const parts = PARTS.flatMap((part) => {
    const drawn = pieces.filter(({ name }) => name === part.name);
    return drawn.length === 0 ? [] : [{ ...part, drawn }];
  });
  const drawnRows = window.lane.reduce((most, lane) => Math.max(most, lane + 1), 1);
  const row = total > bars.length ? 10 : 16;
  const places = bars.flatMap((bar) => spreadPlaces(bar, from, to));
  const few =
    drawnRows < rows ? ` Only the lowest ${formatNumber(drawnRows)} of ${formatNumber(rows)} rows are drawn.` : '';
  const share =
    total > bars.length
      ? `${formatNumber(bars.length)} of ${formatNumber(total)} requests, all that were under way. `
      : '';
  return {
    id,
    title,
    text: `${share}A bar is a request, in the lowest row that was free when it started.${few}`,
    legend: parts.map(({ name, label, color }) => ({ label, color, ...(name === 'failed' ? { shape: 'cross' } : {}) })),
    draw: (width) => ({
      height: Math.min(MOST_HEIGHT, Math.max(LEAST_HEIGHT, drawnRows * row + 60)),
      x: runAxis(window, width, { grid: true }),
      y: yAxis('requests under way', {
        ...{ domain: [0, drawnRows], ticks: Math.min(drawnRows, 6), tickFormat: 'd', grid: false, nice: false },
      }),
      marks: [
        ...parts.map(({ name, color, drawn }) =>
          Plot.rect(drawn, {
            ...{ x1: 'x1', x2: 'x2', fill: color, className: `mark-${name}` },
            ...{ y1: ({ lane }: Bar) => lane + 0.08, y2: ({ lane }: Bar) => lane + 0.92 },
          }),
        ),
        Plot.dot(failures, {
          ...{ x: 'end', y: ({ lane }: Bar) => lane + 0.5, symbol: 'times', r: 3.5 },
          ...{ stroke: COLORS.failure, strokeWidth: 1.8, className: 'mark-failed-ends' },
        }),
        hoverValues(places, { x: 'time', y: 'row', maxRadius: 30 }, 'xy'),
      ],
    }),
  };
}

/** The parts of a bar within a window. */
function toPieces(bar: Bar, from: number, to: number) {
  const { start, first, end, outcome, isFailure, lane } = bar;
  const isStreamed = outcome === 'completed' && !Number.isNaN(first);
  const name = isFailure ? 'failed' : outcome === 'completed' ? 'whole' : outcome;
  const pieces = isStreamed
    ? [
        { name: 'waiting', x1: start, x2: first },
        { name: 'streaming', x1: first, x2: end },
      ]
    : [{ name, x1: start, x2: end }];
  return pieces
    .filter(({ x1, x2 }) => x1 <= to && x2 >= from)
    .map(({ x1, x2, ...piece }) => ({ ...piece, lane, x1: Math.max(from, x1), x2: Math.min(to, x2) }));
}

/** Where the pointer finds a bar: along all of it, since a pointer looks for the nearest place and not for a shape. */
function spreadPlaces({ start, end, lane, title }: Bar, from: number, to: number) {
  const [low, high] = [Math.max(from, start), Math.min(to, end)];
  const count = Math.max(1, Math.ceil((60 * (high - low)) / Math.max(to - from, 1e-6)));
  return Array.from({ length: count }, (_, i) => ({
    time: low + ((i + 0.5) / count) * (high - low),
    row: lane + 0.5,
    title,
  }));
}

const FINE = ['completed', 'warm-up', 'cancelled'];

function toBar(window: TimelineWindow, i: number): Bar {
  const [start, end] = [window.start_ms[i] as number, window.end_ms[i] as number];
  const first = window.first_ms[i] as number | null;
  const outcome = window.outcome[i] as string;
  const isFailure = !FINE.includes(outcome);
  const told = isFailure ? `failed, ${outcome}` : outcome === 'cancelled' ? 'cancelled on purpose' : outcome;
  const tokens = window.output_tokens[i] as number | null;
  const lines = [
    `request ${window.index[i]}: ${told}`,
    `from ${formatMilliseconds(start)}, for ${formatMilliseconds(end - start)}`,
    ...(first === null ? [] : [`first token after ${formatMilliseconds(first - start)}`]),
    ...(tokens === null ? [] : [`${tokens} output tokens`]),
  ];
  return {
    ...{ outcome, isFailure, lane: window.lane[i] as number, title: lines.join('\n') },
    ...{ start: start / 1000, first: first === null ? Number.NaN : first / 1000, end: end / 1000 },
  };
}
