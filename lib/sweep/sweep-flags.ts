import { duration } from '../config/duration-type.ts';
import { createSettings, type Settings } from '../config/node-flags.ts';
import { integer, onOff } from '../config/scalar-types.ts';
import type { Problem } from '../shared/errors.ts';

/** Two points find the range, and one at least is between. */
export const SWEEP_SIZE_TYPE = integer(3);

const PAUSE = createSettings({
  sleepIntervalS: {
    group: 'Load',
    flag: 'sleep-interval',
    type: duration(0),
    // evalscope's, long enough for a service to end what it still works on.
    default: 5,
    example: ['5'],
    help: 'Pause between two points of a sweep.',
  },
});
const SIZE = createSettings({
  sweep: {
    group: 'Load',
    type: SWEEP_SIZE_TYPE,
    example: ['10'],
    help: "guidellm's sweep of this many points: one request at a time, all at once, then even rates between.",
  },
});
const END = createSettings({
  overSaturation: {
    group: 'Load',
    aliases: ['detect-saturation'],
    type: onOff,
    defaultText: 'on beside sweep',
    help: 'Ends a sweep over rates where the service falls behind: requests in flight and TTFT keep rising.',
  },
});

/** The settings of a sweep that a single run does not have. */
export const SWEEP_FLAGS = [...PAUSE.rows, ...SIZE.rows, ...END.rows];

/** The pause between two points in seconds, from the setting SLEEP_INTERVAL. */
export function parseSleepInterval(settings: Settings): {
  readonly sleepIntervalS: number;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  return { ...PAUSE.read(settings, problems), problems };
}

/** What is wrong with `over-saturation` beside loads that are not a sweep over rates; nothing where it is off or not given. */
export function refuseOverSaturation(settings: Settings): Problem[] {
  const { stopsSaturated, problems } = parseOverSaturation({ ...settings, SWEEP: '' });
  if (!stopsSaturated) return [...problems];
  const [got, allowed] = ['a value without a sweep over rates', 'a value beside several rates, or --sweep'];
  return [{ key: 'OVER_SATURATION (--over-saturation)', got, allowed, paste: '--rate 1 2 4 8 --over-saturation' }];
}

/** Whether a sweep ends where the service falls behind; what is neither on nor off is a problem. */
export function parseOverSaturation(settings: Settings): {
  readonly stopsSaturated: boolean;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const { overSaturation } = END.read(settings, problems);
  return { stopsSaturated: problems.length === 0 && (overSaturation ?? Boolean(settings['SWEEP'])), problems };
}

/** What is wrong with `start-at` beside several runs, which begin one after the other. */
export function refuseStartAt({ START_AT: given }: Settings): Problem[] {
  if (!given) return [];
  const allowed = 'the beginning of one run';
  return [{ key: 'START_AT (--start-at)', got: 'a value beside several runs', allowed, paste: 'leave --start-at out' }];
}
