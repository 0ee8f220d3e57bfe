import { gateLines } from '../../config/list-types.ts';
import { createFlagReader, parseFlags } from '../../config/node-flags.ts';
import type { FlagSpec } from '../../config/parameter.ts';
import { percentileRule } from '../../config/percentile-rule-type.ts';
import { choice, integer, onOff, text } from '../../config/scalar-types.ts';
import type { Problem } from '../../shared/errors.ts';
import type { PercentileRule } from '../../stats/percentile-rule.ts';
import { DEFAULT_RESAMPLING } from '../../stats/resample-run.ts';

/** The flags of `compare`, their checks and defaults. */
const FLAGS = {
  failOn: {
    env: 'FAIL_ON',
    flag: 'fail-on',
    group: 'Measuring',
    type: gateLines,
    example: ['p99(ttft)>+10%'],
    repeatable: true,
    help: 'A change that fails, with exit code 99, when the whole 95 % interval lies beyond it; may be repeated.',
  },
  anyway: {
    env: 'ANYWAY',
    flag: 'anyway',
    group: 'Measuring',
    type: onOff,
    example: ['--anyway'],
    help: 'Compare what is not comparable, too; what differs is said all the same.',
  },
  format: {
    env: 'FORMAT',
    flag: 'format',
    group: 'Results',
    type: choice(['text', 'markdown', 'json', 'html']),
    example: ['markdown'],
    help: 'Default: text.',
  },
  output: {
    env: 'OUTPUT',
    flag: 'output',
    group: 'Results',
    short: 'o',
    type: text('a path'),
    example: ['comparison.html'],
    help: 'File to write, whose folder exists. Default: standard output.',
  },
  junit: {
    env: 'JUNIT',
    flag: 'junit',
    group: 'Results',
    type: text('a path'),
    example: ['junit.xml'],
    help: 'File for the limits of --fail-on as JUnit XML: a suite for each pair of runs.',
  },
  tokenizer: {
    env: 'TOKENIZER',
    flag: 'tokenizer',
    group: 'Measuring',
    type: text('o200k_base, cl100k_base, or the path of a tokenizer.json'),
    example: ['o200k_base'],
    help: 'Counts output tokens where the server sent no usage and the samples hold the answers.',
  },
  percentileRule: {
    env: 'PERCENTILE_RULE',
    flag: 'percentile-rule',
    group: 'Measuring',
    type: percentileRule,
    example: ['linear'],
    help: 'As in the tables of a run. Default: quick-start.',
  },
  seed: {
    env: 'SEED',
    flag: 'seed',
    group: 'Measuring',
    type: integer(0, 2 ** 32 - 1),
    example: ['7'],
    help: `Of the resampling: the same seed gives the same intervals. Default: ${DEFAULT_RESAMPLING.seed}.`,
  },
  replicates: {
    env: 'REPLICATES',
    flag: 'replicates',
    group: 'Measuring',
    type: integer(200, 10_000),
    example: ['2000'],
    help: `How often each run is resampled. Default: ${DEFAULT_RESAMPLING.replicates}.`,
  },
} as const satisfies Readonly<Record<string, FlagSpec>>;

export const COMPARE_FLAGS: readonly FlagSpec[] = Object.values(FLAGS);

/** What `compare` is to do. */
export interface CompareOptions {
  readonly paths: readonly string[];
  readonly failOn: readonly string[];
  readonly anyway: boolean;
  readonly format: 'text' | 'markdown' | 'json' | 'html';
  readonly output: string | null;
  readonly junit: string | null;
  readonly tokenizer: string | null;
  readonly percentileRule: PercentileRule;
  readonly seed: number;
  readonly replicates: number;
}

/** Reads the words after `compare`; a flag that is wrong has its default, and a problem. */
export function parseCompareFlags(args: readonly string[]): {
  readonly options: CompareOptions;
  readonly problems: readonly Problem[];
} {
  const { env, positionals, problems } = parseFlags(args, [], COMPARE_FLAGS);
  const wrong = [...problems];
  const read = createFlagReader(env, wrong);
  const options: CompareOptions = {
    paths: positionals,
    failOn: read(FLAGS.failOn, []),
    anyway: read(FLAGS.anyway, false),
    format: read(FLAGS.format, 'text'),
    output: read(FLAGS.output, null),
    junit: read(FLAGS.junit, null),
    tokenizer: read(FLAGS.tokenizer, null),
    percentileRule: read(FLAGS.percentileRule, 'quick-start'),
    seed: read(FLAGS.seed, DEFAULT_RESAMPLING.seed),
    replicates: read(FLAGS.replicates, DEFAULT_RESAMPLING.replicates),
  };
  return { options, problems: wrong };
}
