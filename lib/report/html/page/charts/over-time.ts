import * as Plot from '@observablehq/plot';
import { formatMilliseconds, formatNumber, formatTick } from '../../format-value.ts';
import type { RunReportData, TimeSeries } from '../../report-data.ts';
import { baseLine, type Chart, COLORS, hoverValues, runAxis, yAxis } from '../figure.ts';

/** One quantity over the windows of a run. */
interface Quantity {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly label: string;
  /** `steps`: a level that holds over each window. */
  readonly shape: 'bars' | 'steps';
  /** Upon each other. */
  readonly parts: readonly Part[];
}

interface Part {
  readonly name: string;
  readonly color: string;
  readonly column: keyof TimeSeries;
  readonly tell: (value: number) => string;
}

export const throughput = overTime({
  id: 'throughput',
  title: 'Requests per second',
  text: 'Requests by the time they ended.',
  label: 'requests/s',
  shape: 'bars',
  parts: [
    part('completed', 'completed_per_s', 'completed/s'),
    part('failed', 'failed_per_s', 'failed/s', COLORS.failure),
  ],
});

export const underWay = overTime({
  id: 'in-flight',
  title: 'Requests under way',
  text: 'Mean number of requests between their start and their end.',
  label: 'requests under way',
  shape: 'steps',
  parts: [part('under-way', 'in_flight', 'under way')],
});

export const arrivals = overTime({
  id: 'arrivals',
  title: 'Arrivals per second',
  text: 'Requests by the time they were due.',
  label: 'requests/s',
  shape: 'bars',
  parts: [part('arrivals', 'arrivals_per_s', 'due/s')],
});

export const queueing = overTime({
  id: 'queueing',
  title: 'Requests that wait in the client',
  text: 'Mean number of requests that were due and not yet sent, for want of a place or of time.',
  label: 'requests waiting',
  shape: 'steps',
  parts: [part('waiting', 'waiting', 'waiting')],
});

export const tokenRate = overTime({
  id: 'token-rate',
  title: 'Output tokens per second',
  text: 'Tokens of completed requests, at the time they arrived.',
  label: 'output tokens/s',
  shape: 'bars',
  parts: [part('tokens', 'output_tokens_per_s', 'tokens/s')],
});

export const clientLag = overTime({
  id: 'client-lag',
  title: 'Client lag',
  text: 'How late a timer of this client fired at most, per window: its own share in the times it took.',
  label: 'longest lag (ms)',
  shape: 'bars',
  parts: [{ name: 'lag', color: COLORS.muted, column: 'lag_max_ms', tell: formatMilliseconds }],
});

function part(name: string, column: keyof TimeSeries, words: string, color: string = COLORS.main): Part {
  return { name, color, column, tell: (value) => `${formatNumber(value)} ${words}` };
}

/** A chart of a quantity over the whole run; parts that are 0 all along are left out, but for the first. */
function overTime({ id, title, text, label, shape, parts: all }: Quantity): (data: RunReportData) => Chart {
  return ({ series, timeline }) => {
    const [main, ...others] = all as [Part, ...Part[]];
    const parts = [main, ...others.filter(({ column }) => series[column].some((value) => (value ?? 0) > 0))];
    const columns = parts.map(({ column }) => series[column]);
    const windows = series.from_s.flatMap((from, i) => {
      const values = columns.flatMap((column) => column[i] ?? []);
      if (values.length === 0) return [];
      const to = series.to_s[i] as number;
      const told = parts.map(({ tell }, part) => tell(values[part] as number));
      const title = [`${formatTick(from)} to ${formatTick(to)} s`, ...told].join('\n');
      return [{ from, to, middle: (from + to) / 2, values, all: sum(values), title }];
    });
    if (windows.length === 0) return { id, title, missing: 'Not measured.' };
    return {
      id,
      title,
      text,
      ...(parts.length > 1 ? { legend: parts.map(({ name, color }) => ({ label: name, color })) } : {}),
      draw: (width) => ({
        height: 200,
        x: runAxis(timeline, width),
        y: yAxis(label, { zero: true }),
        marks: [
          shape === 'steps' ? steps(windows) : parts.map(({ name, color }, part) => bars(windows, part, name, color)),
          baseLine(),
          hoverValues(windows, { x: 'middle', y: 'all' }),
        ],
      }),
    };
  };
}

interface Window {
  readonly from: number;
  readonly to: number;
  readonly values: readonly number[];
  readonly all: number;
}

function bars(windows: readonly Window[], part: number, name: string, fill: string): Plot.Markish {
  return Plot.rect(windows, {
    ...{ x1: 'from', x2: 'to', insetLeft: 0.5, insetRight: 0.5, fill, className: `mark-${name}` },
    y1: ({ values }: Window) => sum(values.slice(0, part)),
    y2: ({ values }: Window) => sum(values.slice(0, part + 1)),
  });
}

function steps(windows: readonly Window[]): Plot.Markish {
  const points = windows.flatMap(({ from, to, all }) => [from, to].map((time) => ({ time, all })));
  return [
    Plot.areaY(points, { x: 'time', y1: 0, y2: 'all', fill: COLORS.main, fillOpacity: 0.18 }),
    Plot.lineY(points, { x: 'time', y: 'all', stroke: COLORS.main, strokeWidth: 2 }),
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
