import * as Plot from '@observablehq/plot';
import { formatMilliseconds, formatNumber } from '../../format-value.ts';
import type { TimeSeries } from '../../report-data.ts';
import type { LegendEntry } from '../dom.ts';
import { COLORS, chart, noChart } from '../figure.ts';
import { formatTick } from './distribution-charts.ts';

interface Window {
  readonly from: number;
  readonly to: number;
  readonly middle: number;
  readonly time: string;
}

/** Throughput, requests under way and token rate over time, and the lag of the client where it was measured. */
export function timeCharts(series: TimeSeries, domain: TimeDomain): HTMLElement[] {
  const windows = series.from_s.map((from, i): Window => {
    const to = series.to_s[i] as number;
    return { from, to, middle: (from + to) / 2, time: `${formatTick(from)} to ${formatTick(to)} s` };
  });
  if (windows.length === 0) return [noChart('throughput', 'Over time', 'No request has a beginning and an end.')];
  return [
    throughputChart(windows, series, domain),
    levelChart(windows, domain, {
      id: 'in-flight',
      title: 'Requests under way',
      text: 'Mean number of requests between their start and their end.',
      label: 'requests under way',
      values: series.in_flight,
      tell: (value) => `${formatNumber(value)} under way`,
    }),
    barChart(windows, domain, {
      id: 'token-rate',
      title: 'Output tokens per second',
      text: 'Tokens of completed requests, at the time they arrived.',
      label: 'output tokens/s',
      values: series.output_tokens_per_s,
      tell: (value) => `${formatNumber(value)} tokens/s`,
      color: COLORS.main,
    }),
  ];
}

/** The longest lag per window; null where nobody measured it. */
export function lagChart(series: TimeSeries, domain: TimeDomain): HTMLElement | null {
  const windows = series.from_s.flatMap((from, i) => {
    const [to, lag] = [series.to_s[i] as number, series.lag_max_ms[i] as number | null];
    return lag === null
      ? []
      : [{ from, to, middle: (from + to) / 2, time: `${formatTick(from)} to ${formatTick(to)} s`, lag }];
  });
  if (windows.length === 0) return null;
  return barChart(windows, domain, {
    id: 'client-lag',
    title: 'Client lag',
    text: 'How late a timer of this client fired at most, per window: its own share in the times it took.',
    label: 'longest lag (ms)',
    values: windows.map(({ lag }) => lag),
    tell: formatMilliseconds,
    color: COLORS.muted,
  });
}

/** First and last second of the run, warm-up included: one axis for everything over time. */
export type TimeDomain = readonly [number, number];

export function timeAxis(domain: TimeDomain, width: number): Plot.ScaleOptions {
  return { label: 'time since the start of the run (s)', domain: [...domain], ticks: width / 80 };
}

function throughputChart(windows: readonly Window[], series: TimeSeries, domain: TimeDomain): HTMLElement {
  const failed = series.failed_per_s.some((rate) => rate > 0);
  const bars = windows.flatMap((window, i) => {
    const completed = series.completed_per_s[i] as number;
    const failures = series.failed_per_s[i] as number;
    const title = `${window.time}\n${formatNumber(completed)} completed/s${failed ? `\n${formatNumber(failures)} failed/s` : ''}`;
    return { ...window, completed, failures, all: completed + failures, title };
  });
  const entries: LegendEntry[] = [
    { label: 'completed', color: COLORS.main },
    { label: 'failed', color: COLORS.failure },
  ];
  const box = { x1: 'from', x2: 'to', insetLeft: 0.5, insetRight: 0.5 } as const;
  return chart({
    id: 'throughput',
    title: 'Requests per second',
    text: 'Requests by the time they ended.',
    ...(failed ? { legend: entries } : {}),
    draw: (width) => ({
      height: 200,
      marginLeft: 52,
      x: timeAxis(domain, width),
      y: { label: 'requests/s', grid: true, ticks: 5, tickFormat: formatTick, nice: true },
      marks: [
        Plot.rect(bars, { ...box, y1: 0, y2: 'completed', fill: COLORS.main, className: 'mark-completed' }),
        failed
          ? Plot.rect(bars, { ...box, y1: 'completed', y2: 'all', fill: COLORS.failure, className: 'mark-failed' })
          : null,
        Plot.ruleY([0], { stroke: COLORS.text, strokeOpacity: 0.5 }),
        Plot.tip(bars, Plot.pointerX({ x: 'middle', y: 'all', title: 'title' })),
      ],
    }),
  });
}

interface SeriesOptions {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly label: string;
  readonly values: readonly number[];
  readonly tell: (value: number) => string;
}

function barChart(
  windows: readonly Window[],
  domain: TimeDomain,
  options: SeriesOptions & { readonly color: string },
): HTMLElement {
  const { id, title, text, label, values, tell, color } = options;
  const bars = windows.map((window, i) => {
    const value = values[i] as number;
    return { ...window, value, title: `${window.time}\n${tell(value)}` };
  });
  return chart({
    id,
    title,
    text,
    draw: (width) => ({
      height: 200,
      marginLeft: 52,
      x: timeAxis(domain, width),
      y: { label, grid: true, ticks: 5, tickFormat: formatTick, nice: true },
      marks: [
        Plot.rectY(bars, { x1: 'from', x2: 'to', y: 'value', fill: color, insetLeft: 0.5, insetRight: 0.5 }),
        Plot.ruleY([0], { stroke: COLORS.text, strokeOpacity: 0.5 }),
        Plot.tip(bars, Plot.pointerX({ x: 'middle', y: 'value', title: 'title' })),
      ],
    }),
  });
}

/** A level that holds over each window, as steps. */
function levelChart(
  windows: readonly Window[],
  domain: TimeDomain,
  { id, title, text, label, values, tell }: SeriesOptions,
): HTMLElement {
  const points = windows.map((window, i) => {
    const value = values[i] as number;
    return { ...window, value, title: `${window.time}\n${tell(value)}` };
  });
  const steps = points.flatMap(({ from, to, value }) => [
    { time: from, value },
    { time: to, value },
  ]);
  return chart({
    id,
    title,
    text,
    draw: (width) => ({
      height: 200,
      marginLeft: 52,
      x: timeAxis(domain, width),
      y: { label, grid: true, ticks: 5, tickFormat: formatTick, zero: true, nice: true },
      marks: [
        Plot.areaY(steps, { x: 'time', y1: 0, y2: 'value', fill: COLORS.main, fillOpacity: 0.18 }),
        Plot.lineY(steps, { x: 'time', y: 'value', stroke: COLORS.main, strokeWidth: 2 }),
        Plot.ruleY([0], { stroke: COLORS.text, strokeOpacity: 0.5 }),
        Plot.tip(points, Plot.pointerX({ x: 'middle', y: 'value', title: 'title' })),
      ],
    }),
  });
}
