import { splitList } from '../config/list-types.ts';
import type { Problem } from '../shared/errors.ts';
import { describeShape } from '../shared/show-word.ts';

/** One load of a sweep, as settings; values are checked where each point's configuration is. */
export interface PlannedPoint {
  readonly parallel: string;
  /** null: not given, as when time bounds the run. */
  readonly number: string | null;
}

/** The points of a sweep in the order given, or why the lists do not make one; `single`: there is nothing to sweep. */
export type SweepPlan =
  | { readonly state: 'single' }
  | { readonly state: 'sweep'; readonly points: readonly PlannedPoint[] }
  | { readonly state: 'refused'; readonly problems: readonly Problem[] };

/**
 * Makes points of evalscope's two lists: `--parallel 1 4 16 --number 10 40 160` are three pairs. One number goes with
 * every concurrency; apart from that the lists are of one length.
 *
 * @param env settings by environment variable; only PARALLEL and NUMBER are read
 */
export function planSweep(env: Readonly<Record<string, string | undefined>>): SweepPlan {
  const parallel = readList(env['PARALLEL']);
  const number = readList(env['NUMBER']);
  if (parallel.length <= 1 && number.length <= 1) return { state: 'single' };
  if (number.length > 1 && number.length !== parallel.length) {
    return { state: 'refused', problems: [describeLengths(parallel, number)] };
  }
  const points = parallel.map(
    (value, index): PlannedPoint => ({
      parallel: value,
      number: (number.length === 1 ? number[0] : number[index]) ?? null,
    }),
  );
  const isSame = (a: PlannedPoint, b: PlannedPoint): boolean => a.parallel === b.parallel && a.number === b.number;
  const twice = points.filter((point, index) => points.slice(0, index).some((other) => isSame(point, other)));
  const problems = twice.map(describeTwice);
  return problems.length > 0 ? { state: 'refused', problems } : { state: 'sweep', points };
}

/** Whole numbers in one spelling, so that `04` and `4` are one point; anything else as it is, for the configuration to refuse. */
function readList(text: string | undefined): string[] {
  if (text === undefined || text.trim() === '') return [];
  return splitList(text).map((item) => (/^\+?\d+$/.test(item) ? String(Number(item)) : item));
}

function describeLengths(parallel: readonly string[], number: readonly string[]): Problem {
  const count = Math.max(1, parallel.length);
  return {
    key: 'NUMBER (--number)',
    got: `${number.length} numbers for ${count === 1 ? 'one concurrency' : `${count} concurrencies`}`,
    allowed: 'one number for all points of a sweep, or one for each value of --parallel',
    paste: '--parallel 1 4 16 64 --number 10 40 160 640',
  };
}

/** Two points of one name would share a folder. */
function describeTwice({ parallel, number }: PlannedPoint): Problem {
  return {
    key: 'PARALLEL (--parallel)',
    got: `the point parallel ${showPoint(parallel)}${number === null ? '' : `, number ${showPoint(number)}`} twice`,
    allowed: 'each point of a sweep once',
    paste: '--parallel 1 4 16 64 --number 10 40 160 640',
  };
}

function showPoint(value: string): string {
  return /^\d{1,12}$/.test(value) ? value : describeShape(value);
}
