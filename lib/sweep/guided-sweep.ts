import type { Settings } from '../config/node-flags.ts';
import type { Problem } from '../shared/errors.ts';
import type { PlannedPoint } from './plan-sweep.ts';
import { SWEEP_SIZE_TYPE } from './sweep-flags.ts';

/** A sweep that chooses its loads, as guidellm's does: where it begins, and how many points it has. */
export interface GuidedSweep {
  readonly size: number;
  /** One request at a time, and all at once. */
  readonly first: readonly PlannedPoint[];
}

/** guidellm's most requests at once. */
const MOST_AT_ONCE = 512;
/** Say nothing in a closed loop, which the first two points are. */
const OF_OPEN_LOOP = ['ARRIVAL', 'BURSTINESS', 'MAX_IN_FLIGHT', 'OPEN_LOOP', 'START_AT'];
/** Say when requests start, as the sweep does itself. */
const OWN_STARTS = ['STAGES', 'RATE_STAGES', 'RAMP_UP_STRATEGY', 'SCHEDULE', 'USERS'];
const PASTE = '--sweep 10 --number 500';

/** The sweep that the setting SWEEP asks for, or what is wrong with it; null: none. */
export function planGuidedSweep(settings: Settings): (GuidedSweep & { readonly problems: readonly Problem[] }) | null {
  const { SWEEP: given, NUMBER: number, DURATION: duration } = settings;
  if (!given) return null;
  const problems: Problem[] = [];
  const complain = (key: string, got: string, allowed: string): void => {
    problems.push({ key, got, allowed, paste: PASTE });
  };
  const size = SWEEP_SIZE_TYPE.parse(given, () => '');
  if (size.state === 'refused') complain('SWEEP (--sweep)', JSON.stringify(given), SWEEP_SIZE_TYPE.allowed);
  for (const name of ['PARALLEL', 'RATE'] as const) {
    if (settings[name])
      complain(`${name} (--${name.toLowerCase()})`, 'a value beside --sweep', 'none: the sweep chooses it');
  }
  for (const name of OWN_STARTS) {
    const flag = name.toLowerCase().replaceAll('_', '-');
    if (settings[name]) complain(`${name} (--${flag})`, 'a value beside --sweep', 'none: the sweep chooses its loads');
  }
  if (!number && !duration)
    complain('NUMBER (--number)', 'nothing, beside --sweep', 'requests of each point, or --duration');
  const atOnce = Math.min(Number(settings['MAX_IN_FLIGHT']) || MOST_AT_ONCE, Number(number) || MOST_AT_ONCE);
  const point = (load: number): PlannedPoint => ({
    varies: 'parallel',
    load: String(load),
    number: number || null,
    without: OF_OPEN_LOOP,
  });
  const first = atOnce > 1 ? [point(1), point(atOnce)] : [point(1)];
  return { size: size.state === 'value' ? size.value : first.length, first, problems };
}

/**
 * The rates after the first two points: evenly from the rate of one request at a time, which is measured, up to that of
 * all at once, guidellm's `linspace(synchronous, throughput, size - 1)[1:]`; in three digits.
 *
 * @returns none where all at once is no faster
 */
export function planRates(
  size: number,
  number: string | null,
  one: number | null | undefined,
  most: number | null | undefined,
): PlannedPoint[] {
  const count = size - 2;
  if (one == null || most == null || most <= one) return [];
  const rates = Array.from({ length: count }, (_, i) => one + ((most - one) * (i + 1)) / count);
  const loads = [...new Set(rates.map((rate) => String(Number(rate.toPrecision(3)))))];
  // Only a closed loop is ramped up.
  return loads.map((load) => ({ varies: 'rate', load, number, without: ['RAMP_UP'] }));
}

/** Why a sweep has no rates after its first points. */
export function describeNoRates(first: readonly PlannedPoint[]): string {
  const why = first.length > 1 ? 'all at once is no faster than one at a time' : 'one request at a time is all at once';
  return `${why}, so there are no rates between`;
}
