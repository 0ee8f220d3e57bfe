import { describeProblem } from '../config/describe-problem.ts';
import { duration } from '../config/duration-type.ts';
import { completeRows } from '../config/parameter.ts';
import type { Problem } from '../shared/errors.ts';

/** evalscope's pause, long enough for a service to end what it still works on. */
const DEFAULT_SLEEP_S = 5;
const SLEEP_INTERVAL_TYPE = duration(0);

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
});

/** The pause between two points in seconds, from the setting SLEEP_INTERVAL. */
export function parseSleepInterval({ SLEEP_INTERVAL: given }: Readonly<Record<string, string | undefined>>): {
  readonly sleepIntervalS: number;
  readonly problems: readonly Problem[];
} {
  const parsed = SLEEP_INTERVAL_TYPE.parse(given || String(DEFAULT_SLEEP_S), () => '');
  if (parsed.state === 'value') return { sleepIntervalS: parsed.value, problems: [] };
  const problems = SWEEP_FLAGS.map((parameter) => describeProblem(parameter, given ?? null, parsed.why, 'flag'));
  return { sleepIntervalS: DEFAULT_SLEEP_S, problems };
}
