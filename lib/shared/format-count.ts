/**
 * `1 request`, `2 requests`, `0 requests`.
 *
 * @param many the noun of any other number, with the verb after it where the noun has one: `request was`, `requests were`
 * @param show the number as text
 */
export function formatCount(
  count: number,
  one: string,
  many = `${one}s`,
  show: (count: number) => string = String,
): string {
  return `${show(count)} ${count === 1 ? one : many}`;
}
