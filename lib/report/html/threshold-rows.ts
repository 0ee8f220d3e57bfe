import { evaluateThreshold, type Sink } from '../../verdict/evaluate.ts';
import { parseThresholdExpression } from '../../verdict/threshold-grammar.ts';
import type { ThresholdResult } from '../render-report.ts';
import type { ThresholdRow } from './report-data.ts';

/**
 * Thresholds with what was observed and how far it is from the limit.
 *
 * The engine judged; here the value is looked up again in the records. Where they have none (k6's own metrics, metrics of
 * one tag), or give another verdict than the engine, no value is shown.
 * @param approximate metrics whose values are known to about one percent only
 */
export function describeThresholds(
  thresholds: readonly ThresholdResult[],
  sinks: Readonly<Record<string, Sink>>,
  approximate: readonly string[] = [],
): ThresholdRow[] {
  return thresholds.map(({ metric, expression, ok }) => {
    const parsed = parseThresholdExpression(expression);
    const sink = Object.hasOwn(sinks, metric) ? sinks[metric] : undefined;
    const limit = parsed !== null && Number.isFinite(parsed.limit) ? parsed.limit : null;
    const judgement = parsed === null || sink === undefined ? null : evaluateSafely(parsed, sink);
    const observed = judgement !== null && judgement.passed === ok ? judgement.observed : null;
    const margin = observed === null || limit === null || limit === 0 ? null : (limit - observed) / Math.abs(limit);
    const isUpper = parsed?.operator.startsWith('<') === true;
    const isLower = parsed?.operator.startsWith('>') === true;
    return {
      metric,
      expression,
      ok,
      observed,
      approximate: observed !== null && approximate.includes(metric),
      limit,
      margin_ratio: margin === null || !(isUpper || isLower) ? null : isUpper ? margin : -margin,
    };
  });
}

/** A method that the metric does not have gives no value. */
function evaluateSafely(...args: Parameters<typeof evaluateThreshold>): ReturnType<typeof evaluateThreshold> | null {
  try {
    return evaluateThreshold(...args);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
