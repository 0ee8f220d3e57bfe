import * as Plot from '@observablehq/plot';
import { formatMilliseconds, formatNumber, formatShare } from '../../format-value.ts';
import { HEADLINE_NAMES } from '../../headline-names.ts';
import type { Curve, CurvePair, Distribution, GoodputLines, RunReportData } from '../../report-data.ts';
import { baseLine, type Chart, COLORS, chooseUnit, hoverValues, label, xAxis, yAxis } from '../figure.ts';

/** Above this a linear axis would squeeze all but the tail. */
const LONG_TAIL = 20;

interface Line extends Curve {
  /** Empty for one that is alone. */
  readonly name: string;
  readonly color: string;
  readonly dash?: string;
}

interface ShareOptions {
  readonly id: string;
  readonly title: string;
  /** What the values are of: `requests`. */
  readonly of: string;
  readonly axis: string;
  readonly unit: string;
  readonly lines: readonly Line[];
  /** Dots on the curve. */
  readonly quantiles?: Distribution['quantiles'];
  /** What a share of 1 is, where that is not 100 %, and how it is called. */
  readonly whole?: { readonly value: number; readonly name: string };
  /** What the chart shows, in words; default: shares up to a value. */
  readonly text?: string;
}

/** The share of values up to a value, with its percentiles. */
export function cumulativeShare({ metric, ecdf, quantiles }: Distribution): Chart {
  const { short, of } = HEADLINE_NAMES[metric];
  const lines = [{ ...ecdf, name: '', color: COLORS.main }];
  return shareChart({ id: `${metric}-ecdf`, title: 'Cumulative share', of, axis: short, unit: 'ms', lines, quantiles });
}

/** The shares of two runs over each other. */
export function sharesOfTwoRuns({ name, title, unit, base, next }: CurvePair): Chart {
  const lines = [
    { ...base, name: 'base', color: COLORS.main },
    { ...next, name: 'new', color: COLORS.second, dash: '6 3' },
  ];
  return shareChart({ id: `${name}-ecdf`, title, of: 'values', axis: title, unit, lines });
}

/** How many of all requests, failed ones too, keep a limit, for each limit. */
export function goodRequests({ metric, judged, requests }: GoodputLines): Chart {
  const { short } = HEADLINE_NAMES[metric];
  const [id, title] = [`${metric}-goodput`, `Requests within a limit: ${short}`];
  return shareChart({
    ...{ id, title, of: 'requests', axis: short, unit: 'ms' },
    lines: [{ ...requests, name: '', color: COLORS.main }],
    text: `Share of the ${formatNumber(judged)} requests that completed or failed; a failed one meets no limit.`,
  });
}

/** The output tokens per second in the requests that keep a limit, for each limit. */
export function goodTokens({ metric, tokens }: GoodputLines): Chart {
  const { short } = HEADLINE_NAMES[metric];
  const [id, title] = [`${metric}-goodput-tokens`, `Tokens/s within a limit: ${short}`];
  const whole = tokens?.per_s.at(-1) ?? 0;
  if (tokens === null || whole === 0) return { id, title, missing: 'Nobody counted tokens.' };
  const shares = tokens.per_s.map((rate) => rate / whole);
  return shareChart({
    ...{ id, title, of: 'output tokens', axis: short, unit: 'ms' },
    lines: [{ values: tokens.values, shares, name: '', color: COLORS.third }],
    whole: { value: whole, name: 'output tokens/s' },
    text: 'Output tokens per second in the requests that keep the limit, over the whole run.',
  });
}

/** How long the longest pause of an answer is. */
export function longestPause({ longest_gaps }: RunReportData): Chart {
  const [id, title] = ['longest-pause', 'Longest pause of an answer'];
  if (longest_gaps.values.length === 0) return { id, title, missing: 'No gaps between chunks were recorded.' };
  return shareChart({
    ...{ id, title, of: 'answers', axis: 'longest pause', unit: 'ms' },
    lines: [{ ...longest_gaps, name: '', color: COLORS.main }],
    text: 'Share of answers without a longer pause between two outputs.',
  });
}

function shareChart({ id, title, of, axis, unit: raw, lines, quantiles = [], whole, text }: ShareOptions): Chart {
  const values = lines.flatMap((line) => line.values);
  if (values.length === 0) return { id, title, missing: 'Neither run has values.' };
  const [min, max] = [Math.min(...values), Math.max(...values)];
  const median = Math.min(...lines.flatMap((line) => medianOf(line) ?? []));
  const isLog = min > 0 && median > 0 && max / median > LONG_TAIL;
  const unit = chooseUnit(raw, max);
  // On a logarithmic axis the smallest values would take most of the room.
  const low = isLog ? Math.max(min, median / LONG_TAIL / 5) : min;
  const show = raw === 'ms' ? formatMilliseconds : (value: number) => `${formatNumber(value)} ${raw}`;
  const top = whole?.value ?? 100;
  const tell = (share: number): string =>
    whole === undefined ? `${formatShare(share)} of ${of}` : `${formatNumber(share * top)} ${whole.name}`;
  const drawn = lines.map((line) => ({ ...line, points: placePoints(line, low, unit.scale, top, tell, show) }));
  const place = (value: number): number =>
    max <= min ? 0 : isLog ? Math.log(value / low) / Math.log(max / low) : (value - min) / (max - min);
  const marks = quantiles.map(({ percent, value }) => ({
    x: unit.scale(value),
    share: percent,
    label: `p${percent}`,
    // The curve leaves room above it to its left and below it to its right.
    isLeft: place(value) > 0.3,
  }));
  const shown = text ?? `Share of ${of} up to a value.`;
  const names = (isLeft: boolean): Plot.Markish =>
    label(
      marks.filter((mark) => mark.isLeft === isLeft),
      {
        ...{ x: 'x', y: 'share', text: 'label', textAnchor: isLeft ? 'end' : 'start' },
        ...(isLeft ? { dx: -7, dy: -8 } : { dx: 7, dy: 9 }),
      },
    );
  return {
    id,
    title,
    text: isLog ? `${shown.replace(/\.$/, '')} (logarithmic axis).` : shown,
    draw: (width) => ({
      marginRight: 24,
      x: xAxis(`${axis} (${unit.name})`, width, { type: isLog ? 'log' : 'linear' }),
      y: yAxis(whole?.name ?? `share of ${of} (%)`, { domain: [0, top], nice: false }),
      marks: [
        baseLine(),
        drawn.map(({ points, color, dash = 'none' }) =>
          Plot.lineY(points, {
            ...{ x: 'x', y: 'share', curve: 'step-after', stroke: color },
            ...{ strokeWidth: 2, strokeDasharray: dash },
          }),
        ),
        Plot.dot(marks, { x: 'x', y: 'share', r: 3.5, fill: COLORS.second, stroke: 'var(--surface)' }),
        names(true),
        names(false),
        hoverValues(
          drawn.flatMap(({ points }) => points.slice(1)),
          { x: 'x', y: 'share' },
          lines.length === 1 ? 'x' : 'xy',
        ),
      ],
    }),
  };
}

function medianOf({ values, shares }: Curve): number | undefined {
  return values[shares.findIndex((share) => share >= 0.5)];
}

/** A curve from `low` on, its first point at the share of the values below. */
function placePoints(
  { name, values, shares }: Line,
  low: number,
  scale: (value: number) => number,
  top: number,
  tell: (share: number) => string,
  show: (value: number) => string,
) {
  const below = values.findLastIndex((value) => value < low);
  return [
    { x: scale(low), share: below < 0 ? 0 : top * (shares[below] as number), title: '' },
    ...values.slice(below + 1).map((value, i) => {
      const share = shares[below + 1 + i] as number;
      const title = `${name === '' ? '' : `${name}: `}${tell(share)}\nwithin ${show(value)}`;
      return { x: scale(value), share: top * share, title };
    }),
  ];
}
