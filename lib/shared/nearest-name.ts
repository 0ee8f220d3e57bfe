/**
 * The name nearest to a mistyped one, by Levenshtein distance; null where none is near (a third of its letters).
 *
 * fastest-levenshtein sets 256 kB aside when it is loaded, which a bundle would pay once per VU.
 */
export function findNearestName(wanted: string, names: readonly string[]): string | null {
  let nearest: string | null = null;
  let best = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const name of names) {
    const distance = computeDistance(wanted, name);
    if (distance < best) {
      nearest = name;
      best = distance;
    }
  }
  return nearest;
}

function computeDistance(a: string, b: string): number {
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
