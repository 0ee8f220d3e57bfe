import type { MetricUnit } from '../../metrics/metric.ts';
import { formatDigits } from '../../shared/format-digits.ts';
import type { GateResult } from '../../verdict/judge-gates.ts';
import type { ThresholdResult } from '../../verdict/threshold-result.ts';

/** Shares in percent, all else in its unit. */
function formatAmount(value: number, unit: MetricUnit | null): string {
  if (unit === 'share') return `${formatDigits(value * 100)} %`;
  return unit === null ? formatDigits(value) : `${formatDigits(value)} ${unit}`;
}

function describe(value: number, margin: number | null, ok: boolean, unit: MetricUnit | null): string {
  const amount = formatAmount(value, unit);
  if (margin === null || !Number.isFinite(margin)) return amount;
  return `${amount}, ${formatAmount(Math.abs(margin), unit)} ${ok ? 'to spare' : 'beyond the limit'}`;
}

/** The value of a gate and its distance from the limit, or why it has none: `43.21 ms, 456.79 ms to spare`. */
export function describeGateOutcome({ value, margin, ok, unit, note }: GateResult): string {
  if (value === null) return note ?? 'no value';
  return [describe(value, margin, ok, unit), ...(note === null ? [] : [note])].join('; ');
}

/** The same for a threshold, whose unit is its metric's; null where only the engine knows the value. */
export function describeThresholdOutcome({ value, margin, ok }: ThresholdResult): string | null {
  if (value === undefined) return null;
  if (value === null) return ok ? 'no value, which k6 passes' : 'no value';
  return describe(value, margin ?? null, ok, null);
}

/** Why a run does not pass that crossed nothing, as lines of the report. */
export function describeRequired({ requireValid = false, validity, nothing = null }: Requirement): string[] {
  const verdict = validity?.verdict;
  if (!requireValid || verdict === undefined || verdict === 'VALID' || verdict === 'SUSPECT' || nothing !== null)
    return [];
  return ['', `Required to be valid (--require-valid): crossed, since the measurement is ${verdict}`];
}

interface Requirement {
  readonly requireValid?: boolean;
  readonly validity?: { readonly verdict: string };
  readonly nothing?: object | null;
}
