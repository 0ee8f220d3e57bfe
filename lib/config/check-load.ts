import { createRateProfile } from '../load/rate-profile.ts';
import { type LoadSettings, OF_OPEN_LOOP, SOURCES } from './open-loop.ts';
import type { ConfigKey } from './parameters.ts';

/** Tells what does not go together among settings of the load that are right by themselves. */
export function checkLoad(
  draft: LoadSettings,
  given: (name: ConfigKey) => boolean,
  complain: (name: ConfigKey, why: string, better?: string, isTooMuch?: boolean) => void,
): void {
  const tooMuch = (name: ConfigKey, why: string): void => complain(name, why, undefined, true);
  checkStages(draft, given, complain);
  checkWarmup(draft, complain);
  const [source, ...others] = SOURCES.filter((name) => draft[name] !== null);
  for (const name of others) tooMuch(name, `and ${source} says already when requests start`);
  const { durationS, number } = draft;
  const hasUsers = (draft.users ?? null) !== null;
  if (source === undefined || hasUsers) {
    const why = source ? 'and users start their turns evenly' : 'and there is no rate (--rate, RATE) or schedule';
    for (const name of OF_OPEN_LOOP) if (given(name)) tooMuch(name, why);
  } else if (draft.rampUpS !== 0) tooMuch('rampUpS', `which is for a closed loop, and ${source} makes an open one`);
  if (hasUsers && given('parallel')) tooMuch('parallel', 'and users says how many there are');
  if (hasUsers && source && typeof draft.rate !== 'number') complain('users', 'which go with a number for rate alone');
  if (source && source !== 'schedule' && countDrawn(draft) > MOST_STARTS)
    complain(source, 'more than 10 million starts');
  if (draft.probePrompt !== null && draft.probeRate === null) {
    tooMuch('probePrompt', 'and no probe-rate (PROBE_RATE) sends it');
  }
  if (source !== 'schedule' && given('speed')) tooMuch('speed', 'and there is no schedule');
  for (const name of ['arrival', 'burstiness'] as const) {
    if ((source === 'schedule' || draft.rate === 'inf') && given(name))
      tooMuch(name, 'and no gap between starts is drawn');
  }
  for (const name of ['rateStart', 'rateEnd'] as const) {
    const isNeeded = draft.rampUpStrategy !== null;
    if (isNeeded && draft[name] === null) complain(name, 'which ramp-up-strategy needs');
    if (!isNeeded && draft[name] !== null) tooMuch(name, 'and there is no ramp-up-strategy');
  }
  if (draft.rampUpStrategy !== null && number === null && durationS !== null)
    complain('number', 'which ramp-up-strategy needs');
  if (draft.rateStages !== null && durationS !== null) tooMuch('durationS', 'and rate-stages have their own length');
  if (draft.rate === 'inf' && durationS !== null && number === null) {
    tooMuch('durationS', 'and rate inf starts all at once');
  }
  const isShaped = draft.arrival === 'gamma' || draft.arrival === 'weibull';
  if (draft.arrival !== null && draft.burstiness !== null && !isShaped) {
    tooMuch('burstiness', `and arrival ${draft.arrival} has none; gamma and weibull have`);
  }
  if (source !== undefined && draft.maxInFlight !== null && given('parallel') && !draft.openLoop) {
    tooMuch('parallel', 'and max-in-flight is the cap already');
  }
}

type Complain = Parameters<typeof checkLoad>[2];

/** A schedule is kept in memory as a whole, once a process. */
const MOST_STARTS = 1e7;

/** How many starts a schedule is drawn with, on average where time alone bounds it; 0 for that of a file, and none. */
function countDrawn({ number, durationS, rate, rateStages }: LoadSettings): number {
  if (rateStages !== null) return createRateProfile(rateStages).total;
  return number ?? (durationS ?? 0) * Number(rate ?? 0);
}

/** What stages say themselves. */
const BESIDE_STAGES = ['parallel', 'number', 'durationS', 'rampUpS', 'users'] as const;

function checkStages(draft: LoadSettings, given: (name: ConfigKey) => boolean, complain: Complain): void {
  const { stages } = draft;
  if (stages === null) return;
  if (!stages.some(({ target }) => target > 0)) complain('stages', 'all of its targets are 0');
  else if (lengthOf(stages) < 1) complain('stages', 'less than 1 s in all');
  const others = [...BESIDE_STAGES.filter(given), ...SOURCES.filter((name) => draft[name] !== null)];
  for (const name of others) {
    complain(name, 'and stages say that already', undefined, true);
  }
}

/** Of all stages, in seconds. */
export function lengthOf(stages: readonly { readonly durationS: number }[]): number {
  return stages.reduce((sum, { durationS }) => sum + durationS, 0);
}

function checkWarmup(
  { warmupNum, warmupDurationS, durationS, stages, rateStages }: LoadSettings,
  complain: Complain,
): void {
  if (warmupDurationS === 0) return;
  if (warmupNum > 0) complain('warmupDurationS', 'and warmup-num says that already', undefined, true);
  const stageList = stages ?? rateStages;
  const lengthS = stageList === null ? durationS : lengthOf(stageList);
  if (lengthS !== null && warmupDurationS >= lengthS) {
    complain('warmupDurationS', `not shorter than the load, ${lengthS} s`, `${lengthS / 10}s`);
  }
}
