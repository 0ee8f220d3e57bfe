import type { Milliseconds } from '../../shared/units.ts';
import type { ArrivalRateScenario, RampingArrivalRateScenario } from '../settings/scenarios.ts';

/** When iterations start, since the scenario's start, ascending. Constant rates never end, ramping ones end with their stages. */
export function arrivalTimes(scenario: ArrivalRateScenario): Iterable<Milliseconds> {
  if (scenario.executor === 'ramping-arrival-rate') return rampingTimes(scenario);
  return constantTimes(scenario.timeUnit / scenario.rate);
}

/** Evenly spaced, the first at 0. k6's period is a whole number of nanoseconds. */
function* constantTimes(period: Milliseconds): Generator<Milliseconds> {
  const nanoseconds = Math.trunc(period * 1e6);
  for (let i = 0; ; i++) yield (i * nanoseconds) / 1e6;
}

/**
 * The times at which the area under the rate reaches 1, 2, 3, …: k6's own formula, solved per stage.
 *
 * In a stage from rate `from` to rate `to` (per millisecond) over `duration`, the area after x is
 * `from*x + (to-from)/(2*duration)*x^2`.
 */
function* rampingTimes({ startRate, timeUnit, stages }: RampingArrivalRateScenario): Generator<Milliseconds> {
  let from = startRate / timeUnit;
  let stageStart = 0;
  let before = 0;
  let next = 1;
  for (const { duration, target } of stages) {
    const to = target / timeUnit;
    const end = before + duration * ((to - from) / 2 + from);
    for (; next <= end; next++) yield stageStart + timeOf(next - before, from, to, duration);
    before = end;
    from = to;
    stageStart += duration;
  }
}

function timeOf(area: number, from: number, to: number, duration: Milliseconds): Milliseconds {
  if (from === to) return area / to;
  const root = Math.sqrt(Math.max(duration * (from * from * duration + 2 * area * (to - from)), 0));
  return (from * duration - root) / (from - to);
}
