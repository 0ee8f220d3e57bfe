import type { SampleFault } from '../records/node-read-report.ts';

/** A number beyond its limits, and how it is worded. */
export interface Check {
  /** `data`: what is missing, however short the run; `client`: how the client fared, which takes time to show. */
  readonly about: 'data' | 'client';
  readonly value: number | null;
  readonly suspect: number;
  readonly invalid: number;
  readonly tell: (value: string) => string;
  readonly unit: 'ms' | 'ratio' | 'count';
}

/** More than 1 % of the starts later than this is a schedule that was not kept. */
export const LATE_MS = 10;

/** What is wrong with the samples, or with the schedule, as a check that is beyond its limit. */
export function toCheck({ makes, text }: SampleFault): Check {
  const invalid = makes === 'INVALID' ? 0 : Number.POSITIVE_INFINITY;
  return { about: 'data', value: 1, suspect: 0, invalid, unit: 'count', tell: () => text };
}
