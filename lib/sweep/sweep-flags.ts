import { duration } from '../config/duration-type.ts';
import type { FlagSpec } from '../config/parameter.ts';
import type { Problem } from '../shared/errors.ts';
import { showValue } from '../shared/show-word.ts';

const SLEEP_INTERVAL_TYPE = duration(0);

const SLEEP_INTERVAL: FlagSpec = {
  env: 'SLEEP_INTERVAL',
  flag: 'sleep-interval',
  group: 'Load',
  type: SLEEP_INTERVAL_TYPE,
  example: ['5'],
  help: 'Pause between two points of a sweep. Default: 5. [SLEEP_INTERVAL]',
};

/** The settings of a sweep that are none of a single run. */
export const SWEEP_FLAGS: readonly FlagSpec[] = [SLEEP_INTERVAL];

/** evalscope's pause, long enough for a service to end what it still works on. */
const DEFAULT_SLEEP_S = 5;

/** The pause between two points in seconds, from the setting SLEEP_INTERVAL. */
export function parseSleepInterval(env: Readonly<Record<string, string | undefined>>): {
  readonly sleepIntervalS: number;
  readonly problems: readonly Problem[];
} {
  const given = env[SLEEP_INTERVAL.env];
  if (given === undefined || given === '') return { sleepIntervalS: DEFAULT_SLEEP_S, problems: [] };
  const parsed = SLEEP_INTERVAL_TYPE.parse(given, () => '');
  if (parsed.state === 'value') return { sleepIntervalS: parsed.value, problems: [] };
  const problem = {
    key: `${SLEEP_INTERVAL.env} (--${SLEEP_INTERVAL.flag})`,
    got: showValue(given),
    allowed: SLEEP_INTERVAL_TYPE.allowed,
    paste: `--${SLEEP_INTERVAL.flag} ${SLEEP_INTERVAL.example[0]}`,
  };
  return { sleepIntervalS: DEFAULT_SLEEP_S, problems: [problem] };
}
