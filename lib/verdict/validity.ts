import type { SampleFault } from '../records/node-read-report.ts';
import type { Milliseconds } from '../shared/units.ts';
import { HEADLINE_METRICS, type RunSummary } from '../stats/run-summary.ts';
import { type ClientError, estimateClientErrors } from './client-error.ts';
import type { ClientWaits, ProbeWaits } from './client-waits.ts';
import { checkMachine, checkRecords, hasFaults, lacksRecords } from './evidence-checks.ts';
import type { NothingMeasured } from './nothing-measured.ts';
import { describeUnkept } from './open-loop-kept.ts';
import { countUnsent } from './unsent-requests.ts';
import { type Check, toCheck } from './validity-checks.ts';

/**
 * Whether a measurement can be believed.
 *
 * VALID; SUSPECT: look at the reasons; INVALID: the client was the bottleneck, or what was measured is not what was
 * planned; NOT JUDGED: too little was measured to tell; NO RUN: nothing was sent, so there is nothing to believe.
 */
type ValidityVerdict = 'VALID' | 'SUSPECT' | 'INVALID' | 'NOT JUDGED' | 'NO RUN';

export interface Validity {
  readonly verdict: ValidityVerdict;
  /** Why it is not VALID, a sentence each with its number. */
  readonly reasons: readonly string[];
  /** How much of each headline number may be the client's; empty where the client was not judged. */
  readonly client_errors: readonly ClientError[];
}

/** What only the machine can tell of a run. */
export interface MachineEvidence {
  /** CPU time of the client over wall time and cores, 0 to 1; null where nobody measured. */
  readonly cpu_ratio: number | null;
  /** Of the client in the Node engine, of the command line beside it in k6; null where nobody measured. */
  readonly timer_waits: ClientWaits | null;
  /** Whose timers they are. */
  readonly timers_of: 'client' | 'beside';
  /** Requests that the engine counted and whose records are not there, as after a disk ran full. */
  readonly lost_records: number;
}

/** How complete a run is, and what its records tell of the client, beside what its summary says. */
export interface RunEvidence extends MachineEvidence {
  /** Lag of the probes between requests; null where nobody measured. */
  readonly probes: ClientWaits | ProbeWaits | null;
  /** Requests start in bursts, which is where probes are taken. */
  readonly in_bursts: boolean;
  /** What is wrong with the samples: records and lines that cannot be read, damage, unlike runs in one. */
  readonly sample_faults: readonly SampleFault[];
  /** Requests that were sent and are not in the summary, since their records are not there or cannot be read. */
  readonly unread_requests: number;
  /** Requests that this run, or this part of one, was to send; null: as the summary expects, or bounded by time alone. */
  readonly planned_requests: number | null;
  /** true: the user gave the run a duration, so what it leaves out is not a fault. */
  readonly bounded_by_time: boolean;
  /** What cut the run short, as a reason names it: `stopped by Ctrl-C`; null: it came to its end, or nobody knows. */
  readonly cut_short_by: string | null;
  /** How long after START_AT the load was ready; 0 where it was in time. */
  readonly behind_start_ms: Milliseconds;
}

/** Coalesced chunks may be the server's doing, so they alone make nothing INVALID. */
function listChecks(summary: RunSummary, evidence: RunEvidence, ofErrors: readonly Check[]): Check[] {
  const requests = Math.max(1, summary.total_requests);
  const sent = summary.total_requests + evidence.lost_records + evidence.unread_requests;
  const ofClient = [...checkMachine(evidence), ...ofErrors];
  const unkept = describeUnkept(summary, { isBusy: ofClient.some(isBeyondLimit), behindMs: evidence.behind_start_ms });
  const { unsent, planned } = countUnsent({ ...summary, total_requests: sent }, evidence);
  return [
    {
      about: 'data',
      value: planned === 0 ? 0 : unsent / planned,
      suspect: 0,
      invalid: 0.05,
      unit: 'ratio',
      tell: (value) =>
        `${unsent} of the ${planned} planned requests never went out (${value}): ${nameEnd(summary, evidence)}`,
    },
    ...checkRecords(planned, evidence),
    ...(unkept === null ? [] : [toCheck({ makes: 'INVALID', text: unkept })]),
    {
      about: 'client',
      value: summary.clock_step_requests / requests,
      suspect: 0,
      invalid: 0.05,
      unit: 'ratio',
      tell: (value) => `the clock was set during ${value} of the requests; their timings are left out`,
    },
    {
      about: 'client',
      value: summary.coalesced_ratio,
      suspect: 0.2,
      invalid: Number.POSITIVE_INFINITY,
      unit: 'ratio',
      tell: (value) => `${value} of the chunks arrived together with the one before, so ITL shows bundling`,
    },
    ...ofClient,
  ];
}

function isBeyondLimit({ value, suspect }: Check): boolean {
  return value !== null && value > suspect;
}

function nameEnd(summary: RunSummary, { cut_short_by }: RunEvidence): string {
  if (cut_short_by !== null) return cut_short_by;
  return summary.dropped_iterations > 0
    ? 'the time that the engine gives a run, or its VUs, did not suffice'
    : 'the run was cut short, and nothing in it says why';
}

const NO_EVIDENCE: RunEvidence = {
  cpu_ratio: null,
  timer_waits: null,
  // Nobody but k6 runs a script without the command line.
  timers_of: 'beside',
  probes: null,
  in_bursts: false,
  lost_records: 0,
  sample_faults: [],
  unread_requests: 0,
  planned_requests: null,
  bounded_by_time: false,
  cut_short_by: null,
  behind_start_ms: 0,
};

/** An error that nobody would see, in parts of the number or in milliseconds, and one that changes what it says. */
const SMALL = { ratio: 0.05, ms: 1 };
const LARGE_RATIO = 0.2;

function isBeyond({ error_ms, value_ms }: ClientError, ratio: number): boolean {
  return error_ms > Math.max(SMALL.ms, value_ms * ratio);
}

/** Whether a mean or a median may be so far off that the run is INVALID. */
export function isLargeError(error: ClientError): boolean {
  return error.statistic !== 'p99' && isBeyond(error, LARGE_RATIO);
}

/** More lines say no more. */
const MOST_METRICS = 3;

/** The headline numbers that the client may have moved: a check for each of the first metrics that have any. */
function checkErrors(errors: readonly ClientError[]): Check[] {
  const beyond = errors.filter((error) => isBeyond(error, SMALL.ratio));
  const invalid = beyond.some(isLargeError) ? 0 : Number.POSITIVE_INFINITY;
  return HEADLINE_METRICS.flatMap((metric): Check[] => {
    const own = beyond.filter((error) => error.metric === metric);
    if (own.length === 0) return [];
    const told = own.map(
      ({ statistic, value_ms, error_ms }) => `${error_ms.toFixed(1)} of ${value_ms.toFixed(1)} ms (${statistic})`,
    );
    const name = metric === 'latency' ? metric : metric.toUpperCase();
    const text = `${name}: client delay may account for up to ${told.join(', ')}`;
    return [{ about: 'client', value: 1, suspect: 0, invalid, unit: 'count', tell: () => text }];
  }).slice(0, MOST_METRICS);
}

/** Below this a client's CPU is that of its start, and a lag is one probe. */
const SHORTEST_JUDGED_MS = 1000;

/**
 * Judges a run by the traces that a client at its limit leaves, and by what is missing. Without evidence a check says
 * nothing.
 *
 * Under a second, with nothing completed, or with nothing known of it, the client is not judged; what is missing counts
 * all the same.
 */
export function judgeValidity(summary: RunSummary, evidence: Partial<RunEvidence> = {}): Validity {
  const all = { ...NO_EVIDENCE, ...evidence };
  const errors = estimateClientErrors(summary, {
    probes: all.probes,
    timers: all.timer_waits,
    timersOf: all.timers_of,
    inBursts: all.in_bursts,
  });
  const beyond = listChecks(summary, all, checkErrors(errors)).filter(isBeyondLimit);
  const data = beyond.filter(({ about }) => about === 'data');
  const unjudged = describeUnjudged(summary) ?? (beyond.length > 0 ? null : describeUnwatched(all));
  if (unjudged !== null && !(summary.completed_requests > 0 && data.some(isInvalid)) && !lacksRecords(evidence)) {
    return { verdict: 'NOT JUDGED', reasons: [unjudged, ...data.map(tellCheck)], client_errors: [] };
  }
  const counted = unjudged === null ? beyond : data;
  return {
    verdict: counted.some(isInvalid) ? 'INVALID' : counted.length > 0 ? 'SUSPECT' : 'VALID',
    reasons: counted.map(tellCheck),
    client_errors: unjudged === null ? errors : [],
  };
}

/** The same, where there may have been no run at all: then there is no client to judge. */
export function judgeRun(
  summary: RunSummary,
  nothing: NothingMeasured | null,
  evidence: Partial<RunEvidence> = {},
): Validity {
  if (nothing?.state !== 'no-run' || lacksRecords(evidence) || hasFaults(evidence)) {
    return judgeValidity(summary, evidence);
  }
  return { verdict: 'NO RUN', reasons: [nothing.text], client_errors: [] };
}

function describeNoneOf(requests: number): string {
  return requests === 1 ? 'the only request did not complete' : `none of ${requests} requests completed`;
}

/** Why too little was measured to judge the client, and how long a run must be; null: enough. */
function describeUnjudged({ completed_requests, total_requests, time_taken_ms }: RunSummary): string | null {
  if (completed_requests === 0) {
    return `${total_requests === 0 ? 'no measured request was sent' : describeNoneOf(total_requests)}; a run is judged when requests complete, and from one second on`;
  }
  if (time_taken_ms !== null && time_taken_ms >= SHORTEST_JUDGED_MS) return null;
  const took = time_taken_ms === null ? 'an unknown time' : `${(time_taken_ms / 1000).toFixed(3)} s`;
  return `the requests took ${took}, and a run is judged from one second on: send more (--number), or use --duration`;
}

/** Why nothing tells how the client fared; null: something does. */
function describeUnwatched({ cpu_ratio, timer_waits, probes }: RunEvidence): string | null {
  if (probes !== null || cpu_ratio !== null || timer_waits !== null) return null;
  return "it is not known how late the client's timers were, so nothing shows whether it kept up";
}

function isInvalid({ value, invalid }: Check): boolean {
  return (value as number) > invalid;
}

function tellCheck({ value, unit, tell }: Check): string {
  return tell(formatValue(value as number, unit));
}

function formatValue(value: number, unit: Check['unit']): string {
  if (unit === 'ms') return `${value.toFixed(1)} ms`;
  return unit === 'ratio' ? `${(value * 100).toFixed(1)} %` : String(value);
}
