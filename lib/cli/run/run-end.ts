import type { K6Thresholds } from '../../conditions/check-thresholds.ts';
import { nameStop, STOP_FLAGS } from '../../conditions/stop-rules.ts';
import { EXIT_CODES } from '../../shared/errors.ts';
import { ownValue } from '../../shared/own-value.ts';
import type { ThresholdResult } from '../../verdict/threshold-result.ts';
import type { EngineExit } from './run-in-k6.ts';

/** How an engine's run ended, and what may have ended it. */
export interface RunEnd extends Pick<EngineExit, 'exitCode' | 'killedBy'> {
  /** The command's own stop; its reason is the signal's name where a signal made it. */
  readonly signal?: AbortSignal | undefined;
  readonly thresholds: K6Thresholds;
  /** How they came out; empty where the engine did not get that far. */
  readonly results: readonly ThresholdResult[];
}

/**
 * What cut a run short, as a reason of the verdict names it: `stopped by Ctrl-C`.
 *
 * @returns null for a run that came to its end, or may have
 */
export function describeCut({ exitCode, killedBy, signal, thresholds, results }: RunEnd): string | null {
  // The signal that a stop sends kills an engine that has only just begun.
  if (signal?.aborted === true && (killedBy === null || killedBy === 'SIGINT')) return describeStop(signal.reason);
  if (killedBy !== null) return `the engine was killed (${killedBy})`;
  switch (exitCode) {
    case EXIT_CODES.ok:
      return null;
    case EXIT_CODES.thresholdsCrossed: {
      const rule = results.find(({ metric, ok }) => !ok && metric.startsWith(STOP_FLAGS));
      if (rule !== undefined) return nameStop(rule);
      return results.some((result) => !result.ok && mayAbort(result, thresholds))
        ? 'a threshold with abortOnFail ended the run'
        : null;
    }
    case EXIT_CODES.interrupted:
      return 'the engine was stopped by a signal';
    case EXIT_CODES.aborted:
      return 'the script aborted the run';
    default:
      return `the engine ended with exit code ${exitCode}`;
  }
}

/** A stop of this command. */
function describeStop(reason: unknown): string {
  if (reason === 'SIGINT') return 'stopped by Ctrl-C';
  return typeof reason === 'string' ? `stopped by ${reason}` : 'stopped by the calling code';
}

function mayAbort({ metric, expression }: ThresholdResult, thresholds: K6Thresholds): boolean {
  return (ownValue(thresholds, metric) ?? []).some(
    (item) => typeof item !== 'string' && item.threshold === expression && item.abortOnFail === true,
  );
}
