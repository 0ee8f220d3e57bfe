import * as Plot from '@observablehq/plot';
import { formatMilliseconds, formatNumber, formatShare } from '../../format-value.ts';
import type { RunReportData } from '../../report-data.ts';
import { baseLine, type Chart, COLORS, columnLines, hoverValues, label, lineLegend, xAxis, yAxis } from '../figure.ts';

const LINES = [
  { name: 'mean index', key: 'mean', color: COLORS.main, width: 2, dash: 'none' },
  { name: 'p5 of the index', key: 'p5', color: COLORS.second, width: 1.6, dash: 'none' },
  { name: 'answers that meet 90 %', key: 'fluent', color: COLORS.third, width: 1.6, dash: '4 3' },
] as const;

/** The fluidity index of answers over the deadline of their tokens. */
export function fluidity({ fluidity: curves }: RunReportData): Chart {
  const [id, title] = ['fluidity', 'Fluidity index over the deadline'];
  const { answers, sampled, deadline_ms, default_ms } = curves;
  if (deadline_ms.length === 0) return { id, title, missing: 'No answer has gaps between outputs in their order.' };
  const points = deadline_ms.map((deadline, i) => ({
    deadline,
    mean: 100 * (curves.mean[i] as number),
    at: i,
    title: [
      `a token every ${formatMilliseconds(deadline)}`,
      ...LINES.map(({ name, key }) => `${name} ${formatShare(curves[key][i] as number)}`),
    ].join('\n'),
  }));
  const of = sampled ? `, of ${formatNumber(answers)} evenly spaced answers` : '';
  return {
    id,
    title,
    text: `Share of deadlines that tokens meet, by how long each may take after the one before${of}.`,
    legend: lineLegend(LINES),
    draw: (width) => ({
      height: 240,
      x: xAxis('deadline of a token (ms, logarithmic)', width, { type: 'log' }),
      y: yAxis('share (%)', { domain: [0, 100], nice: false }),
      marks: [
        baseLine(),
        Plot.ruleX([default_ms], { stroke: COLORS.muted, strokeDasharray: '5 3' }),
        label([{ deadline: default_ms }], {
          ...{
            x: 'deadline',
            text: () => 'tables and gates',
            frameAnchor: 'bottom',
            textAnchor: 'start',
            dx: 5,
            dy: -6,
          },
        }),
        columnLines(points, LINES, 'deadline', ({ key }, at) => 100 * (curves[key][at] as number)),
        hoverValues(points, { x: 'deadline', y: 'mean' }),
      ],
    }),
  };
}
