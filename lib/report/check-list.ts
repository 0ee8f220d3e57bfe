import type { GateResult } from '../verdict/judge-gates.ts';
import type { ThresholdResult } from '../verdict/threshold-result.ts';
import { describeGateOutcome, describeThresholdOutcome } from './outcome-text.ts';

/** Everything that decides whether a run passes. */
export interface RunVerdict {
  readonly thresholds: readonly ThresholdResult[];
  readonly gates: readonly GateResult[];
  readonly validity: { readonly verdict: 'VALID' | 'SUSPECT' | 'INVALID'; readonly reasons: readonly string[] };
  /** true: an INVALID measurement does not pass. */
  readonly requireValid: boolean;
}

/** One condition and how it came out, the same for every form of report. */
export interface Check {
  readonly group: 'thresholds' | 'gates' | 'measurement';
  readonly name: string;
  readonly ok: boolean;
  /** Value and distance from the limit, or why there is none; null where nobody tells. */
  readonly detail: string | null;
}

/** The conditions of a run in the order of the report: thresholds, gates, and whether the measurement can be believed. */
export function listChecks({ thresholds, gates, validity, requireValid }: RunVerdict): Check[] {
  const checks: Check[] = [
    ...thresholds.map(
      (result): Check => ({
        group: 'thresholds',
        name: `${result.metric}: ${result.expression}`,
        ok: result.ok,
        detail: describeThresholdOutcome(result),
      }),
    ),
    ...gates.map(
      (result): Check => ({ group: 'gates', name: result.gate, ok: result.ok, detail: describeGateOutcome(result) }),
    ),
  ];
  if (!requireValid) return checks;
  const detail = [validity.verdict, ...validity.reasons].join('; ');
  return [
    ...checks,
    { group: 'measurement', name: 'the measurement can be believed', ok: validity.verdict !== 'INVALID', detail },
  ];
}

/** Whether every condition holds; a run without conditions passes. */
export function passes(verdict: RunVerdict): boolean {
  return listChecks(verdict).every(({ ok }) => ok);
}
