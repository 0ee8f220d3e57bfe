/** Ten years: what a server asks beyond that is a mistake. */
const LONGEST_S = 315_360_000;

/**
 * How long a server asks to wait before the next try (RFC 9110, 10.2.3).
 *
 * @param value  the `Retry-After` header: whole seconds, or a date, which counts from the end of the request on
 * @param ended  wall clock at the end of the request, milliseconds since 1970; NaN where nobody knows
 * @returns seconds, 0 where the date has passed; null where it is neither, or no time that anybody waits
 */
export function parseRetryAfter(value: string | null, ended: number): number | null {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return bounded(Number(text));
  if (!/^[A-Z][a-z]{2,8}, /.test(text)) return null;
  const seconds = (Date.parse(text) - ended) / 1000;
  return Number.isNaN(seconds) ? null : bounded(Math.max(0, seconds));
}

function bounded(seconds: number): number | null {
  return seconds <= LONGEST_S ? seconds : null;
}
