/**
 * Which points no other point beats: those for which every other is worse in one of the two, or equal in both.
 *
 * @param better whether a lower or a higher x is better; a higher y always is
 * @returns positions of the points, by rising x; points that are equal in both are all there
 */
export function findParetoFront(
  points: readonly { readonly x: number; readonly y: number }[],
  better: 'lower-x' | 'higher-x',
): number[] {
  const sign = better === 'lower-x' ? 1 : -1;
  const beats = (a: { x: number; y: number }, b: { x: number; y: number }): boolean =>
    sign * a.x <= sign * b.x && a.y >= b.y && (a.x !== b.x || a.y !== b.y);
  return points
    .map((_, position) => position)
    .filter((position) => {
      const point = points[position] as { x: number; y: number };
      return !points.some((other) => beats(other, point));
    })
    .sort((a, b) => (points[a] as { x: number }).x - (points[b] as { x: number }).x);
}
