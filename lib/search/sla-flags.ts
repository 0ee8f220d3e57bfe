import { splitList } from '../config/list-types.ts';
import { createSettings, type Settings } from '../config/node-flags.ts';
import { choice, decimal, integer, onOff, text } from '../config/scalar-types.ts';
import type { Problem } from '../shared/errors.ts';
import { OWN_SHAPES } from './search-flags.ts';
import { parseSlaParams, type SlaGroup } from './sla-params.ts';

const SLA = createSettings({
  autoTune: {
    group: 'Load',
    flag: 'sla-auto-tune',
    type: onOff,
    default: false,
    help: "evalscope's search for the largest load within sla-params, with its rules and its files; find resolves where it guesses.",
  },
  variable: {
    flag: 'sla-variable',
    type: choice(['parallel', 'rate']),
    default: 'parallel',
    example: ['parallel'],
    help: 'What sla-auto-tune changes.',
  },
  params: {
    flag: 'sla-params',
    type: text('a JSON list of groups, such as [{"p99_ttft": "<=500ms"}]; metrics are those of evalscope'),
    example: ['[{"p99_ttft": "<=500ms"}]'],
    help: 'Conditions of sla-auto-tune: those in a group hold together, each group is searched alone. Latency is in seconds, TTFT and TPOT in milliseconds.',
  },
  numRuns: {
    flag: 'sla-num-runs',
    type: integer(1),
    default: 3,
    example: ['3'],
    help: 'Runs of each load of sla-auto-tune, of which the mean counts.',
  },
  upper: {
    flag: 'sla-upper-bound',
    type: integer(1),
    default: 65_536,
    example: ['64'],
    help: 'The largest load that sla-auto-tune tries.',
  },
  lower: {
    flag: 'sla-lower-bound',
    type: integer(1),
    default: 1,
    example: ['1'],
    help: 'The least load that sla-auto-tune tries.',
  },
  fixedParallel: {
    flag: 'sla-fixed-parallel',
    type: integer(1),
    defaultText: 'none: no cap',
    example: ['64'],
    help: 'Most requests in flight while sla-auto-tune changes the rate.',
  },
  multiplier: {
    flag: 'sla-number-multiplier',
    type: decimal({ low: 0, above: true }),
    default: 2,
    example: ['2'],
    help: 'Requests of each run of sla-auto-tune, as a multiple of its load.',
  },
});

/** The settings of evalscope's auto-tune, by its names and with its defaults. */
export const SLA_FLAGS = SLA.rows;

/** An auto-tune that can start. */
export interface PlannedSla {
  readonly variable: 'parallel' | 'rate';
  readonly groups: readonly SlaGroup[];
  readonly runs: number;
  readonly first: number;
  readonly lower: number;
  readonly upper: number;
  readonly fixedParallel: number | null;
  readonly multiplier: number;
}

/** The auto-tune that the settings ask for, and all that is wrong with it; null: none. */
export function planSla(settings: Settings): (PlannedSla & { readonly problems: readonly Problem[] }) | null {
  const problems: Problem[] = [];
  const { autoTune, params, numRuns, variable, lower, upper, fixedParallel, multiplier } = SLA.read(settings, problems);
  if (!autoTune) return problems.length > 0 && settings['SLA_AUTO_TUNE'] ? refuse(problems) : refuseAlone(settings);
  const groups = params === null ? 'nothing' : parseSlaParams(params);
  if (typeof groups === 'string') {
    problems.push(complain('SLA_PARAMS (--sla-params)', groups, 'a JSON list of groups of conditions'));
  }
  if (lower > upper) {
    problems.push(complain('SLA_UPPER_BOUND (--sla-upper-bound)', `${upper}, below ${lower}`, 'a range to search'));
  }
  for (const [name, flag] of [
    ['FIND', '--find'],
    ['SWEEP', '--sweep'],
    ['DURATION', '--duration'],
    ...(variable === 'parallel' ? IN_VAIN_WITHOUT_RATE : []),
    ...OWN_SHAPES,
  ] as const) {
    // evalscope writes -1 for no rate.
    if (settings[name] && settings[name] !== '-1') {
      const got = `a value beside --sla-auto-tune${name === 'SLA_FIXED_PARALLEL' ? ' --sla-variable parallel' : ''}`;
      problems.push(complain(`${name} (${flag})`, got, 'none'));
    }
  }
  const [start = ''] = splitList(settings[variable.toUpperCase()] || '1');
  const first = Math.round(Number(start));
  // What is below the bounds begins at the lower one, as evalscope's -1 for no rate does.
  if (!Number.isFinite(first) || (variable === 'parallel' && first < 1))
    problems.push(complain(`${variable.toUpperCase()} (--${variable})`, 'no number from 1', 'where to begin'));
  const found = typeof groups === 'string' ? [] : groups;
  return { variable, groups: found, runs: numRuns, first, lower, upper, fixedParallel, multiplier, problems };
}

/** Settings that say nothing where the concurrency is what changes. */
const IN_VAIN_WITHOUT_RATE = [
  ['RATE', '--rate'],
  ['USERS', '--users'],
  ['SLA_FIXED_PARALLEL', '--sla-fixed-parallel'],
] as const;

const PASTE = `--sla-auto-tune --sla-variable parallel --sla-params '[{"p99_ttft": "<=500ms"}]'`;

function complain(key: string, got: string, allowed: string): Problem {
  return { key, got, allowed, paste: PASTE };
}

function refuse(problems: readonly Problem[]): PlannedSla & { readonly problems: readonly Problem[] } {
  const none = { variable: 'parallel', groups: [], runs: 1, first: 1, lower: 1, upper: 1 } as const;
  return { ...none, fixedParallel: null, multiplier: 1, problems };
}

/** Settings that evalscope's command lines carry and that its auto-tune passes over, a line each. */
export function describeIdle(settings: Settings, { variable, first }: PlannedSla): string[] {
  const { NUMBER: number, PARALLEL: parallel, RATE: rate } = settings;
  const begin = splitList((variable === 'rate' ? rate : parallel) ?? '');
  return [
    ...(number
      ? ['--number has no effect beside --sla-auto-tune: --sla-number-multiplier says how many requests a load has.']
      : []),
    ...(variable === 'rate' && parallel
      ? ['--parallel has no effect where --sla-auto-tune changes the rate; --sla-fixed-parallel is the cap.']
      : []),
    ...(begin.length > 1 ? [`--sla-auto-tune begins at the first value of --${variable}, ${first}.`] : []),
  ];
}

/** A setting of it that says nothing without it. */
function refuseAlone(settings: Settings): ReturnType<typeof planSla> {
  const row = SLA_FLAGS.find(({ name, env }) => name !== 'autoTune' && settings[env]);
  return row === undefined
    ? null
    : refuse([complain(`${row.env} (--${row.flag})`, 'a value without --sla-auto-tune', 'a value beside it')]);
}

/** evalscope's `round(value * multiplier)`, where halves go to the even number; at least 1. */
export function countSlaRequests(load: number, multiplier: number): number {
  const exact = load * multiplier;
  const below = Math.floor(exact);
  const isHalf = exact - below === 0.5;
  return Math.max(1, isHalf ? below + (below % 2) : Math.round(exact));
}
