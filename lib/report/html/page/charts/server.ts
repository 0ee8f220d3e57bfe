import * as Plot from '@observablehq/plot';
import { formatNumber, formatShare, formatTick } from '../../format-value.ts';
import type { RunReportData, ServerOverTime } from '../../report-data.ts';
import { baseLine, type Chart, COLORS, hoverValues, runAxis, yAxis } from '../figure.ts';

type Column = 'running' | 'waiting' | 'kv_cache_ratio';

interface Line {
  readonly column: Column;
  readonly name: string;
  readonly color: string;
}

/** Under the client's curves, on their axis. */
export const serverRequests = levels(
  'server-requests',
  "The server's requests",
  'Requests that the server works on, and those in its queue.',
  'requests in the server',
  [
    { column: 'running', name: 'running', color: COLORS.main },
    { column: 'waiting', name: 'waiting', color: COLORS.failure },
  ],
  formatNumber,
);

export const serverCache = levels(
  'server-cache',
  "The server's KV cache",
  'How much of it is in use; a full one makes requests wait, or preempts them.',
  'share in use',
  [{ column: 'kv_cache_ratio', name: 'KV cache', color: COLORS.main }],
  formatShare,
  { tickFormat: formatShare },
);

function levels(
  id: string,
  title: string,
  text: string,
  label: string,
  lines: readonly Line[],
  format: (value: number) => string,
  axis: Plot.ScaleOptions = {},
): (data: RunReportData) => Chart {
  return ({ server, timeline }) => {
    const points = server === null ? [] : lines.flatMap((line) => pointsOf(server, line, format));
    if (points.length === 0) return { id, title, missing: 'The server does not say.' };
    return {
      ...{ id, title, text },
      ...(lines.length > 1 ? { legend: lines.map(({ name, color }) => ({ label: name, color })) } : {}),
      draw: (width) => ({
        height: 200,
        x: runAxis(timeline, width, { clamp: true }),
        y: yAxis(label, { zero: true, ...axis }),
        marks: [
          Plot.lineY(points, { x: 'at', y: 'value', z: 'name', stroke: 'color', strokeWidth: 2 }),
          Plot.dot(points, { x: 'at', y: 'value', fill: 'color', r: 2 }),
          baseLine(),
          hoverValues(points, { x: 'at', y: 'value' }),
        ],
      }),
    };
  };
}

function pointsOf(server: ServerOverTime, { column, name, color }: Line, format: (value: number) => string) {
  return server.at_s.flatMap((at, index) => {
    const value = server[column][index] ?? null;
    return value === null ? [] : [{ at, value, name, color, title: `${formatTick(at)} s\n${format(value)} ${name}` }];
  });
}
