import type { Gate } from '../conditions/gates.ts';
import { createSettings, type Settings } from '../config/node-flags.ts';
import { choice, decimal, isOn } from '../config/scalar-types.ts';
import type { PointLoad } from '../report/html/point-load.ts';
import { PROBE_SCENARIO } from '../shared/beside-scenarios.ts';
import type { Problem } from '../shared/errors.ts';
import { WIDTH } from './probe.ts';
import type { SearchPlan } from './search.ts';

/** What can be searched, each with what a probe sets, and where its range begins. */
export const SEARCHES = {
  'max-parallel': { varies: 'parallel', whole: true, least: 1 },
  'max-rate': { varies: 'rate', whole: false, least: 0.01 },
  knee: { varies: 'parallel', whole: true, least: 1 },
  'max-goodput': { varies: 'parallel', whole: true, least: 1 },
} as const;
export type SearchName = keyof typeof SEARCHES;

const FIND = choice(Object.keys(SEARCHES) as SearchName[]);
const LOAD = decimal({ low: 0, above: true });

const SEARCH = createSettings({
  find: {
    group: 'Load',
    type: FIND,
    example: ['max-parallel'],
    help: 'Searches the largest load at which all gates (--gate) hold; the knee, beyond which more users bring no more throughput; or the users with the most good requests, by a goodput gate.',
  },
  findFrom: {
    type: LOAD,
    example: ['1'],
    defaultText: '1; a search for a rate goes below where it has to',
    help: 'The least load that a search tries, where it begins.',
  },
  findTo: {
    type: LOAD,
    default: 1024,
    example: ['1024'],
    help: 'The largest load that a search tries.',
  },
});

/** The settings of a search, which a single run does not have. */
export const SEARCH_FLAGS = SEARCH.rows;

/** What is to be searched, and all that is wrong with it; null: nothing. */
export interface PlannedSearch {
  readonly name: SearchName;
  readonly plan: SearchPlan;
  readonly problems: readonly Problem[];
}

/** @param settings by environment variable */
export function planSearch(settings: Settings): PlannedSearch | null {
  const { FIND: given } = settings;
  const problems: Problem[] = [];
  if (given === undefined || given === '') {
    const alone = SEARCH_FLAGS.find(({ env }) => settings[env]);
    return alone === undefined ? null : { name: 'knee', plan: NO_PLAN, problems: [describeAlone(alone)] };
  }
  const { find, findFrom: from, findTo: most } = SEARCH.read(settings, problems);
  const name = find ?? 'max-parallel';
  const { varies, whole, least } = SEARCHES[name];
  const flag = `--${varies}`;
  const range = { first: from ?? 1, least: from ?? least, most };
  if (range.least >= range.most) {
    problems.push({
      key: 'FIND_TO (--find-to)',
      got: `${range.most}, not above the least load ${range.least}`,
      allowed: 'a range in which to search',
      paste: '--find-from 1 --find-to 1024',
    });
  }
  if (whole && ![range.least, range.most].every(Number.isInteger)) {
    problems.push({
      key: 'FIND_FROM, FIND_TO (--find-from, --find-to)',
      got: `${range.least} and ${range.most}`,
      allowed: `whole numbers for ${flag}`,
      paste: '--find-from 1 --find-to 1024',
    });
  }
  const chosen = [
    [varies.toUpperCase(), flag],
    ['NUMBER', '--number'],
    ['DURATION', '--duration'],
  ] as const;
  for (const [env, taken] of chosen) {
    if (settings[env]) problems.push(describeTaken(env, taken, 'the search chooses it for every probe'));
  }
  if (varies === 'parallel') {
    for (const [env, taken] of [
      ['RATE', '--rate'],
      ['USERS', '--users'],
    ] as const) {
      if (settings[env])
        problems.push(describeTaken(env, taken, 'the search changes --parallel, which makes a closed loop'));
    }
  }
  for (const [env, taken] of OTHER_WAYS) {
    if (isOn(settings[env])) problems.push(describeTaken(env, taken, 'it is another way to find a load'));
  }
  for (const [env, taken] of OWN_SHAPES) {
    if (settings[env]) problems.push(describeTaken(env, taken, 'each probe is one load, which the search chooses'));
  }
  if (settings['JUNIT']) problems.push(describeTaken('JUNIT', '--junit', 'the result of a search is in search.json'));
  // Those of a profile are known when it is read.
  if (!settings['THRESHOLDS']) {
    if (name !== 'knee' && !settings['GATES']) problems.push(describeNoGates(name));
    if (name === 'max-goodput' && !/goodput/.test(settings['GATES'] ?? '')) problems.push(NO_GOODPUT);
  }
  return { name, plan: { ...range, whole, width: WIDTH }, problems };
}

const NO_PLAN: SearchPlan = { first: 1, least: 1, most: 2, whole: true, width: WIDTH };

/** A setting of a search that says nothing without one. */
function describeAlone({ env, flag }: (typeof SEARCH_FLAGS)[number]): Problem {
  const paste = "--find max-parallel --gate 'p99(ttft)<500'";
  return { key: `${env} (--${flag})`, got: 'a value without --find', allowed: 'a value beside it', paste };
}

const OTHER_WAYS = [
  ['SLA_AUTO_TUNE', '--sla-auto-tune'],
  ['SWEEP', '--sweep'],
  ['OVER_SATURATION', '--over-saturation'],
] as const;

/** Settings of a load that has a course of its own. */
export const OWN_SHAPES = [
  ['STAGES', '--stages'],
  ['RATE_STAGES', '--rate-stages'],
  ['RAMP_UP_STRATEGY', '--ramp-up-strategy'],
  ['SCHEDULE', '--schedule'],
] as const;

/** The settings without it. */
export const NO_SHAPE: Readonly<Record<string, string>> = Object.fromEntries(OWN_SHAPES.map(([env]) => [env, '']));

/** A search without anything that could be crossed. */
function describeNoGates(name: SearchName): Problem {
  return {
    key: 'GATES (--gate)',
    got: 'nothing, beside --find',
    allowed: 'at least one gate, which says up to where a load is good',
    paste: `--find ${name} --gate 'p99(ttft)<500'`,
  };
}

/** What is wrong with the gates of a search, those of a profile too, beside what is wrong with each by itself. */
export function checkSearchGates(name: SearchName, gates: readonly Gate[]): Problem[] {
  if (name === 'knee') return [];
  if (gates.length === 0) return [describeNoGates(name)];
  if (name === 'max-goodput') return gates.some(({ measure }) => measure.type === 'goodput') ? [] : [NO_GOODPUT];
  return gates.filter(({ tags }) => tags.some(isOfNoProbe)).map(describeOfNoProbe);
}

/** Requests of which a probe has none, or too few: a light user's, and those of a stage. */
function isOfNoProbe({ name, value }: Gate['tags'][number]): boolean {
  return name === 'stage' || (name === 'scenario' && value === PROBE_SCENARIO);
}

function describeOfNoProbe({ source }: Gate): Problem {
  return {
    key: 'GATES (--gate)',
    got: `${source}, beside --find`,
    allowed: 'gates on requests of the load, of which a probe has enough; it has no stages',
    paste: "--gate 'p99(ttft)<500'",
  };
}

/** A search for good requests that nobody described. */
const NO_GOODPUT: Problem = {
  key: 'GATES (--gate)',
  got: 'none on goodput, beside --find max-goodput',
  allowed: 'a gate that says which requests are good',
  paste: "--find max-goodput --gate 'goodput(ttft<500, tpot<50)>=0.9'",
};

function describeTaken(env: string, flag: string, why: string): Problem {
  return { key: `${env} (${flag})`, got: 'a value beside --find', allowed: `none: ${why}`, paste: `leave ${flag} out` };
}

/** The load of a probe, as reports of several runs have it. */
export function toLoad(name: SearchName, load: number): PointLoad {
  const { varies } = SEARCHES[name];
  return varies === 'parallel' ? { varies, parallel: load, rate: null } : { varies, parallel: null, rate: load };
}
