import { accept, oneWord, refuse, type ValueType } from './value-type.ts';

const SECONDS_PER_UNIT = { d: 86_400, h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };

/** A year: far above any run, far below what overflows a clock in nanoseconds. */
const LONGEST_S = 31_536_000;

/**
 * A length of time in seconds, from a bare number (seconds, as evalscope takes them) or k6's and Go's spelling:
 * `90`, `1.5`, `30s`, `5m`, `1h30m`, `1d`, `500ms`.
 *
 * @returns null where the text is neither
 */
export function parseSeconds(given: string): number | null {
  const plain = given.trim();
  if (/^(\d+\.?\d*|\.\d+)$/.test(plain)) return Number(plain);
  if (!/^((\d+\.?\d*|\.\d+)(ms|us|µs|ns|d|h|m|s))+$/.test(plain)) return null;
  let seconds = 0;
  for (const [, amount, unit] of plain.matchAll(/(\d+\.?\d*|\.\d+)(ms|us|µs|ns|d|h|m|s)/g)) {
    seconds += Number(amount) * SECONDS_PER_UNIT[unit as keyof typeof SECONDS_PER_UNIT];
  }
  return seconds;
}

/** Seconds or a k6 duration; `low` is the shortest allowed, null: anything above 0. */
export function duration(low: number | null): ValueType<number> {
  const from = low === null ? 'above 0' : `from ${low} s`;
  return oneWord('seconds', `seconds, or a duration such as 30s, 5m, 1h30m; ${from} to one year`, (plain) => {
    const seconds = parseSeconds(plain);
    if (seconds === null || seconds > LONGEST_S) return refuse();
    return (low === null ? seconds > 0 : seconds >= low) ? accept(seconds) : refuse();
  });
}
