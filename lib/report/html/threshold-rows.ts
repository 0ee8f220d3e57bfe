import type { GateResult } from '../../verdict/judge-gates.ts';
import type { ThresholdResult } from '../../verdict/threshold-result.ts';
import type { ThresholdRow } from './report-data.ts';

/** Gates and k6's thresholds as rows of one table, gates first. */
export function listThresholds(gates: readonly GateResult[], thresholds: readonly ThresholdResult[]): ThresholdRow[] {
  return [
    ...gates.map(
      ({ gate, ok, value, limit, margin, note, unit }): ThresholdRow => ({
        metric: null,
        expression: gate,
        ok,
        value,
        unit,
        margin_ratio: toRatio(margin, limit),
        note,
      }),
    ),
    ...thresholds.map(
      ({ metric, expression, ok, value = null, limit, margin = null }): ThresholdRow => ({
        metric,
        expression,
        ok,
        value,
        unit: null,
        margin_ratio: toRatio(margin, limit),
        note: null,
      }),
    ),
  ];
}

/** A margin over its limit; null without either, and at a limit of 0, where a share of it says nothing. */
function toRatio(margin: number | null, limit: number | undefined): number | null {
  if (margin === null || limit === undefined || limit === 0 || !Number.isFinite(limit)) return null;
  return margin / Math.abs(limit);
}
