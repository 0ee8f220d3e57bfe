/**
 * The name nearest to a mistyped one, by Levenshtein distance, the first of several; null where none is near.
 *
 * @param most steps that are still near; at first two, or a third of the letters of long names
 */
export function findNearestName(
  wanted: string,
  names: readonly string[],
  most: number = Math.max(2, Math.floor(wanted.length / 3)),
): string | null {
  let nearest: string | null = null;
  let best = most + 1;
  for (const name of names) {
    const distance = editDistance(wanted, name, best - 1);
    if (distance < best) {
      nearest = name;
      best = distance;
    }
  }
  return nearest;
}

/**
 * Letters to add, take away or replace until one text is the other (Levenshtein).
 *
 * @param most beyond which nobody asks for the number; it is Infinity then
 */
export function editDistance(a: string, b: string, most = Number.POSITIVE_INFINITY): number {
  if (Math.abs(a.length - b.length) > most) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    let least = i;
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const steps = Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
      next.push(steps);
      if (steps < least) least = steps;
    }
    if (least > most) return Number.POSITIVE_INFINITY;
    row = next;
  }
  const distance = row[b.length] ?? 0;
  return distance > most ? Number.POSITIVE_INFINITY : distance;
}
