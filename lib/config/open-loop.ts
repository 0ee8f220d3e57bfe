import type { ConfigKey, RunConfig } from './parameters.ts';

/** What gives an open loop its starts; a run has at most one of them. */
const SOURCES = ['rate', 'rateStages', 'rampUpStrategy', 'schedule'] as const;

/** Settings that say nothing without one of them. */
const OF_OPEN_LOOP = ['openLoop', 'arrival', 'burstiness', 'maxInFlight', 'startAt'] as const;

/** All of which `checkLoad` wants to be right by themselves. */
export const LOAD_SETTINGS = [
  ...SOURCES,
  ...OF_OPEN_LOOP,
  ...(['users', 'probeRate', 'probePrompt', 'rateStart', 'rateEnd', 'speed', 'rampUpS', 'durationS'] as const),
  ...(['number', 'parallel', 'stages', 'warmupNum', 'warmupDurationS'] as const),
] as const;

type LoadSettings = Pick<RunConfig, (typeof LOAD_SETTINGS)[number]>;

/** Whether requests start by a schedule, whatever becomes of those before. */
export function isOpenLoop(config: Pick<RunConfig, (typeof SOURCES)[number] | 'users'>): boolean {
  // Users wait for their answers, at whatever rate. Scripts without conversations know no such setting.
  return (config.users ?? null) === null && SOURCES.some((name) => config[name] !== null);
}

/**
 * The most requests in flight, beyond which an open loop queues; null: no cap, and in a closed loop.
 *
 * As in evalscope, `parallel` beside a rate is that cap, and has no effect beside `open-loop`.
 */
export function capOf(config: LoadSettings & Pick<RunConfig, 'given'>): number | null {
  if (!isOpenLoop(config)) return null;
  return config.maxInFlight ?? (config.given.has('parallel') && !config.openLoop ? config.parallel : null);
}

/** Requests in flight as the tables have them: of an open loop its cap, null without one. */
export function concurrencyOf(config: LoadSettings & Pick<RunConfig, 'given'>): number | null {
  return isOpenLoop(config) ? capOf(config) : config.parallel;
}

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
  if (source === undefined) {
    for (const name of OF_OPEN_LOOP) {
      if (given(name)) tooMuch(name, 'and there is no rate (--rate, RATE) or schedule that it could be about');
    }
  } else if ((draft.users ?? null) !== null) {
    for (const name of [...OF_OPEN_LOOP, 'parallel'] as const) {
      if (given(name)) tooMuch(name, 'and users start their turns evenly');
    }
    if (typeof draft.rate !== 'number') complain('users', 'which go with a number for rate, and no other schedule');
  } else if (draft.rampUpS !== 0) tooMuch('rampUpS', `which is for a closed loop, and ${source} makes an open one`);
  if (draft.probePrompt !== null && draft.probeRate === null) {
    tooMuch('probePrompt', 'and no probe-rate (PROBE_RATE) sends it');
  }
  if (source !== 'schedule' && given('speed')) tooMuch('speed', 'and there is no schedule to speed up');
  for (const name of ['arrival', 'burstiness'] as const) {
    if (source === 'schedule' && given(name)) tooMuch(name, 'and the schedule says when requests start');
  }
  for (const name of ['rateStart', 'rateEnd'] as const) {
    const isNeeded = draft.rampUpStrategy !== null;
    if (isNeeded && draft[name] === null) complain(name, 'which ramp-up-strategy needs');
    if (!isNeeded && draft[name] !== null) tooMuch(name, 'and there is no ramp-up-strategy');
  }
  if (draft.rateStages !== null && durationS !== null) tooMuch('durationS', 'and rate-stages have their own length');
  if (draft.rate === 'inf' && durationS !== null && number === null) {
    tooMuch('durationS', 'and all requests start at once at rate inf: number says how many');
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

/** What stages say themselves. */
const BESIDE_STAGES = ['parallel', 'number', 'durationS', 'rampUpS', 'users'] as const;

function checkStages(draft: LoadSettings, given: (name: ConfigKey) => boolean, complain: Complain): void {
  const { stages } = draft;
  if (stages === null) return;
  if (!stages.some(({ target }) => target > 0)) complain('stages', 'nothing is ever sent: all of its targets are 0');
  else if (lengthOf(stages) < 1) complain('stages', 'less than 1 s in all');
  const others = [...BESIDE_STAGES.filter(given), ...SOURCES.filter((name) => draft[name] !== null)];
  for (const name of others) {
    complain(name, 'and stages say already how many requests are in flight, and for how long', undefined, true);
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
  if (warmupNum > 0)
    complain('warmupDurationS', 'and warmup-num says already which requests come first', undefined, true);
  const stageList = stages ?? rateStages;
  const lengthS = stageList === null ? durationS : lengthOf(stageList);
  if (lengthS !== null && warmupDurationS >= lengthS) {
    complain('warmupDurationS', `not shorter than the load, ${lengthS} s`, `${lengthS / 10}s`);
  }
}
