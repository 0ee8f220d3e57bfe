import { gateLines } from '../../config/list-types.ts';
import { createFlagSet } from '../../config/node-flags.ts';
import { choice, integer, onOff, percentileRule, text } from '../../config/scalar-types.ts';
import { DEFAULT_RESAMPLING } from '../../stats/resample-run.ts';
import { OUTPUT } from '../support/common-flags.ts';

export const COMPARE_FLAGS = createFlagSet({
  failOn: {
    group: 'Measuring',
    type: gateLines,
    default: [],
    example: ['p99(ttft)>+10%'],
    repeatable: true,
    help: 'A change that fails, with exit code 99, when the whole 95 % interval is beyond it; may be repeated.',
  },
  anyway: {
    type: onOff,
    default: false,
    help: 'Compares what is not comparable, too; what differs is still reported.',
  },
  format: {
    group: 'Results',
    type: choice(['text', 'markdown', 'json', 'html']),
    default: 'text',
    example: ['markdown'],
    help: 'Default: text.',
  },
  output: {
    ...OUTPUT,
    example: ['comparison.html'],
    help: 'File to write, whose folder exists. Default: standard output.',
  },
  junit: {
    type: text('a path'),
    example: ['junit.xml'],
    help: 'File for the limits of --fail-on as JUnit XML: a suite for each pair of runs.',
  },
  tokenizer: {
    group: 'Measuring',
    type: text('o200k_base, cl100k_base, or the path of a tokenizer.json'),
    example: ['o200k_base'],
    help: 'Counts output tokens where the server sent no usage and the samples hold the answers.',
  },
  percentileRule: {
    type: percentileRule,
    default: 'quick-start',
    example: ['linear'],
    help: 'As in the tables of a run. Default: quick-start.',
  },
  seed: {
    type: integer(0, 2 ** 32 - 1),
    default: DEFAULT_RESAMPLING.seed,
    example: ['7'],
    help: `Of the resampling: the same seed gives the same intervals. Default: ${DEFAULT_RESAMPLING.seed}.`,
  },
  replicates: {
    type: integer(200, 10_000),
    default: DEFAULT_RESAMPLING.replicates,
    example: ['2000'],
    help: `How often each run is resampled. Default: ${DEFAULT_RESAMPLING.replicates}.`,
  },
});

/** What `compare` is to do. */
export type CompareOptions = ReturnType<typeof COMPARE_FLAGS.read>;
