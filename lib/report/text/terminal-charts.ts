import { formatCount } from '../../shared/format-count.ts';
import { formatMilliseconds, formatNumber } from '../html/format-value.ts';
import { HEADLINE_NAMES } from '../html/headline-names.ts';
import type { Distribution, RunReportData } from '../html/report-data.ts';

/** Blocks of one to eight eighths, to the right and upwards. */
const RIGHT = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
const UP = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

const MOST_ROWS = 8;
const BAR_WIDTH = 32;
const LINE_WIDTH = 64;

/**
 * Small pictures for a terminal: histograms of TTFT and latency, and the output tokens per second over time.
 *
 * At most 72 columns wide, without colours. Everything in it is a number, so nothing needs escaping.
 * @returns lines, the last one ended; empty without completed requests
 */
export function renderTerminalCharts({ distributions, series }: RunReportData): string {
  const histograms = distributions.filter(({ metric }) => metric === 'ttft' || metric === 'latency');
  const parts = [...histograms.map(renderHistogram), renderSparkline(series.output_tokens_per_s, series)];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function renderHistogram({ metric, count, quantiles, histogram }: Distribution): string[] {
  const facts = quantiles.map(({ percent, value }) => `p${percent} ${formatMilliseconds(value)}`).join(', ');
  const rows = mergeBins(histogram.edges, histogram.counts);
  if (histogram.above > 0) {
    rows.push({ label: `beyond ${formatEdge(histogram.edges.at(-1) as number)}`, count: histogram.above });
  }
  const most = Math.max(...rows.map((row) => row.count));
  const width = Math.max(...rows.map(({ label }) => label.length));
  return [
    `${HEADLINE_NAMES[metric].name} (ms), ${formatCount(count, 'request', undefined, formatNumber)}: ${facts}`,
    ...rows.map(
      (row) =>
        `  ${row.label.padStart(width)}  ${drawBar(row.count / most).padEnd(BAR_WIDTH)}  ${formatNumber(row.count)}`,
    ),
  ];
}

/** Neighbouring bins together, so that a screen keeps room for the tables. */
function mergeBins(edges: readonly number[], counts: readonly number[]): { label: string; count: number }[] {
  const each = Math.ceil(counts.length / MOST_ROWS);
  const rows = [];
  for (let bin = 0; bin < counts.length; bin += each) {
    const end = Math.min(counts.length, bin + each);
    const count = counts.slice(bin, end).reduce((sum, value) => sum + value, 0);
    rows.push({ label: `${formatEdge(edges[bin] as number)} to ${formatEdge(edges[end] as number)}`, count });
  }
  return rows;
}

function formatEdge(value: number): string {
  return `${Number(value.toPrecision(6))}`;
}

/** A bar of a length from 0 to 1; a count that is not 0 is always visible. */
function drawBar(share: number): string {
  const eighths = share > 0 ? Math.max(1, Math.round(share * BAR_WIDTH * 8)) : 0;
  const rest = eighths % 8;
  return '█'.repeat(Math.floor(eighths / 8)) + (rest === 0 ? '' : (RIGHT[rest - 1] as string));
}

function renderSparkline(rates: readonly number[], { from_s, to_s }: RunReportData['series']): string[] {
  const most = Math.max(0, ...rates);
  if (most === 0) return [];
  const each = Math.ceil(rates.length / LINE_WIDTH);
  let line = '';
  for (let i = 0; i < rates.length; i += each) {
    const group = rates.slice(i, i + each);
    const mean = group.reduce((sum, rate) => sum + rate, 0) / group.length;
    line += mean === 0 ? ' ' : UP[Math.min(7, Math.floor((mean / most) * 8))];
  }
  const [start, end] = [from_s[0] as number, to_s.at(-1) as number];
  return [
    `Output tokens per second, from ${formatNumber(start)} s to ${formatNumber(end)} s, highest ${formatNumber(most)}`,
    `  ${line}`,
  ];
}
