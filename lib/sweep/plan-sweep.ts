import { splitList } from '../config/list-types.ts';
import type { Settings } from '../config/node-flags.ts';
import { isOn } from '../config/scalar-types.ts';
import type { Problem } from '../shared/errors.ts';
import { formatCount } from '../shared/format-count.ts';
import { describeShape } from '../shared/show-word.ts';

/** One load of a sweep, as settings; values are checked where each point's configuration is. */
export interface PlannedPoint {
  readonly varies: 'parallel' | 'rate';
  readonly load: string;
  /** null: not given, as when time bounds the run. */
  readonly number: string | null;
  /** Settings of the sweep that this point has no use for. */
  readonly without?: readonly string[];
}

/** The points of a sweep in the order given, or why the lists do not make one; `single`: there is nothing to sweep. */
export type SweepPlan =
  | { readonly state: 'single' }
  | { readonly state: 'sweep'; readonly points: readonly PlannedPoint[] }
  | { readonly state: 'refused'; readonly problems: readonly Problem[] };

/** What can be swept, in words. */
const VARIABLES = {
  parallel: { key: 'PARALLEL (--parallel)', several: 'concurrencies', one: 'one concurrency', paste: '1 4 16 64' },
  rate: { key: 'RATE (--rate)', several: 'rates', one: 'one rate', paste: '1 2 4 8' },
} as const;

/**
 * Makes points of evalscope's two lists: `--parallel 1 4 16 --number 10 40 160` are three pairs, and so are
 * `--rate 1 2 4 --number 10 20 40`. One number goes with every load; apart from that the lists are of one length. A
 * single value of parallel beside several rates is the cap of each; beside open-loop it has no effect.
 *
 * @param env settings by environment variable; only PARALLEL, RATE, NUMBER and OPEN_LOOP are read
 */
export function planSweep(env: Settings): SweepPlan {
  const parallel = isOn(env['OPEN_LOOP']) ? [] : readList(env['PARALLEL']);
  const rate = readList(env['RATE']);
  const number = readList(env['NUMBER']);
  if (parallel.length <= 1 && rate.length <= 1 && number.length <= 1) return { state: 'single' };
  if (parallel.length > 1 && rate.length > 1) return { state: 'refused', problems: [TWO_LISTS] };
  const varies = rate.length > 1 || (rate.length === 1 && parallel.length <= 1) ? 'rate' : 'parallel';
  const loads = varies === 'rate' ? rate : parallel;
  if (number.length > 1 && number.length !== loads.length) {
    return { state: 'refused', problems: [describeLengths(varies, loads, number)] };
  }
  const points = loads.map(
    (load, index): PlannedPoint => ({
      varies,
      load,
      number: (number.length === 1 ? number[0] : number[index]) ?? null,
      // All at once has no gaps; a single run refuses what says how they are drawn.
      ...(/^inf/.test(load) ? { without: ['ARRIVAL', 'BURSTINESS'] } : {}),
    }),
  );
  const isSame = (a: PlannedPoint, b: PlannedPoint): boolean => a.load === b.load && a.number === b.number;
  const twice = points.filter((point, index) => points.slice(0, index).some((other) => isSame(point, other)));
  const problems = twice.map(describeTwice);
  return problems.length > 0 ? { state: 'refused', problems } : { state: 'sweep', points };
}

/** The settings of a point, over those that all share. */
export function setPoint({ varies, load, number, without = [] }: PlannedPoint): Readonly<Record<string, string>> {
  const left = Object.fromEntries(without.map((name) => [name, '']));
  return { SWEEP: '', ...left, [varies === 'rate' ? 'RATE' : 'PARALLEL']: load, NUMBER: number ?? '' };
}

/** Numbers in one spelling, so that `04` and `4` are one point; anything else as it is, for the configuration to refuse. */
function readList(text: string | undefined): string[] {
  if (text === undefined || text.trim() === '') return [];
  return splitList(text).map((item) =>
    /^\+?(\d+\.?\d*|\.\d+)$/.test(item) ? String(Number(item)) : item.toLowerCase(),
  );
}

const TWO_LISTS: Problem = {
  key: 'RATE (--rate)',
  got: 'several rates beside several values of --parallel',
  allowed: 'a sweep over rates or over concurrencies; one value of --parallel is the cap of every rate',
  paste: '--rate 1 2 4 8 --number 10 20 40 80',
};

function describeLengths(varies: PlannedPoint['varies'], loads: readonly string[], number: readonly string[]): Problem {
  const { one, several } = VARIABLES[varies];
  const count = Math.max(1, loads.length);
  return {
    key: 'NUMBER (--number)',
    got: `${formatCount(number.length, 'number')} for ${count === 1 ? one : `${count} ${several}`}`,
    allowed: `one number for all points of a sweep, or one for each value of --${varies}`,
    paste: pasteSweep(varies),
  };
}

/** Two points of one name would share a folder. */
function describeTwice({ varies, load, number }: PlannedPoint): Problem {
  return {
    key: VARIABLES[varies].key,
    got: `the point ${varies} ${showPoint(load)}${number === null ? '' : `, number ${showPoint(number)}`} twice`,
    allowed: 'each point of a sweep once',
    paste: pasteSweep(varies),
  };
}

function pasteSweep(varies: PlannedPoint['varies']): string {
  const { paste } = VARIABLES[varies];
  return `--${varies} ${paste} --number ${paste.replace(/\d+/g, '$&0')}`;
}

function showPoint(value: string): string {
  return /^\d[\d.]{0,11}$/.test(value) ? value : describeShape(value);
}
