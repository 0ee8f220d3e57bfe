import { describeLoad } from '../report/html/point-load.ts';
import type { SweepPagePoint } from '../report/html/report-data.ts';
import type { GroupHead } from '../report/json/group-head.ts';
import type { GateResult } from '../verdict/judge-gates.ts';
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

/** What to try next for what is searched. */
export function chooseStep(name: SearchName, plan: SearchPlan, probes: readonly (Probe & CurveProbe)[]): SearchStep {
  if (name === 'knee') return nextKneeStep(plan, probes);
  return name === 'max-goodput' ? nextBestStep(plan, probes) : nextStep(plan, probes);
}

/** null where there are probes to come. */
export function findAnswer(
  name: SearchName,
  plan: SearchPlan,
  probes: readonly (Probe & CurveProbe)[],
): SearchAnswer | null {
  const step = chooseStep(name, plan, probes);
  return step.state === 'done' ? step.answer : null;
}

/** The answer as one sentence; `between` names the loads at which the limit may be. */
export function describeAnswer(name: SearchName, { whole, most }: SearchPlan, answer: SearchAnswer | null): string {
  const say = (load: number | null): string => describeLoad(toLoad(name, load ?? 0));
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
