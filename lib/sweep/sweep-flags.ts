import { describeProblem } from '../config/describe-problem.ts';
import { duration } from '../config/duration-type.ts';
import { completeRows } from '../config/parameter.ts';
import { integer, onOff } from '../config/scalar-types.ts';
import type { Problem } from '../shared/errors.ts';

/** evalscope's pause, long enough for a service to end what it still works on. */
const DEFAULT_SLEEP_S = 5;
const SLEEP_INTERVAL_TYPE = duration(0);
/** Two points find the range, and one at least is between. */
export const SWEEP_SIZE_TYPE = integer(3);

/** The settings of a sweep that a single run does not have. */
export const SWEEP_FLAGS = completeRows({
  sleepIntervalS: {
    group: 'Load',
    flag: 'sleep-interval',
    type: SLEEP_INTERVAL_TYPE,
    default: DEFAULT_SLEEP_S,
    example: ['5'],
    help: 'Pause between two points of a sweep.',
  },
  sweep: {
    flag: 'sweep',
    type: SWEEP_SIZE_TYPE,
    example: ['10'],
    help: "guidellm's sweep of so many points: one request at a time, all at once, then even rates between.",
  },
  overSaturation: {
    flag: 'over-saturation',
    aliases: ['detect-saturation'],
    type: onOff,
    defaultText: 'on beside sweep',
    help: 'Ends a sweep over rates where the service falls behind: requests in flight and TTFT keep rising.',
  },
});

/** The pause between two points in seconds, from the setting SLEEP_INTERVAL. */
export function parseSleepInterval({ SLEEP_INTERVAL: given }: Readonly<Record<string, string | undefined>>): {
  readonly sleepIntervalS: number;
  readonly problems: readonly Problem[];
} {
  const parsed = SLEEP_INTERVAL_TYPE.parse(given || String(DEFAULT_SLEEP_S), () => '');
  if (parsed.state === 'value') return { sleepIntervalS: parsed.value, problems: [] };
  const problems = SWEEP_FLAGS.slice(0, 1).map((row) => describeProblem(row, given ?? null, parsed.why, 'flag'));
  return { sleepIntervalS: DEFAULT_SLEEP_S, problems };
}

/** What is wrong with `over-saturation` beside loads that are no sweep over rates; nothing where it is off or not given. */
export function refuseOverSaturation(settings: Readonly<Record<string, string | undefined>>): Problem[] {
  const { stopsSaturated, problems } = parseOverSaturation({ ...settings, SWEEP: '' });
  if (!stopsSaturated) return [...problems];
  const [got, allowed] = ['a value without a sweep over rates', 'a value beside several rates, or --sweep'];
  return [{ key: 'OVER_SATURATION (--over-saturation)', got, allowed, paste: '--rate 1 2 4 8 --over-saturation' }];
}

/** Whether a sweep ends where the service falls behind; what is neither on nor off is a problem. */
export function parseOverSaturation({
  OVER_SATURATION: given,
  SWEEP: sweep,
}: Readonly<Record<string, string | undefined>>): {
  readonly stopsSaturated: boolean;
  readonly problems: readonly Problem[];
} {
  if (!given) return { stopsSaturated: Boolean(sweep), problems: [] };
  const parsed = onOff.parse(given, () => '');
  if (parsed.state === 'value') return { stopsSaturated: parsed.value, problems: [] };
  const row = SWEEP_FLAGS.find(({ name }) => name === 'overSaturation') as (typeof SWEEP_FLAGS)[number];
  return { stopsSaturated: false, problems: [describeProblem(row, given, parsed.why, 'flag')] };
}

/** What is wrong with `start-at` beside several runs, which begin one after the other. */
export function refuseStartAt({ START_AT: given }: Readonly<Record<string, string | undefined>>): Problem[] {
  if (!given) return [];
  const allowed = 'the beginning of one run';
  return [{ key: 'START_AT (--start-at)', got: 'a value beside several runs', allowed, paste: 'leave --start-at out' }];
}
