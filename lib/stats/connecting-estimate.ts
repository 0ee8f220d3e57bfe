import type { Milliseconds } from '../shared/units.ts';
import { choosePercentile } from './percentile-rule.ts';
import { sortValues } from './sorted-values.ts';

/** What connecting takes in a run whose transport does not say it of a request, by probes beside the requests. */
export interface ConnectingEstimate {
  /** The median of the probes. */
  readonly connect_ms: Milliseconds;
  /** Half of what lies between their 10th and 90th percentile. */
  readonly plus_minus_ms: Milliseconds;
  readonly probes: number;
}

/** Fewer do not show how far they lie apart. */
export const FEWEST_PROBES = 3;

/** @returns null below three probes */
export function estimateConnecting(probes: readonly Milliseconds[]): ConnectingEstimate | null {
  if (probes.length < FEWEST_PROBES) return null;
  const sorted = sortValues(Float64Array.from(probes));
  const at = (percent: number): number => choosePercentile('linear')(sorted, percent) as number;
  return { connect_ms: at(50), plus_minus_ms: (at(90) - at(10)) / 2, probes: probes.length };
}
