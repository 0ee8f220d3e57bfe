import * as Plot from '@observablehq/plot';
import { formatMilliseconds, formatNumber } from '../../format-value.ts';
import type { ItlByPosition, Timeline } from '../../report-data.ts';
import { COLORS, chart, noChart } from '../figure.ts';
import { chooseTimeUnit } from '../time-unit.ts';
import { formatTick } from './distribution-charts.ts';

/** Inter-token latency along the output. */
export function positionChart(positions: ItlByPosition): HTMLElement {
  const title = 'Inter-token latency along the output';
  if (positions.from.length === 0) return noChart('itl-position', title, 'No gaps between chunks were recorded.');
  const largest = Math.max(...positions.p90_ms, ...positions.p99_ms.map((value) => value ?? 0));
  const unit = chooseTimeUnit(largest);
  const points = positions.from.map((from, i) => {
    const to = positions.to[i] as number;
    const [p50, p90, p99] = [positions.p50_ms[i] as number, positions.p90_ms[i] as number, positions.p99_ms[i] ?? null];
    const where = from === to ? `gap ${from}` : `gaps ${from} to ${to}`;
    const p99Text = p99 === null ? '' : `\np99 ${formatMilliseconds(p99)}`;
    return {
      position: (from + to) / 2,
      p50: unit.scale(p50),
      p90: unit.scale(p90),
      p99: p99 === null ? Number.NaN : unit.scale(p99),
      title: `${where} of the output\np50 ${formatMilliseconds(p50)}\np90 ${formatMilliseconds(p90)}${p99Text}\n${formatNumber(positions.count[i] as number)} gaps`,
    };
  });
  const hasP99 = positions.p99_ms.some((value) => value !== null);
  return chart({
    id: 'itl-position',
    title,
    text: `Gaps between chunks by where they lie in the answer${hasP99 ? '; p99 only from 100 gaps on' : ''}.`,
    legend: [
      { label: 'p50', color: COLORS.main, shape: 'line' },
      { label: 'p90', color: COLORS.second, shape: 'line' },
      ...(hasP99 ? [{ label: 'p99', color: COLORS.third, shape: 'dash' as const }] : []),
    ],
    draw: (width) => ({
      height: 240,
      marginLeft: 52,
      x: { label: 'position in the output (chunks)', ticks: width / 80, tickFormat: formatTick },
      y: { label: `ITL (${unit.name})`, grid: true, ticks: 5, zero: true, nice: true, tickFormat: formatTick },
      marks: [
        Plot.ruleY([0], { stroke: COLORS.text, strokeOpacity: 0.5 }),
        hasP99
          ? Plot.lineY(points, {
              x: 'position',
              y: 'p99',
              stroke: COLORS.third,
              strokeDasharray: '4 3',
              strokeWidth: 1.6,
            })
          : null,
        Plot.lineY(points, { x: 'position', y: 'p90', stroke: COLORS.second, strokeWidth: 1.6 }),
        Plot.lineY(points, { x: 'position', y: 'p50', stroke: COLORS.main, strokeWidth: 2 }),
        Plot.tip(points, Plot.pointerX({ x: 'position', y: 'p50', title: 'title' })),
      ],
    }),
  });
}

/** Below this a line of medians would follow single points. */
const ENOUGH_FOR_MEDIANS = 40;
const MEDIANS = 10;

/** Time to first token against the length of the prompt. */
export function inputTokensChart(timeline: Timeline): HTMLElement {
  const title = 'TTFT against input tokens';
  const points = timeline.ttft_ms.flatMap((ttft, i) => {
    const tokens = timeline.input_tokens[i] as number | null;
    if (ttft === null || tokens === null || timeline.failure[i] !== null || timeline.warmup[i] === 1) return [];
    return [
      { tokens, ttft, title: `request ${timeline.index[i]}\n${tokens} input tokens\nTTFT ${formatMilliseconds(ttft)}` },
    ];
  });
  if (points.length === 0)
    return noChart('ttft-input', title, 'No request has both a TTFT and a count of input tokens.');
  const unit = chooseTimeUnit(Math.max(...points.map(({ ttft }) => ttft)));
  const medians = computeMedians(points);
  const scaled = points.map((point) => ({ ...point, y: unit.scale(point.ttft) }));
  return chart({
    id: 'ttft-input',
    title,
    text: `A dot is a completed request${timeline.sampled ? ' of the same sample as above' : ''}${medians.length > 0 ? '; the line is the median of each tenth' : ''}.`,
    draw: (width) => ({
      height: 240,
      marginLeft: 52,
      x: { label: 'input tokens', ticks: width / 80, tickFormat: formatTick, nice: true },
      y: { label: `TTFT (${unit.name})`, grid: true, ticks: 5, zero: true, nice: true, tickFormat: formatTick },
      marks: [
        Plot.ruleY([0], { stroke: COLORS.text, strokeOpacity: 0.5 }),
        Plot.dot(scaled, {
          x: 'tokens',
          y: 'y',
          r: scaled.length > 300 ? 2 : 3,
          fill: COLORS.main,
          fillOpacity: scaled.length > 300 ? 0.45 : 0.7,
        }),
        medians.length === 0
          ? null
          : Plot.lineY(
              medians.map(({ tokens, ttft }) => ({ tokens, y: unit.scale(ttft) })),
              { x: 'tokens', y: 'y', stroke: COLORS.second, strokeWidth: 2 },
            ),
        Plot.tip(scaled, Plot.pointer({ x: 'tokens', y: 'y', title: 'title' })),
      ],
    }),
  });
}

/** Medians of ten equally large groups by prompt length; none for few points or few lengths. */
function computeMedians(points: readonly { readonly tokens: number; readonly ttft: number }[]) {
  const lengths = new Set(points.map(({ tokens }) => tokens)).size;
  if (points.length < ENOUGH_FOR_MEDIANS || lengths < MEDIANS) return [];
  const byTokens = [...points].sort((a, b) => a.tokens - b.tokens);
  const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
  return Array.from({ length: MEDIANS }, (_, i) => {
    const group = byTokens.slice(
      Math.floor((i * byTokens.length) / MEDIANS),
      Math.floor(((i + 1) * byTokens.length) / MEDIANS),
    );
    return { tokens: median(group.map(({ tokens }) => tokens)), ttft: median(group.map(({ ttft }) => ttft)) };
  });
}
