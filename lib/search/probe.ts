import type { Gate } from '../conditions/gates.ts';
import type { RunData } from '../stats/run-data.ts';
import { type GateContext, judgeGates } from '../verdict/judge-gates.ts';
import { type GateMargin, MOST_REQUESTS, resolveSide, type Side } from './gate-side.ts';
import type { Probe } from './search.ts';

/** A load to try, and how. */
export type PlannedProbe = Pick<Probe, 'load' | 'kind'>;

/** The least that a probe sends; of more users than that, each sends one. */
const FIRST_LOOK = 30;
const FIRST_RESOLVE = 200;
/** Of more users than that, each sends so many: the ends of a run, where fewer are under way, are a small part of it. */
const ROUNDS = 5;
/** What a search asks for, see `SearchPlan`. */
export const WIDTH = 0.1;

/** How many requests a probe has when it is looked at: at first, and so many times more each time after. */
const LOOK_FACTOR = 1.5;

/** The numbers of finished requests at which a probe is looked at, up to the most that it may take. */
function listLooks(first: number, most: number): number[] {
  const looks: number[] = [];
  for (let next = first; next < most; next *= LOOK_FACTOR) looks.push(Math.ceil(next));
  return [...looks, most];
}

/** The numbers of finished requests at which a probe is looked at; the last is the most that it sends. */
export function listProbeLooks({ load, kind }: PlannedProbe): number[] {
  const atLeast = (requests: number): number => Math.max(requests, Math.ceil(load));
  if (kind === 'measure') return [Math.max(FIRST_RESOLVE, Math.ceil(load) * ROUNDS)];
  return kind === 'look' ? [atLeast(FIRST_LOOK)] : listLooks(atLeast(FIRST_RESOLVE), atLeast(MOST_REQUESTS));
}

/** What a look at a probe's requests tells. */
interface ProbeLook {
  readonly side: Side;
  /** The gates that leave it unresolved. */
  readonly open: readonly string[];
  /** How far each gate is from its limit; empty of a probe that is not resolved. */
  readonly margins: readonly GateMargin[];
  /** More requests of it would tell nothing, or would be too many. */
  readonly isOver: boolean;
}

/** Looks at the requests that a probe has finished by now. */
export function lookAtProbe(
  { load, kind }: PlannedProbe,
  gates: readonly Gate[],
  data: RunData,
  context: GateContext,
): ProbeLook {
  if (kind === 'look') {
    const side = judgeGates(gates, data, context).every(({ ok }) => ok) ? 'holds' : 'crossed';
    return { side, open: [], margins: [], isOver: true };
  }
  if (kind === 'measure') return { side: 'unresolved', open: [], margins: [], isOver: true };
  const { side, needs, open, margins } = resolveSide(gates, data, context);
  return { side, open, margins, isOver: side !== 'unresolved' || data.count * needs > Math.max(MOST_REQUESTS, load) };
}
