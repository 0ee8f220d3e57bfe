import { createSettings, type Settings } from '../config/node-flags.ts';
import { decimal, integer, isOn, text } from '../config/scalar-types.ts';
import type { Problem } from '../shared/errors.ts';
import { FEWEST_RUNS } from './spread.ts';

const REPEATS = createSettings({
  runs: {
    group: 'Load',
    aliases: ['num-profile-runs'],
    type: integer(2),
    example: ['5'],
    help: 'Repeats the whole run this many times, and shows how much it differs from run to run.',
  },
  betweenRuns: {
    type: text('a command for the shell'),
    example: ['docker restart llm'],
    help: 'Runs a command between two runs, such as a restart of the service; where it fails, no further run begins.',
  },
  untilCv: {
    type: decimal({ low: 0, above: true }),
    example: ['0.02'],
    help: 'Ends repeated runs, after three, when the coefficient of variation of TTFT, latency and throughput is at most this.',
  },
});

/** The settings of repeated runs, which a single one does not have. */
export const REPEAT_FLAGS = REPEATS.rows;

/** Runs to repeat. */
export interface RepeatPlan {
  readonly runs: number;
  readonly betweenRuns: string | null;
  readonly untilCv: number | null;
}

/** The repetition that the setting RUNS asks for, and all that is wrong with it; null: none. */
export function planRepeats(settings: Settings): (RepeatPlan & { readonly problems: readonly Problem[] }) | null {
  const { RUNS: runs, BETWEEN_RUNS: betweenRuns, UNTIL_CV: untilCv } = settings;
  if (!runs && !betweenRuns && !untilCv) return null;
  const problems: Problem[] = [];
  const { runs: count, untilCv: limit, ...plan } = REPEATS.read(settings, problems);
  if (!runs) {
    const key = betweenRuns ? 'BETWEEN_RUNS (--between-runs)' : 'UNTIL_CV (--until-cv)';
    problems.push({ key, got: 'a value without --runs', allowed: 'a value beside --runs', paste: '--runs 5' });
  }
  if (count !== null && limit !== null && count < FEWEST_RUNS) {
    const got = `a value beside ${count} runs`;
    problems.push({ key: 'UNTIL_CV (--until-cv)', got, allowed: `at least ${FEWEST_RUNS} runs`, paste: '--runs 5' });
  }
  for (const [name, flag] of [
    ['FIND', '--find'],
    ['SWEEP', '--sweep'],
    ['SLA_AUTO_TUNE', '--sla-auto-tune'],
  ] as const) {
    if (isOn(settings[name])) problems.push(describeUnrepeatable('RUNS (--runs)', `a value beside ${flag}`));
  }
  return { runs: count ?? 2, untilCv: limit, ...plan, problems };
}

/** What repeats one load, and nothing of several. */
export function describeUnrepeatable(key: string, got: string): Problem {
  return { key, got, allowed: 'the runs of one load', paste: '--parallel 8 --number 200 --runs 5' };
}
