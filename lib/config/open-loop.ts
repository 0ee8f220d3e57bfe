import type { RunConfig } from './parameters.ts';

/** What gives an open loop its starts; a run has at most one of them. */
export const SOURCES = ['rate', 'rateStages', 'rampUpStrategy', 'schedule'] as const;

/** Settings that say nothing without one of them. */
export const OF_OPEN_LOOP = ['openLoop', 'arrival', 'burstiness', 'maxInFlight', 'startAt'] as const;

/** All of which `checkLoad` wants to be right by themselves. */
export const LOAD_SETTINGS = [
  ...SOURCES,
  ...OF_OPEN_LOOP,
  ...(['users', 'probeRate', 'probePrompt', 'rateStart', 'rateEnd', 'speed', 'rampUpS', 'durationS'] as const),
  ...(['number', 'parallel', 'stages', 'warmupNum', 'warmupDurationS'] as const),
] as const;

export type LoadSettings = Pick<RunConfig, (typeof LOAD_SETTINGS)[number]>;

/** Whether requests start by a schedule, whatever happens to earlier ones. */
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
