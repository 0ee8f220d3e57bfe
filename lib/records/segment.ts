/** A fraction or a percentage as a number; NaN for anything else. */
function parseShare(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(?:%|\/(\d+))?$/.exec(text.trim());
  if (match === null) return Number.NaN;
  const [, number = '', divisor] = match;
  return text.trim().endsWith('%') ? Number(number) / 100 : Number(number) / Number(divisor ?? 1);
}

/** The ends of a segment, NaN where they cannot be read. */
function parseSegment(segment: string): [from: number, to: number] {
  const [from = Number.NaN, to = Number.NaN] = segment.split(':').map(parseShare);
  return [from, to];
}

/** Two ends of a share that are meant to be the same may be written as 1/3 and 33.33%. */
const TOLERANCE = 1e-9;

/**
 * Whether two of k6's execution segments, such as `0:1/2`, share no part of a run.
 *
 * null is the whole run, which shares a part with every other one; so does what cannot be read.
 */
export function areSeparateSegments(one: string | null, other: string | null): boolean {
  if (one === null || other === null) return false;
  const [from, to] = parseSegment(one);
  const [otherFrom, otherTo] = parseSegment(other);
  return to <= otherFrom + TOLERANCE || otherTo <= from + TOLERANCE;
}

/**
 * What share of a run some of its segments are together, 0 to 1, as far as they are separate.
 *
 * @returns null without segments, for segments that cannot be read, and where they are the whole run
 */
export function measureSegments(segments: readonly string[]): number | null {
  const share = segments.reduce((sum, segment) => {
    const [from, to] = parseSegment(segment);
    return sum + to - from;
  }, 0);
  return share > 0 && share < 1 - TOLERANCE ? share : null;
}

/**
 * How many requests of a run some of its segments are to send at least; the engine rounds a share up or down.
 *
 * @returns null where that is all of them, as the run's own number says
 */
export function planShare(expected: number | null, segments: readonly string[]): number | null {
  const share = measureSegments(segments);
  return expected === null || share === null ? null : Math.floor(expected * share + TOLERANCE);
}
