import { formatCount } from '../shared/format-count.ts';
import type { Milliseconds } from '../shared/units.ts';
import type { RunEvidence } from './validity.ts';
import { type Check, LATE_MS, toCheck } from './validity-checks.ts';

// The script of a k6 run alone has none of this: its bundle goes without these (esbuild.lazy-part.mjs).

/** What cut a run short, records that are missing, and what is wrong with the samples. */
export function checkRecords(planned: number, evidence: RunEvidence): Check[] {
  return [
    {
      about: 'data',
      value: planned === 0 && evidence.cut_short_by !== null ? 1 : 0,
      suspect: 0,
      invalid: Number.POSITIVE_INFINITY,
      unit: 'count',
      tell: () => `the run ended before its time: ${evidence.cut_short_by}`,
    },
    {
      about: 'data',
      value: evidence.lost_records,
      suspect: 0,
      invalid: 0,
      unit: 'count',
      tell: (value) =>
        `the records of ${formatCount(Number(value), 'request')} are missing, as after a disk ran full; the tables lack them`,
    },
    ...evidence.sample_faults.map(toCheck),
  ];
}

/** Whether requests may have completed, for all that is known. */
export function lacksRecords({ lost_records = 0, sample_faults = [] }: Partial<RunEvidence>): boolean {
  return lost_records > 0 || sample_faults.some(({ makes }) => makes === 'INVALID');
}

/** Whether anything is wrong with the samples. */
export function hasFaults({ sample_faults = [] }: Partial<RunEvidence>): boolean {
  return sample_faults.length > 0;
}

/**
 * Above 80 % CPU a machine queues, so timings may have waited for their turn; whether they did, the waits tell, so it alone
 * makes nothing INVALID.
 */
export function checkMachine({ cpu_ratio }: RunEvidence): Check[] {
  return [
    {
      about: 'client',
      value: cpu_ratio,
      suspect: 0.8,
      invalid: Number.POSITIVE_INFINITY,
      unit: 'ratio',
      tell: (value) => `the client used ${value} of this machine's CPU`,
    },
  ];
}

/**
 * What to do about late starts of a load that was ready after START_AT.
 *
 * @param lateMs   of the starts, their p99
 * @param behindMs how long after START_AT it was ready; 0 where it was in time
 * @returns null where that does not explain them: it explains starts that are no later than itself
 */
export function adviseStart(lateMs: Milliseconds, behindMs: Milliseconds): string | null {
  if (lateMs <= LATE_MS || behindMs <= LATE_MS || lateMs > behindMs + LATE_MS) return null;
  return `: the load was ready ${(behindMs / 1000).toFixed(3)} s after --start-at: set it later (START_AT)`;
}
