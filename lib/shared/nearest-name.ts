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
    const distance = editDistance(wanted, name);
    if (distance < best) {
      nearest = name;
      best = distance;
    }
  }
  return nearest;
}

/** Letters to add, take away or replace until one text is the other (Levenshtein). */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
