import { parseFlags } from '../config/node-flags.ts';
import type { FlagSpec } from '../config/parameter.ts';
import { choice, decimal, integer, onOff } from '../config/scalar-types.ts';
import type { Parsed } from '../config/value-type.ts';
import type { Problem } from '../shared/errors.ts';

const FLAGS = {
  parallel: {
    env: 'PARALLEL',
    flag: 'parallel',
    type: integer(1, 100_000),
    example: ['64'],
    help: 'Streams at the same time, as in the run that is planned. Default: 64.',
  },
  tokensPerS: {
    env: 'TOKENS_PER_S',
    flag: 'tokens-per-s',
    type: decimal({ low: 0.1, high: 1000 }),
    example: ['50'],
    help: 'Pace of each stream, as the service is expected to answer. Default: 50.',
  },
  number: {
    env: 'NUMBER',
    flag: 'number',
    type: integer(1, 1_000_000),
    example: ['192'],
    help: 'Requests in all. Default: three for each stream, at least 12.',
  },
  engine: {
    env: 'ENGINE',
    flag: 'engine',
    type: choice(['auto', 'k6', 'node']),
    example: ['k6'],
    help: 'auto: k6 where it is found with k6/x/sse, else node. Default: auto.',
  },
  noStore: {
    env: 'NO_STORE',
    flag: 'no-store',
    type: onOff,
    example: ['--no-store'],
    help: 'Print only; runs on this machine go on without it.',
  },
  json: {
    env: 'JSON',
    flag: 'json',
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
  readonly help: boolean;
} {
  const { env, positionals, problems, help } = parseFlags(args, CALIBRATE_FLAGS, []);
  const wrong = [...problems, ...positionals.map(describeStray)];
  function read<Value>(spec: FlagSpec, parse: (text: string) => Parsed<Value>, fallback: Value): Value {
    const given = env[spec.env];
    if (given === undefined || given === '') return fallback;
    const parsed = parse(given);
    if (parsed.state === 'value') return parsed.value;
    const { flag, type, example } = spec;
    wrong.push({
      key: `--${flag}`,
      got: JSON.stringify(given),
      allowed: type.allowed,
      paste: `--${flag} ${example[0]}`,
    });
    return fallback;
  }
  const noFile = (): string => '';
  const { parallel: parallelFlag, tokensPerS, number, engine, noStore, json } = FLAGS;
  const parallel = read(parallelFlag, (text) => parallelFlag.type.parse(text, noFile), 64);
  const requests = Math.max(FEWEST_REQUESTS, parallel * REQUESTS_PER_STREAM);
  const options: CalibrateOptions = {
    parallel,
    tokensPerS: read(tokensPerS, (text) => tokensPerS.type.parse(text, noFile), 50),
    requests: read(number, (text) => number.type.parse(text, noFile), requests),
    engine: read<CalibrateOptions['engine']>(engine, (text) => engine.type.parse(text, noFile), 'auto'),
    noStore: read(noStore, (text) => noStore.type.parse(text, noFile), false),
    json: read(json, (text) => json.type.parse(text, noFile), false),
  };
  return { options, problems: wrong, help };
}

function describeStray(word: string): Problem {
  return {
    key: `"${word}"`,
    got: 'a word that belongs to no flag',
    allowed: 'flags',
    paste: 'k6-llm-perf calibrate --help',
  };
}
