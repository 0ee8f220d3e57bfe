import type { RequestRecord } from '../measure/request-record.ts';
import { isCoalesced } from '../metrics/coalesced.ts';
import type { RunCounts } from '../metrics/metric.ts';
import { RUN_METRICS, type RunMetricName } from '../metrics/run-metrics.ts';
import { classifyError, type ErrorClass } from './classify-error.ts';

/** What of a whole run the gates on a part of it need. */
export interface RunFacts {
  /** First start to last end over all requests, whatever a gate selects; null or 0: nothing has a rate per second. */
  readonly timeTakenMs: number | null;
  /** Requests without a record that may belong to the part; they failed, aborted. */
  readonly unfinished: number;
  readonly droppedIterations: number;
}

/** Counts the requests of a run, or of the part that a selector picks. */
export interface RunTally {
  add(record: RequestRecord): void;
  /** null: no value, as of a rate without requests. */
  read(metric: RunMetricName, facts: RunFacts): number | null;
}

const BY_NAME = new Map(RUN_METRICS.map((metric) => [metric.name, metric]));

export function createRunTally(): RunTally {
  const classes: Record<ErrorClass, number> = {
    rate_limited: 0,
    auth_error: 0,
    client_error: 0,
    server_error: 0,
    aborted: 0,
  };
  const sums = {
    completed: 0,
    failed: 0,
    cancelled: 0,
    inputTokens: 0,
    outputTokens: 0,
    cachedTokens: 0,
    cacheableTokens: 0,
    gaps: 0,
    coalescedGaps: 0,
  };
  const known = { input: 0, output: 0 };

  function addCompleted(record: RequestRecord): void {
    sums.completed += 1;
    sums.inputTokens += record.input_tokens ?? 0;
    sums.outputTokens += record.output_tokens ?? 0;
    if (record.input_tokens !== null) known.input += 1;
    if (record.output_tokens !== null) known.output += 1;
    if (record.cached_tokens !== null && record.input_tokens !== null) {
      sums.cachedTokens += record.cached_tokens;
      sums.cacheableTokens += record.input_tokens;
    }
    if (record.clock_steps !== undefined) return;
    sums.gaps += record.chunk_gaps_ms.length;
    for (const gap of record.chunk_gaps_ms) if (isCoalesced(gap)) sums.coalescedGaps += 1;
  }

  return {
    add(record) {
      if (record.failure !== null) {
        sums.failed += 1;
        classes[classifyError(record.failure)] += 1;
      } else if (record.outcome === 'cancelled') {
        sums.cancelled += 1;
      } else {
        addCompleted(record);
      }
    },
    read(metric, { timeTakenMs, unfinished, droppedIterations }) {
      const counts: RunCounts = {
        ...sums,
        ...classes,
        failed: sums.failed + unfinished,
        aborted: classes.aborted + unfinished,
        dropped: droppedIterations,
        inputTokens: known.input === 0 ? null : sums.inputTokens,
        outputTokens: known.output === 0 ? null : sums.outputTokens,
        timeTakenMs,
      };
      return BY_NAME.get(metric)?.read(counts) ?? null;
    },
  };
}
