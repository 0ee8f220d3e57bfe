import type { GateResult } from '../../verdict/judge-gates.ts';
import type { NothingMeasured } from '../../verdict/nothing-measured.ts';
import type { ThresholdResult } from '../../verdict/threshold-result.ts';
import type { Validity } from '../../verdict/validity.ts';
import { describeGateOutcome, describeThresholdOutcome } from './outcome-text.ts';

/** Everything that decides whether a run passes. */
export interface RunVerdict {
  readonly thresholds: readonly ThresholdResult[];
  readonly gates: readonly GateResult[];
  readonly validity: Validity;
  /** true: a measurement that is INVALID, or NOT JUDGED, does not pass. */
  readonly requireValid: boolean;
  /** What keeps a run that measured nothing from passing; null when a request completed. */
  readonly nothing: NothingMeasured | null;
}

/** One condition and how it came out, the same for every form of report. */
export interface Check {
  readonly group: 'thresholds' | 'gates' | 'measurement';
  readonly name: string;
  /** `error`: there was no run; `no-value`: nothing was compared, which k6 passes. */
  readonly state: 'passed' | 'crossed' | 'error' | 'no-value';
  /** Value and distance from the limit, or why there is none; null where nobody tells. */
  readonly detail: string | null;
}

/**
 * The conditions of a run in the order of the report: whether anything was measured, thresholds, gates, and whether the
 * measurement can be believed. Where there was no run, nothing else was judged.
 */
export function listChecks({ thresholds, gates, validity, requireValid, nothing }: RunVerdict): Check[] {
  const isRun = nothing?.state !== 'no-run';
  const state = (ok: boolean, value?: number | null): Check['state'] => {
    if (!isRun) return 'no-value';
    return ok && value === null ? 'no-value' : ok ? 'passed' : 'crossed';
  };
  const checks: Check[] = [
    ...describeNothing(nothing),
    ...thresholds.map(
      (result): Check => ({
        group: 'thresholds',
        name: `${result.metric}: ${result.expression}`,
        state: state(result.ok, result.value),
        detail: isRun ? describeThresholdOutcome(result) : 'there was no run',
      }),
    ),
    ...gates.map(
      (result): Check => ({
        group: 'gates',
        name: result.gate,
        state: state(result.ok),
        detail: isRun ? describeGateOutcome(result) : 'there was no run',
      }),
    ),
  ];
  if (!requireValid || !isRun) return checks;
  const detail = [validity.verdict, ...validity.reasons].join('; ');
  const isBelieved = validity.verdict === 'VALID' || validity.verdict === 'SUSPECT';
  return [
    ...checks,
    { group: 'measurement', name: 'the measurement can be believed', state: state(isBelieved), detail },
  ];
}

/** Nothing where a request completed, as that goes without saying. */
function describeNothing(nothing: NothingMeasured | null): Check[] {
  if (nothing === null) return [];
  const { state, text } = nothing;
  return state === 'no-run'
    ? [{ group: 'measurement', name: 'the run took place', state: 'error', detail: text }]
    : [{ group: 'measurement', name: 'a request completed', state: 'crossed', detail: text }];
}

/** Whether a condition keeps a run from passing. */
export function hasFailed({ state }: Check): boolean {
  return state === 'crossed' || state === 'error';
}

/** Whether every condition holds; a run without conditions passes when a request completed. */
export function passes(verdict: RunVerdict): boolean {
  return !listChecks(verdict).some(hasFailed);
}
