import * as Plot from '@observablehq/plot';
import { formatCount } from '../../../../shared/format-count.ts';
import { formatMilliseconds, formatNumber } from '../../format-value.ts';
import type { RunReportData } from '../../report-data.ts';
import { baseLine, type Chart, COLORS, chooseUnit, hoverValues, xAxis, yAxis } from '../figure.ts';

/** Time to first token by the turn of a conversation: mean, and the median and 99th percentile beside it. */
export function ttftTurn({ summary }: RunReportData): Chart {
  const [id, title] = ['ttft-turn', 'TTFT by turn'];
  const rows = (summary.conversations?.turns ?? []).filter(({ ttft_avg_ms }) => ttft_avg_ms !== null);
  if (rows.length === 0) return { id, title, missing: 'No request of a conversation has a TTFT.' };
  const unit = chooseUnit('ms', Math.max(...rows.map(({ ttft_p99_ms }) => ttft_p99_ms ?? 0)));
  const lines = [
    { name: 'mean', color: COLORS.main, key: 'ttft_avg_ms' },
    { name: 'p50', color: COLORS.second, key: 'ttft_p50_ms' },
    { name: 'p99', color: COLORS.third, key: 'ttft_p99_ms' },
  ] as const;
  const points = lines.flatMap(({ name, color, key }) =>
    rows.map((row) => {
      const value = row[key] ?? 0;
      const turn = row.to === null ? `turns ${row.from} and later` : `turn ${row.from}`;
      return {
        ...{ name, color, turn: row.from, ttft: unit.scale(value) },
        title: `${turn}\nTTFT ${name} ${formatMilliseconds(value)}\n${formatCount(row.completed, 'request', undefined, formatNumber)}`,
      };
    }),
  );
  const last = rows.at(-1);
  return {
    id,
    title,
    text: `Mean, p50 and p99${last?.to === null ? `; turns from ${last.from} on are one point` : ''}. What the service has in its cache makes later turns faster.`,
    draw: (width) => ({
      height: 240,
      x: xAxis('turn', width, { nice: true }),
      y: yAxis(`TTFT (${unit.name})`, { zero: true }),
      marks: [
        baseLine(),
        Plot.lineY(points, { x: 'turn', y: 'ttft', stroke: 'color', strokeWidth: 2 }),
        Plot.dot(points, { x: 'turn', y: 'ttft', fill: 'color', r: 3 }),
        hoverValues(points, { x: 'turn', y: 'ttft' }, 'xy'),
      ],
    }),
  };
}
