import type { RequestRecord } from '../measure/request-record.ts';
import { COALESCED_BELOW_MS } from '../shared/units.ts';
import { classifyError, type ErrorClass } from './classify-error.ts';
import type { RunMeasure } from './gate-names.ts';

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
  read(measure: RunMeasure, facts: RunFacts): number | null;
}

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
    input: 0,
    output: 0,
    cached: 0,
    cacheable: 0,
    gaps: 0,
    coalesced: 0,
  };
  const known = { input: 0, output: 0 };

  function addCompleted(record: RequestRecord): void {
    sums.completed += 1;
    sums.input += record.input_tokens ?? 0;
    sums.output += record.output_tokens ?? 0;
    if (record.input_tokens !== null) known.input += 1;
    if (record.output_tokens !== null) known.output += 1;
    if (record.cached_tokens !== null && record.input_tokens !== null) {
      sums.cached += record.cached_tokens;
      sums.cacheable += record.input_tokens;
    }
    if (record.clock_steps !== undefined) return;
    sums.gaps += record.chunk_gaps_ms.length;
    for (const gap of record.chunk_gaps_ms) if (gap < COALESCED_BELOW_MS) sums.coalesced += 1;
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
    read(measure, { timeTakenMs, unfinished, droppedIterations }) {
      // A cancelled request is neither good nor bad, so shares are of the others.
      const judged = sums.completed + sums.failed + unfinished;
      const share = (count: number, of = judged): number | null => (of === 0 ? null : count / of);
      // As in the tables: without a completed request there is no throughput, rather than one of 0.
      const perSecond = (count: number): number | null =>
        sums.completed === 0 || timeTakenMs === null || timeTakenMs <= 0 ? null : (count / timeTakenMs) * 1000;
      switch (measure) {
        case 'success_rate':
          return share(sums.completed);
        case 'failure_rate':
          return share(sums.failed + unfinished);
        case 'rate_limited_rate':
          return share(classes.rate_limited);
        case 'auth_error_rate':
          return share(classes.auth_error);
        case 'client_error_rate':
          return share(classes.client_error);
        case 'server_error_rate':
          return share(classes.server_error);
        case 'aborted_rate':
          return share(classes.aborted + unfinished);
        case 'coalesced_ratio':
          return share(sums.coalesced, sums.gaps);
        case 'cached_ratio':
          return share(Math.min(sums.cached, sums.cacheable), sums.cacheable);
        case 'requests_per_s':
          return perSecond(sums.completed);
        case 'output_tokens_per_s':
          return known.output === 0 ? null : perSecond(sums.output);
        case 'input_tokens_per_s':
          return known.input === 0 ? null : perSecond(sums.input);
        case 'total_tokens_per_s':
          return known.input === 0 || known.output === 0 ? null : perSecond(sums.input + sums.output);
        case 'total_requests':
          return judged + sums.cancelled;
        case 'completed_requests':
          return sums.completed;
        case 'failed_requests':
          return sums.failed + unfinished;
        case 'dropped_requests':
          return droppedIterations;
        default:
          return measure satisfies never;
      }
    },
  };
}
