import type { GateResult } from '../../../verdict/judge-gates.ts';
import type { NothingMeasured } from '../../../verdict/nothing-measured.ts';
import type { ThresholdResult } from '../../../verdict/threshold-result.ts';
import { describeNothing } from '../../text/check-list.ts';
import { describeThresholdOutcome } from '../../text/outcome-text.ts';
import type { ThresholdRow } from '../report-data.ts';

const NO_CONDITION = { metric: null, value: null, unit: null, margin_ratio: null } as const;

/** Gates and k6's thresholds as rows of one table, gates first; before them, that nothing was measured. */
export function listThresholds(
  gates: readonly GateResult[],
  thresholds: readonly ThresholdResult[],
  nothing: NothingMeasured | null = null,
): ThresholdRow[] {
  return [
    ...(nothing === null
      ? []
      : [{ ...NO_CONDITION, expression: describeNothing(nothing).name, ok: false, note: nothing.text }]),
    ...gates.map(({ gate, ok, value, limit, margin, note, unit }): ThresholdRow => {
      return { metric: null, expression: gate, ok, value, unit, margin_ratio: toRatio(margin, limit), note };
    }),
    ...thresholds.map(({ metric, expression, ok, value = null, limit, margin = null }): ThresholdRow => {
      const isJudged = limit !== undefined;
      const note = value === null && isJudged ? describeThresholdOutcome({ metric, expression, ok, value }) : null;
      return { metric, expression, ok, value, unit: null, margin_ratio: toRatio(margin, limit), note };
    }),
  ];
}

/** A margin over its limit; null without either, and at a limit of 0, where a share of it says nothing. */
function toRatio(margin: number | null, limit: number | undefined): number | null {
  if (margin === null || limit === undefined || limit === 0 || !Number.isFinite(limit)) return null;
  return margin / Math.abs(limit);
}
