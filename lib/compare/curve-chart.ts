import type { Curve } from './run-curves.ts';

/** Milliseconds below this cannot be told from 0, and have no place on a logarithmic axis. */
const SMALLEST = 0.01;
const WIDTH = 460;
const HEIGHT = 240;
const EDGE = { left: 44, right: 12, top: 8, bottom: 30 };

/** Two distributions over each other. */
export interface CurveChart {
  readonly title: string;
  readonly base: Curve;
  readonly next: Curve;
}

/**
 * Draws cumulative distributions of two runs as an SVG: values on a logarithmic axis, shares from 0 to 100 %, the base in
 * the class `base`, the new run in `next`. Every text in it is made here.
 *
 * @returns null when neither run has values
 */
export function renderCurveChart({ title, base, next }: CurveChart): string | null {
  const values = [...base, ...next].map(([value]) => Math.max(SMALLEST, value));
  if (values.length === 0) return null;
  const low = Math.log10(Math.min(...values));
  const high = Math.max(low + 0.05, Math.log10(Math.max(...values)));
  const x = (value: number): number =>
    EDGE.left + ((Math.log10(Math.max(SMALLEST, value)) - low) / (high - low)) * (WIDTH - EDGE.left - EDGE.right);
  const y = (share: number): number => HEIGHT - EDGE.bottom - share * (HEIGHT - EDGE.top - EDGE.bottom);
  const shares = [0, 0.25, 0.5, 0.75, 0.9, 1].map(
    (share) =>
      `<line class="grid" x1="${EDGE.left}" x2="${WIDTH - EDGE.right}" y1="${place(y(share))}" y2="${place(y(share))}"/>` +
      `<text x="${EDGE.left - 6}" y="${place(y(share) + 4)}" text-anchor="end">${share * 100} %</text>`,
  );
  const marks = chooseTicks(low, high).map(
    (value) =>
      `<line class="grid" x1="${place(x(value))}" x2="${place(x(value))}" y1="${EDGE.top}" y2="${HEIGHT - EDGE.bottom}"/>` +
      `<text x="${place(x(value))}" y="${HEIGHT - EDGE.bottom + 16}" text-anchor="middle">${value}</text>`,
  );
  const lines = (
    [
      ['base', base],
      ['next', next],
    ] as const
  )
    .filter(([, curve]) => curve.length > 0)
    .map(([name, curve]) => {
      const points = curve.map(([value, share]) => `${place(x(value))},${place(y(share))}`).join(' ');
      return `<polyline class="${name}" points="${points}"/>`;
    });
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}: cumulative distributions">${[...shares, ...marks, ...lines].join('')}</svg>`;
}

function place(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** 1, 2 and 5 times powers of ten within the axis; where there are none, or one, its ends. */
function chooseTicks(low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(low); power <= Math.ceil(high); power++) {
    for (const step of high - low > 2 ? [1] : [1, 2, 5]) {
      const value = Number((step * 10 ** power).toPrecision(1));
      if (Math.log10(value) >= low && Math.log10(value) <= high) ticks.push(value);
    }
  }
  return ticks.length > 1 ? ticks : [10 ** low, 10 ** high].map((value) => Number(value.toPrecision(3)));
}
