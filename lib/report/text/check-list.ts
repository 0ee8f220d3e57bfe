import type { GateResult } from '../../verdict/judge-gates.ts';
import type { NothingMeasured } from '../../verdict/nothing-measured.ts';
import type { ThresholdResult } from '../../verdict/threshold-result.ts';
import type { Validity } from '../../verdict/validity.ts';
import { describeGateOutcome, describeThresholdOutcome } from './outcome-text.ts';

/** Everything that decides whether a run passes. */
export interface RunVerdict {
  readonly thresholds: readonly ThresholdResult[];
  readonly gates: readonly GateResult[];
  readonly validity: Pick<Validity, 'verdict' | 'reasons'>;
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

/** A threshold or a gate of a run that took place. */
interface Condition extends Pick<Check, 'name' | 'detail'> {
  readonly group: 'thresholds' | 'gates';
  readonly ok: boolean;
  readonly value: number | null | undefined;
}

/** Thresholds and gates, in the order of the report. */
export function listConditions({ thresholds, gates }: Pick<RunVerdict, 'thresholds' | 'gates'>): Condition[] {
  return [
    ...thresholds.map((result): Condition => {
      const { metric, expression, ok, value } = result;
      const detail = describeThresholdOutcome(result);
      return { group: 'thresholds', name: `${metric}: ${expression}`, ok, value, detail };
    }),
    ...gates.map((result): Condition => {
      const { gate, ok } = result;
      return { group: 'gates', name: gate, ok, value: undefined, detail: describeGateOutcome(result) };
    }),
  ];
}

/**
 * The conditions of a run in the order of the report: whether anything was measured, thresholds, gates, and whether the
 * measurement is what `--require-valid` takes. Where there was no run, nothing else was judged.
 */
export function listChecks(verdict: RunVerdict): Check[] {
  const { validity, requireValid, nothing } = verdict;
  const isRun = nothing?.state !== 'no-run';
  const checks = listConditions(verdict).map(({ group, name, ok, value, detail }): Check => {
    if (!isRun) return { group, name, state: 'no-value', detail: 'there was no run' };
    return { group, name, state: ok && value === null ? 'no-value' : ok ? 'passed' : 'crossed', detail };
  });
  if (nothing !== null) checks.unshift(describeNothing(nothing));
  if (requireValid && isRun) {
    const isBelieved = validity.verdict === 'VALID' || validity.verdict === 'SUSPECT';
    checks.push({
      group: 'measurement',
      name: '--require-valid (VALID or SUSPECT)',
      state: isBelieved ? 'passed' : 'crossed',
      detail: [validity.verdict, ...validity.reasons].join('; '),
    });
  }
  return checks;
}

/** That a run measured nothing, as a condition that does not hold; where a request completed, that goes without saying. */
export function describeNothing({ state, text }: NothingMeasured): Check {
  return state === 'no-run'
    ? { group: 'measurement', name: 'the run took place', state: 'error', detail: text }
    : { group: 'measurement', name: 'a request completed', state: 'crossed', detail: text };
}

/** Whether a condition keeps a run from passing. */
export function hasFailed({ state }: Check): boolean {
  return state === 'crossed' || state === 'error';
}

/** Whether every condition holds; a run without conditions passes when a request completed. */
export function passes(verdict: RunVerdict): boolean {
  return !listChecks(verdict).some(hasFailed);
}
