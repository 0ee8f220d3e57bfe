import type { K6Thresholds } from './check-thresholds.ts';

/** k6's metrics on which the rules that end a run are judged; a bundle makes them where the rule is set. */
export const MAX_ERRORS = 'llm_max_errors';
export const MAX_ERROR_RATE = 'llm_max_error_rate';

/** A share as a whole number, since sums of it must be exact. */
const PARTS = 1e6;

/** More than any run adds up to, so that the sum stays below the limit until as much is added, once. */
const HOLD = 1e15;

/** The settings of the rules. */
interface StopRules {
  readonly maxErrors: number | null;
  /** 0 to 1. */
  readonly maxErrorRate: number | null;
}

/** What a request adds to the counter of `max-error-rate`: above 0 in sum exactly where the share of failed ones is above the rate. */
export function errorExcess(failed: boolean, maxErrorRate: number): number {
  return (failed ? PARTS : 0) - Math.round(maxErrorRate * PARTS);
}

/** What is added once when enough requests have finished; before, the sum is below its limit whatever they add. */
export function errorRateLimit(maxErrorRate: number): number {
  return HOLD + Math.round(maxErrorRate * PARTS);
}

/** The rules as thresholds of an engine. k6's grammar has neither a fewest number of samples nor two numbers in one condition. */
export function stopThresholds({ maxErrors, maxErrorRate }: StopRules): K6Thresholds {
  const stop = (threshold: string): K6Thresholds[string] => [{ threshold, abortOnFail: true }];
  return {
    ...(maxErrors === null ? {} : { [MAX_ERRORS]: stop(`count<${maxErrors}`) }),
    ...(maxErrorRate === null ? {} : { [MAX_ERROR_RATE]: stop(`count<=${errorRateLimit(maxErrorRate)}`) }),
  };
}

/** Metrics of rules that are not set, which a bundle does without. */
export function listUnusedMetrics({ maxErrors, maxErrorRate }: StopRules): string[] {
  return [...(maxErrors === null ? [MAX_ERRORS] : []), ...(maxErrorRate === null ? [MAX_ERROR_RATE] : [])];
}

/** What the flags of all rules begin with. */
export const STOP_FLAGS = '--max-error';

/** What ended a run, as its verdict names it: `--max-errors 10 ended it`. */
export function nameStop({ metric, expression }: { readonly metric: string; readonly expression: string }): string {
  return `too many requests failed (${metric} ${expression})`;
}

/** The rule behind a threshold of an engine, as the user wrote it: `--max-error-rate`, `0.5`; null for any other threshold. */
export function readStopRule(
  metric: string,
  expression: string,
): { readonly flag: string; readonly limit: number } | null {
  const limit = Number(expression.replace(/^\D*/, ''));
  if (metric === MAX_ERRORS) return { flag: '--max-errors', limit };
  return metric === MAX_ERROR_RATE ? { flag: '--max-error-rate', limit: (limit - HOLD) / PARTS } : null;
}
