import type { RunSummary } from '../stats/run-summary.ts';

/** Whether a measurement can be believed: VALID, SUSPECT (look at the reasons), INVALID (the client was the bottleneck). */
type ValidityVerdict = 'VALID' | 'SUSPECT' | 'INVALID';

export interface Validity {
  readonly verdict: ValidityVerdict;
  /** Why it is not VALID, a sentence each with its number. */
  readonly reasons: readonly string[];
}

/** What only the machine can tell of a run. */
export interface MachineEvidence {
  /** CPU time of the client over wall time and cores, 0 to 1; null where nobody measured. */
  readonly cpu_ratio: number | null;
  /** p99 of how late the client's event loop came round; null where nobody measured, and in k6, which has none. */
  readonly event_loop_delay_ms: number | null;
  /** Requests that the engine counted and whose records are not there, as after a disk ran full. */
  readonly lost_records: number;
}

/** A number beyond its limits, and how it is told. */
interface Check {
  readonly value: number | null;
  readonly suspect: number;
  readonly invalid: number;
  readonly tell: (value: string) => string;
  readonly unit: 'ms' | 'ratio' | 'count';
}

/**
 * Limits. Lag: an error of 2 ms can be seen beside a gap of 20 ms between tokens, one of 20 ms is as large as what is
 * measured. Coalesced chunks may be the server's doing, so they alone make nothing INVALID. CPU: above 80 % a machine
 * queues, so timings wait for their turn.
 */
function listChecks(summary: RunSummary, machine: MachineEvidence): Check[] {
  const requests = Math.max(1, summary.total_requests);
  return [
    {
      value: summary.client_lag_p99_ms,
      suspect: 2,
      invalid: 20,
      unit: 'ms',
      tell: (value) => `the client's own timers were up to ${value} late (p99), and so were the times it took`,
    },
    {
      value: machine.event_loop_delay_ms,
      suspect: 5,
      invalid: 50,
      unit: 'ms',
      tell: (value) =>
        `the client's event loop came round up to ${value} late (p99), and read what had arrived as late`,
    },
    {
      value: summary.late_p99_ms,
      suspect: 10,
      invalid: 100,
      unit: 'ms',
      tell: (value) => `requests started up to ${value} after their schedule (p99)`,
    },
    {
      value: summary.dropped_iterations / requests,
      suspect: 0,
      invalid: 0.05,
      unit: 'ratio',
      tell: (value) => `requests that were planned and never started: ${value} of those sent`,
    },
    {
      value: summary.clock_step_requests / requests,
      suspect: 0,
      invalid: 0.05,
      unit: 'ratio',
      tell: (value) => `the clock was set during ${value} of the requests; their timings are left out`,
    },
    {
      value: summary.coalesced_ratio,
      suspect: 0.2,
      invalid: Number.POSITIVE_INFINITY,
      unit: 'ratio',
      tell: (value) => `${value} of the chunks arrived together with the one before, so ITL shows bundling`,
    },
    {
      value: machine.lost_records,
      suspect: 0,
      invalid: 0,
      unit: 'count',
      tell: (value) => `the records of ${value} requests are missing, as after a disk ran full; the tables lack them`,
    },
    {
      value: machine.cpu_ratio,
      suspect: 0.8,
      invalid: 0.95,
      unit: 'ratio',
      tell: (value) => `the client used ${value} of this machine's CPU`,
    },
  ];
}

const NO_EVIDENCE: MachineEvidence = { cpu_ratio: null, event_loop_delay_ms: null, lost_records: 0 };

/** Judges a run by the traces that a client at its limit leaves. Without evidence a check says nothing. */
export function judgeValidity(summary: RunSummary, machine: MachineEvidence = NO_EVIDENCE): Validity {
  const beyond = listChecks(summary, machine).filter(({ value, suspect }) => value !== null && value > suspect);
  const isInvalid = beyond.some(({ value, invalid }) => (value as number) > invalid);
  return {
    verdict: isInvalid ? 'INVALID' : beyond.length > 0 ? 'SUSPECT' : 'VALID',
    reasons: beyond.map(({ value, unit, tell }) => tell(formatValue(value as number, unit))),
  };
}

function formatValue(value: number, unit: Check['unit']): string {
  if (unit === 'ms') return `${value.toFixed(1)} ms`;
  return unit === 'ratio' ? `${(value * 100).toFixed(1)} %` : String(value);
}
