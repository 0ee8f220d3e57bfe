import { createRandom } from '../shared/random.ts';
import type { Milliseconds } from '../shared/units.ts';
import { type Arrival, createGaps } from './arrival-gaps.ts';
import { createRateProfile, type Stage } from './rate-profile.ts';

/** What the starts of an open loop follow from; exactly one of `rate`, `rateStages`, `ramp` and `times` is not null. */
export interface StartPlan {
  /** Starts per second; Infinity: all at once. */
  readonly rate: number | null;
  readonly rateStages: readonly Stage[] | null;
  readonly ramp: RateRamp | null;
  /** In seconds since the first of them, ascending: a recorded load. */
  readonly times: readonly number[] | null;
  readonly arrival: Arrival;
  /** Of gamma and Weibull. */
  readonly shape: number;
  readonly seed: number;
  /** null: as many as there are within the time. */
  readonly number: number | null;
  /** null: until the number is reached, or the stages or times are through. */
  readonly durationS: number | null;
}

/** From one rate to another over the requests of a run, vLLM's `--ramp-up-strategy`. */
interface RateRamp {
  readonly strategy: 'linear' | 'exponential';
  readonly start: number;
  readonly end: number;
}

/**
 * When each request of an open loop starts: milliseconds since the start of the load, ascending, the first one gap after
 * it. The same plan gives the same times in every engine, whatever the number of VUs and segments.
 *
 * With a number, starts of a fixed rate are rescaled so that the last is due at number / rate, as evalscope and vLLM do;
 * with a duration alone they come as drawn. Ramps and stages are never rescaled.
 */
export function planStarts(plan: StartPlan): Milliseconds[] {
  const { number, durationS } = plan;
  const all = listSeconds(plan);
  const most = Math.min(number ?? all.length, all.length);
  const times: Milliseconds[] = [];
  for (let i = 0; i < most; i++) {
    const second = all[i] as number;
    if (durationS !== null && second >= durationS) break;
    times.push(Math.round(second * 1e6) / 1000);
  }
  return times;
}

function listSeconds(plan: StartPlan): readonly number[] {
  const { rate, rateStages, ramp, times, number, durationS } = plan;
  if (times !== null) return times;
  const gap = createGaps(plan.arrival, plan.shape, createRandom(plan.seed));
  const seconds: number[] = [];
  let sum = 0;
  if (rateStages !== null) {
    const { total, timeOf } = createRateProfile(rateStages);
    for (sum = gap(); sum <= total; sum += gap()) seconds.push(timeOf(sum));
    return seconds;
  }
  if (number === null) {
    if (rate !== null) for (sum = gap(); sum < (durationS ?? 0) * rate; sum += gap()) seconds.push(sum / rate);
    return seconds;
  }
  const last = Math.max(1, number - 1);
  for (let i = 0; i < number; i++) {
    sum += gap() / (ramp === null ? 1 : rateAt(ramp, i / last));
    seconds.push(sum);
  }
  if (rate === null) return seconds;
  // A gap may be 0, and all of them.
  const scale = rate === Number.POSITIVE_INFINITY ? 0 : number / rate / (sum || 1);
  return seconds.map((second) => second * scale);
}

/** vLLM's formulas for request i of n, at i / (n - 1). */
function rateAt({ strategy, start, end }: RateRamp, position: number): number {
  return strategy === 'linear' ? start + (end - start) * position : start * (end / start) ** position;
}

/** How many starts the busiest `windowMs` have: an estimate of how many requests are under way at once. */
export function countBusiest(times: readonly Milliseconds[], windowMs: Milliseconds): number {
  let [most, first] = [0, 0];
  for (let i = 0; i < times.length; i++) {
    while ((times[i] as number) - (times[first] as number) >= windowMs) first += 1;
    most = Math.max(most, i - first + 1);
  }
  return most;
}
