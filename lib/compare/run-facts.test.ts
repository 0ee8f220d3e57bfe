import { expect, it } from 'vitest';
import { createFactCollector, findDifferences } from './run-facts.ts';

/** What differs between two runs with these settings. */
function compare(base: Readonly<Record<string, unknown>>, next: Readonly<Record<string, unknown>>): string[] {
  const open = { parallel: null, rate: 5, arrival: null, burstiness: null, stages: null, rate_stages: null };
  const [one, other] = [base, next].map((args) =>
    createFactCollector().build({ args: { ...open, ...args }, datasets: [], vus: 40 }),
  );
  return findDifferences(one as never, other as never).map(
    (fact) => `${fact.name}: ${fact.base} -> ${fact.next}${fact.strict ? '' : ', told'}`,
  );
}

it('takes loads of one rate for unlike where their gaps are, whichever way the law was named', () => {
  expect(compare({}, { arrival: 'poisson' })).toEqual([]);
  expect(compare({}, { burstiness: 0.2 })).toEqual(['arrivals: poisson -> gamma 0.2']);
  expect(compare({ arrival: 'gamma', burstiness: 0.2 }, { burstiness: 0.2 })).toEqual([]);
  expect(compare({ arrival: 'constant' }, { arrival: 'weibull' })).toEqual(['arrivals: constant -> weibull 1']);
  // All at once, and in a closed loop, no gaps are drawn.
  expect(compare({ rate: 'inf' }, { rate: 'inf', arrival: 'poisson' })).toEqual([]);
  expect(compare({ rate: null, parallel: 8 }, {})).toEqual([
    'concurrency: 8 -> none',
    'request rate: none -> 5',
    'arrivals: none -> poisson',
  ]);
});

it('tells stages from a load that does not change, and files of times by their name', () => {
  const staged = { rate: null, parallel: 8, stages: [{ target: 8, durationS: 60 }] };
  expect(compare({ rate: null, parallel: 8 }, staged)).toEqual(['stages: none -> [{"target":8,"durationS":60}]']);
  const timed = { rate: null, schedule: '/a/times.csv' };
  expect(compare(timed, { ...timed, schedule: 'b/times.csv' })).toEqual([]);
  expect(compare(timed, { ...timed, schedule: '/a/night.csv' })).toEqual(['schedule: times.csv -> night.csv']);
});

it('tells ramps of other rates, and one file of times that was played faster', () => {
  const ramp = { rate: null, ramp_up_strategy: 'linear', rate_start: 1, rate_end: 10 };
  expect(compare(ramp, ramp)).toEqual([]);
  expect(compare(ramp, { ...ramp, rate_end: 100 })).toEqual(['rate ramp: linear 1 to 10 -> linear 1 to 100']);
  const timed = { rate: null, schedule: 'times.csv', speed: 1 };
  expect(compare(timed, { ...timed, speed: 2 })).toEqual(['speed: 1 -> 2']);
  // A run of before these settings says nothing of them.
  expect(compare({ rate: null, schedule: 'times.csv' }, timed)).toEqual([]);
});
