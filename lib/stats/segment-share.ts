/**
 * The part of a run that k6's execution segments stand for, 0 to 1: `0:1/4` and `1/2:3/4` together 0.5.
 *
 * k6 writes ends as fractions, decimals or percentages, and `1/4` alone for `0:1/4`. A segment that cannot be read, or none
 * at all, is the whole run.
 */
export function computeSegmentShare(segments: readonly (string | null)[]): number {
  const lengths = segments.map((segment) => (segment === null ? 1 : lengthOf(segment)));
  return Math.min(
    1,
    lengths.reduce((sum, length) => sum + length, 0),
  );
}

function lengthOf(segment: string): number {
  const ends = segment.split(':');
  const to = readEnd(ends.at(-1) ?? '');
  const from = ends.length === 2 ? readEnd(ends[0] as string) : 0;
  const length = to - from;
  return ends.length <= 2 && length > 0 && length <= 1 ? length : 1;
}

function readEnd(text: string): number {
  const [, top, bottom] = /^\s*([\d.]+)(?:\/([\d.]+))?\s*%?\s*$/.exec(text) ?? [];
  const value = Number(top) / Number(bottom ?? 1);
  return text.includes('%') ? value / 100 : value;
}

/**
 * How many requests of a run are at least in a part of it. The engine rounds a share up or down, so the smaller number is
 * what is missed when it is not sent.
 */
export function computePlannedShare(expected: number | null, segments: readonly (string | null)[]): number | null {
  if (expected === null || segments.length === 0) return expected;
  // Thirds and the like do not add up to the last digit.
  return Math.floor(expected * computeSegmentShare(segments) + 1e-9);
}
