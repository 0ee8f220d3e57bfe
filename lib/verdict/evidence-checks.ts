import { formatCount } from '../shared/format-count.ts';
import { isBelowRate, type OpenLoopSummary } from '../stats/open-loop.ts';
import type { RunEvidence } from './validity.ts';
import { type Check, toCheck } from './validity-checks.ts';

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

/** A rate of starts that is not the asked one. */
export function describeLowRate(open: OpenLoopSummary): string[] {
  const { achieved_per_s, scheduled_per_s } = open;
  return isBelowRate(open)
    ? [`${achieved_per_s?.toFixed(2)} of ${scheduled_per_s?.toFixed(2)} requests/s were reached`]
    : [];
}
