/**
 * What a table has under a word that came from outside, a user's, a file's or a server's: undefined for what every object
 * inherits, as `constructor` and `toString`.
 */
export function ownValue<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
