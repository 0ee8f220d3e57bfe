import type { ComparedNumber } from './compare-runs.ts';

const WIDTH = 700;
const ROW = 20;
const LEFT = 230;
const RIGHT = 20;
const HEAD = 26;

/**
 * Draws the changes in percent with their 95 % intervals as an SVG, a line for each number that has one; a line that does
 * not touch the middle is a difference shown. Every text in it is made here.
 *
 * @returns null when no number has an interval
 */
export function renderIntervalChart(numbers: readonly ComparedNumber[]): string | null {
  const shown = numbers.flatMap(({ title, relative, verdict }) =>
    relative === null || relative.low === null || relative.high === null
      ? []
      : [{ title, verdict, value: relative.value, low: relative.low, high: relative.high }],
  );
  if (shown.length === 0) return null;
  // A single wild interval must not press all others together.
  const reach = Math.min(1, Math.max(0.02, ...shown.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)])));
  const middle = (LEFT + WIDTH - RIGHT) / 2;
  const x = (change: number): string => {
    const held = Math.max(-reach, Math.min(reach, change));
    return (middle + (held / reach) * (middle - LEFT)).toFixed(1);
  };
  const height = HEAD + shown.length * ROW + 6;
  const marks = [-1, -0.5, 0, 0.5, 1].map((part) => {
    const change = part * reach;
    const text = `${change > 0 ? '+' : ''}${Number((change * 100).toPrecision(2))} %`;
    return (
      `<line class="${part === 0 ? 'zero' : 'grid'}" x1="${x(change)}" x2="${x(change)}" y1="${HEAD - 6}" y2="${height}"/>` +
      `<text x="${x(change)}" y="14" text-anchor="middle">${text}</text>`
    );
  });
  const rows = shown.map(({ title, verdict, value, low, high }, index) => {
    const y = HEAD + index * ROW + ROW / 2;
    const kind = verdict === 'better' || verdict === 'worse' ? verdict : 'same';
    return (
      `<text x="${LEFT - 14}" y="${y + 4}" text-anchor="end">${title}</text>` +
      `<line class="${kind}" x1="${x(low)}" x2="${x(high)}" y1="${y}" y2="${y}"/>` +
      `<circle class="${kind}" cx="${x(value)}" cy="${y}" r="4"/>`
    );
  });
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Changes with their 95 % intervals">${[...marks, ...rows].join('')}</svg>`;
}
