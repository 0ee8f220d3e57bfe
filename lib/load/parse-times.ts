import { ISO_START, parseIso } from '../shared/parse-iso.ts';

/** The times of a recorded load, in seconds since the first of them, or what is wrong with each line. */
export interface ParsedTimes {
  readonly times: readonly number[];
  /** The wrong lines, each by its number; empty where all are right. */
  readonly wrong: readonly string[];
  /** Whether the lines were in another order. */
  readonly wasUnsorted: boolean;
}

const SECONDS = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** The year 5138, and in milliseconds one of 1973. */
const MOST_SECONDS = 1e11;

/**
 * Reads a file of times, one a line: the first column of a CSV, in seconds or as ISO 8601, without a zone in UTC; a first
 * line that does not begin as either is a heading. Milliseconds since 1970 are not seconds, and a line of the other kind than
 * the first is wrong: between 3 s and a date lie decades, which nobody waits for.
 *
 * @param speed 2: twice as fast as recorded
 */
export function parseTimes(text: string, speed: number): ParsedTimes {
  const seconds: number[] = [];
  const wrong: string[] = [];
  let isIso: boolean | null = null;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const cell = (line.split(/[,;\t]/)[0] as string).trim().replace(/^"(.*)"$/, '$1');
    const second = readSecond(cell);
    const isDate = ISO_START.test(cell);
    if (second !== null) isIso ??= isDate;
    if (second !== null && isDate === isIso) seconds.push(second);
    else if (line.trim() !== '' && (index > 0 || /^[-+.\d]/.test(cell)))
      wrong.push(`line ${index + 1}: "${cell.slice(0, 40)}"`);
  }
  const wasUnsorted = seconds.some((second, index) => index > 0 && second < (seconds[index - 1] as number));
  const sorted = [...seconds].sort((a, b) => a - b);
  const first = sorted[0] ?? 0;
  return { times: sorted.map((second) => (second - first) / speed), wrong, wasUnsorted };
}

/** null where the text is not a time. */
function readSecond(cell: string): number | null {
  if (SECONDS.test(cell)) return Math.abs(Number(cell)) < MOST_SECONDS ? Number(cell) : null;
  const ms = parseIso(cell);
  return ms === null ? null : ms / 1000;
}
