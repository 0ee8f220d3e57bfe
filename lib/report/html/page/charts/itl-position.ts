import { formatMilliseconds, formatNumber } from '../../format-value.ts';
import type { RunReportData } from '../../report-data.ts';
import {
  baseLine,
  type Chart,
  COLORS,
  chooseUnit,
  columnLines,
  hoverValues,
  lineLegend,
  xAxis,
  yAxis,
} from '../figure.ts';

const LINES = [
  { name: 'p99', key: 'p99_ms', color: COLORS.third, width: 1.6, dash: '4 3' },
  { name: 'p90', key: 'p90_ms', color: COLORS.second, width: 1.6, dash: 'none' },
  { name: 'p50', key: 'p50_ms', color: COLORS.main, width: 2, dash: 'none' },
] as const;

/** Inter-token latency along the output. */
export function itlPosition({ itl_by_position: positions }: RunReportData): Chart {
  const [id, title] = ['itl-position', 'Inter-token latency along the output'];
  if (positions.from.length === 0) return { id, title, missing: 'No gaps between chunks were recorded.' };
  const lines = LINES.filter(({ key }) => positions[key].some((value) => value !== null));
  const unit = chooseUnit('ms', Math.max(...positions.p90_ms, ...positions.p99_ms.map((value) => value ?? 0)));
  const points = positions.from.map((from, i) => {
    const to = positions.to[i] as number;
    const values = lines.map(({ name, key }) => ({ name, value: positions[key][i] ?? null })).reverse();
    const told = values.flatMap(({ name, value }) => (value === null ? [] : [`${name} ${formatMilliseconds(value)}`]));
    const where = from === to ? `gap ${from}` : `gaps ${from} to ${to}`;
    return {
      position: (from + to) / 2,
      p50: unit.scale(positions.p50_ms[i] as number),
      at: i,
      title: [`${where} of the output`, ...told, `${formatNumber(positions.count[i] as number)} gaps`].join('\n'),
    };
  });
  const hasP99 = lines.length === LINES.length;
  return {
    id,
    title,
    text: `Gaps between chunks by where they lie in the answer${hasP99 ? '; p99 only from 100 gaps on' : ''}.`,
    legend: lineLegend([...lines].reverse()),
    draw: (width) => ({
      height: 240,
      x: xAxis('position in the output (chunks)', width),
      y: yAxis(`ITL (${unit.name})`, { zero: true }),
      marks: [
        baseLine(),
        columnLines(points, lines, 'position', ({ key }, at) => unit.scale(positions[key][at] ?? Number.NaN)),
        hoverValues(points, { x: 'position', y: 'p50' }),
      ],
    }),
  };
}
