import { describeLoad } from '../report/html/point-load.ts';
import type { SweepPagePoint } from '../report/html/report-data.ts';
import type { GroupHead } from '../report/json/group-head.ts';
import type { GateResult } from '../verdict/judge-gates.ts';
import { CLIENT_END, endsByClient } from './client-probes.ts';
import { type CurveProbe, nextBestStep, nextKneeStep } from './curve.ts';
import { MOST_REQUESTS } from './gate-side.ts';
import { nextStep, type Probe, type SearchAnswer, type SearchPlan, type SearchStep } from './search.ts';
import { type SearchName, toLoad } from './search-flags.ts';

/** A probe, measured as far as it got. */
export interface SearchProbe extends Probe, CurveProbe, Omit<SweepPagePoint, 'number'> {
  /** Those that its side rests on. */
  readonly requests: number;
  /** All that it sent, with what its end closed: that counts in no rate, share or time. */
  readonly sent_requests: number;
  /**
   * It is INVALID because of the client, and its gates do not hold, so it says nothing about the service: its load is tried
   * again. Gates that hold all the same hold without the client's delay, too.
   */
  readonly client_at_limit: boolean;
  /** The gates that left it unresolved; empty otherwise. */
  readonly open: readonly string[];
  readonly exit_code: number;
  readonly gates: readonly GateResult[];
  /** 95 % intervals of the gates' values, from its own requests; null where there is none. */
  readonly gate_intervals: readonly ({ readonly low: number; readonly high: number } | null)[];
}

/** The content of `search.json`: everything about a search in base units and unrounded, for programs. */
export interface SearchFile extends GroupHead {
  readonly find: SearchName;
  readonly plan: SearchPlan;
  readonly gates: readonly string[];
  /** Those that no probe can prove, taken as observed, and how many requests without a bad one a proof takes. */
  readonly unproven: readonly { readonly gate: string; readonly needs: number | null }[];
  /** null until it is known. */
  readonly answer: SearchAnswer | null;
  /** Those that the sides of the probes rest on, and all that were sent. */
  readonly requests: number;
  readonly sent_requests: number;
  /** In the order in which they ran. */
  readonly probes: readonly SearchProbe[];
  /** The configuration that all probes share, secrets masked. */
  readonly args: Readonly<Record<string, unknown>>;
}

/** What a search is beside its probes. */
export interface SearchFacts extends Pick<SearchFile, 'find' | 'plan' | 'gates' | 'unproven' | 'args'> {
  readonly head: GroupHead;
}

export function buildSearchFile(probes: readonly SearchProbe[], facts: SearchFacts): SearchFile {
  const { head, find, plan, gates, unproven, args } = facts;
  return {
    ...head,
    ...{ find, plan, gates, unproven },
    answer: findAnswer(find, plan, probes),
    requests: probes.reduce((sum, { requests }) => sum + requests, 0),
    sent_requests: probes.reduce((sum, probe) => sum + probe.sent_requests, 0),
    probes,
    args,
  };
}

/** What a search goes by. */
type KnownProbe = Probe & CurveProbe & Pick<SearchProbe, 'client_at_limit'>;

/** What to try next for what is searched: by the probes that say something about the service. */
export function chooseStep(name: SearchName, plan: SearchPlan, all: readonly KnownProbe[]): SearchStep {
  const probes = all.filter(({ client_at_limit }) => !client_at_limit);
  if (name === 'knee') return nextKneeStep(plan, probes);
  return name === 'max-goodput' ? nextBestStep(plan, probes) : nextStep(plan, probes);
}

/** null where there are probes to come, or the client has ended the search. */
export function findAnswer(name: SearchName, plan: SearchPlan, probes: readonly KnownProbe[]): SearchAnswer | null {
  if (endsByClient(probes)) return null;
  const step = chooseStep(name, plan, probes);
  return step.state === 'done' ? step.answer : null;
}

/** The answer as one sentence; `between` names the loads at which the limit may be. */
export function describeAnswer({
  find: name,
  plan: { whole, most },
  answer,
  probes,
}: Pick<SearchFile, 'find' | 'plan' | 'answer' | 'probes'>): string {
  const say = (load: number | null): string => describeLoad(toLoad(name, load ?? 0));
  if (answer === null && endsByClient(probes)) return describeClientEnd(name, probes);
  if (answer === null) return 'The search was stopped before its answer was known.';
  const { found, low, high, best } = answer;
  if (name === 'knee') return describeKnee(answer);
  if (name === 'max-goodput') {
    return found === 'none'
      ? 'No load that was tried has a good request.'
      : `The most good requests per second: at ${say(best)}${low === high ? '' : `; ${low} to ${high} may be as good`}`;
  }
  if (found === 'all') return `All gates hold at ${say(low)}, the largest load that was tried (--find-to).`;
  if (found === 'none') {
    return high === null
      ? 'At no load that was tried do all gates hold for sure.'
      : `At no load do all gates hold for sure: one is crossed at ${say(high)}.`;
  }
  const upper = high === null ? `over ${most}` : String(whole ? high - 1 : high);
  return `The largest load at which all gates hold: ${say(best)}, 95 %: ${low} to ${upper}`;
}

/** What is known where the client has ended the search, and what to do. */
function describeClientEnd(find: SearchName, probes: readonly SearchProbe[]): string {
  const known = probes.filter((probe) => !probe.client_at_limit && probe.side === 'holds');
  const largest = (kind: Probe['kind']): number | null =>
    known.reduce<number | null>((most, probe) => (probe.kind === kind ? Math.max(most ?? 0, probe.load) : most), null);
  const [sure, seen] = [largest('resolve'), largest('look')];
  const say = (load: number): string => describeLoad(toLoad(find, load));
  const far =
    sure !== null
      ? `All gates hold at ${say(sure)}; up to where is not known. `
      : seen === null
        ? ''
        : `In a look, which proves nothing, all gates held at ${say(seen)}. `;
  return `No answer: ${CLIENT_END}. ${far}Use another machine, ${find === 'max-rate' ? 'set --max-in-flight, ' : ''}or search a smaller range (--find-from, --find-to).`;
}

/** What the answer rests on beside what is sure: lines, none where all gates can be resolved. */
export function describeUnproven({
  find,
  answer,
  unproven,
}: Pick<SearchFile, 'find' | 'answer' | 'unproven'>): string[] {
  if (unproven.length === 0 || answer === null || find === 'knee' || find === 'max-goodput') return [];
  return [
    `Unresolved at ${MOST_REQUESTS} requests, and taken as observed:`,
    ...unproven.map(
      ({ gate, needs }) =>
        `  ${gate} (${needs === null ? 'no number of requests proves it' : `needs ${needs} without a bad one`})`,
    ),
  ];
}

function describeKnee({ found, low, high, best }: SearchAnswer): string {
  if (found === 'none') return 'No request completed with one user, so there is no knee.';
  if (found === 'all') return `Throughput still grows at parallel ${low}, the largest load that was tried (--find-to).`;
  const interval = low === null || high === null ? '' : `, 95 %: ${low} to ${high}`;
  return `The knee: parallel ${best}${interval}; beyond it more users wait longer and bring no more throughput.`;
}
