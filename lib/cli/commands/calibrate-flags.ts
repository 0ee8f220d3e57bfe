import { createFlagSet, describeStray, parseFlags } from '../../config/node-flags.ts';
import { choice, decimal, integer, onOff } from '../../config/scalar-types.ts';
import type { Problem } from '../../shared/errors.ts';
import { JSON_IN_PLACE } from '../support/common-flags.ts';

export const CALIBRATE_FLAGS = createFlagSet({
  parallel: {
    group: 'Load',
    type: integer(1, 100_000),
    default: 64,
    example: ['64'],
    help: 'Streams at the same time, as in the run that is planned. Default: 64.',
  },
  tokensPerS: {
    type: decimal({ low: 0.1, high: 1000 }),
    default: 50,
    example: ['50'],
    help: 'Pace of each stream, as the service is expected to answer. Default: 50.',
  },
  number: {
    type: integer(1, 1_000_000),
    example: ['192'],
    help: 'Requests in all. Default: three for each stream, at least 12.',
  },
  engine: {
    group: 'Running',
    type: choice(['auto', 'k6', 'node']),
    default: 'auto',
    example: ['k6'],
    help: 'auto: k6 where it is found with k6/x/sse, else node. Default: auto.',
  },
  noStore: {
    group: 'Results',
    type: onOff,
    default: false,
    help: 'Print only; runs on this machine go on without it.',
  },
  json: JSON_IN_PLACE,
});

const REQUESTS_PER_STREAM = 3;
/** Of a calibration, whatever the load. */
export const FEWEST_REQUESTS = 12;

/** Reads the words after `calibrate`; a flag that is wrong has its default, and a problem. */
export function parseCalibrateFlags(args: readonly string[]) {
  const { env, strays, problems: wrong } = parseFlags(args, CALIBRATE_FLAGS.specs, []);
  const problems: Problem[] = [...wrong, ...strays.map((stray) => describeStray(stray, 'calibrate'))];
  const { number, ...options } = CALIBRATE_FLAGS.read(env, problems);
  const requests = number ?? Math.max(FEWEST_REQUESTS, options.parallel * REQUESTS_PER_STREAM);
  return { options: { ...options, requests }, problems };
}
