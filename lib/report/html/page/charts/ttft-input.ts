import * as Plot from '@observablehq/plot';
import { formatMilliseconds, formatNumber } from '../../format-value.ts';
import type { RunReportData } from '../../report-data.ts';
import { baseLine, type Chart, COLORS, chooseUnit, hoverValues, xAxis, yAxis } from '../figure.ts';

/** Below this a line of medians would follow single points. */
const ENOUGH_FOR_MEDIANS = 40;
const MEDIANS = 10;

/** Time to first token against the length of the prompt. */
export function ttftInput({ ttft_by_input: { sampled, index, input_tokens, ttft_ms }, summary }: RunReportData): Chart {
  const [id, title] = ['ttft-input', 'TTFT against input tokens'];
  if (index.length === 0) return { id, title, missing: 'No request has both a TTFT and a count of input tokens.' };
  const unit = chooseUnit('ms', Math.max(...ttft_ms));
  const points = index.map((request, i) => {
    const [tokens, ttft] = [input_tokens[i] as number, ttft_ms[i] as number];
    const text = `request ${request}\n${tokens} input tokens\nTTFT ${formatMilliseconds(ttft)}`;
    return { tokens, ttft: unit.scale(ttft), title: text };
  });
  const medians = computeMedians(points);
  const isDense = points.length > 300;
  const sample = sampled
    ? `, ${formatNumber(index.length)} of ${formatNumber(summary.completed_requests)} drawn by chance`
    : '';
  return {
    id,
    title,
    text: `A dot is a completed request${sample}${medians.length > 0 ? '; the line is the median of each tenth' : ''}.`,
    draw: (width) => ({
      height: 240,
      x: xAxis('input tokens', width, { nice: true }),
      y: yAxis(`TTFT (${unit.name})`, { zero: true }),
      marks: [
        baseLine(),
        Plot.dot(points, {
          ...{ x: 'tokens', y: 'ttft', fill: COLORS.main },
          ...(isDense ? { r: 2, fillOpacity: 0.45 } : { r: 3, fillOpacity: 0.7 }),
        }),
        Plot.lineY(medians, { x: 'tokens', y: 'ttft', stroke: COLORS.second, strokeWidth: 2 }),
        hoverValues(points, { x: 'tokens', y: 'ttft' }, 'xy'),
      ],
    }),
  };
}

/** Medians of ten equally large groups by prompt length; none for few points or few lengths. */
function computeMedians(points: readonly { readonly tokens: number; readonly ttft: number }[]) {
  const lengths = new Set(points.map(({ tokens }) => tokens)).size;
  if (points.length < ENOUGH_FOR_MEDIANS || lengths < MEDIANS) return [];
  const byTokens = [...points].sort((a, b) => a.tokens - b.tokens);
  const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
  return Array.from({ length: MEDIANS }, (_, i) => {
    const [from, to] = [i, i + 1].map((part) => Math.floor((part * byTokens.length) / MEDIANS));
    const group = byTokens.slice(from, to);
    return { tokens: median(group.map(({ tokens }) => tokens)), ttft: median(group.map(({ ttft }) => ttft)) };
  });
}
