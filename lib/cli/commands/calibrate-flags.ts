import { createFlagReader, describeStray, parseFlags } from '../../config/node-flags.ts';
import type { FlagSpec } from '../../config/parameter.ts';
import { choice, decimal, integer, onOff } from '../../config/scalar-types.ts';
import type { Problem } from '../../shared/errors.ts';

const FLAGS = {
  parallel: {
    env: 'PARALLEL',
    flag: 'parallel',
    group: 'Load',
    type: integer(1, 100_000),
    example: ['64'],
    help: 'Streams at the same time, as in the run that is planned. Default: 64.',
  },
  tokensPerS: {
    env: 'TOKENS_PER_S',
    flag: 'tokens-per-s',
    group: 'Load',
    type: decimal({ low: 0.1, high: 1000 }),
    example: ['50'],
    help: 'Pace of each stream, as the service is expected to answer. Default: 50.',
  },
  number: {
    env: 'NUMBER',
    flag: 'number',
    group: 'Load',
    type: integer(1, 1_000_000),
    example: ['192'],
    help: 'Requests in all. Default: three for each stream, at least 12.',
  },
  engine: {
    env: 'ENGINE',
    flag: 'engine',
    group: 'Running',
    type: choice(['auto', 'k6', 'node']),
    example: ['k6'],
    help: 'auto: k6 where it is found with k6/x/sse, else node. Default: auto.',
  },
  noStore: {
    env: 'NO_STORE',
    flag: 'no-store',
    group: 'Results',
    type: onOff,
    example: ['--no-store'],
    help: 'Print only; runs on this machine go on without it.',
  },
  json: {
    env: 'JSON',
    flag: 'json',
    group: 'Results',
    type: onOff,
    example: ['--json'],
    help: 'Print one JSON object in place of the table.',
  },
} as const satisfies Readonly<Record<string, FlagSpec>>;

export const CALIBRATE_FLAGS: readonly FlagSpec[] = Object.values(FLAGS);

const REQUESTS_PER_STREAM = 3;
/** Of a calibration, whatever the load. */
export const FEWEST_REQUESTS = 12;

/** A calibration as it is asked for. */
export interface CalibrateOptions {
  readonly parallel: number;
  readonly tokensPerS: number;
  readonly requests: number;
  readonly engine: 'auto' | 'k6' | 'node';
  readonly noStore: boolean;
  readonly json: boolean;
}

/** Reads the words after `calibrate`; a flag that is wrong has its default, and a problem. */
export function parseCalibrateFlags(args: readonly string[]): {
  readonly options: CalibrateOptions;
  readonly problems: readonly Problem[];
} {
  const { env, strays, problems } = parseFlags(args, CALIBRATE_FLAGS, []);
  const wrong = [...problems, ...strays.map((stray) => describeStray(stray, 'calibrate'))];
  const read = createFlagReader(env, wrong);
  const parallel = read(FLAGS.parallel, 64);
  const options: CalibrateOptions = {
    parallel,
    tokensPerS: read(FLAGS.tokensPerS, 50),
    requests: read(FLAGS.number, Math.max(FEWEST_REQUESTS, parallel * REQUESTS_PER_STREAM)),
    engine: read(FLAGS.engine, 'auto'),
    noStore: read(FLAGS.noStore, false),
    json: read(FLAGS.json, false),
  };
  return { options, problems: wrong };
}
