import type { Gate } from '../../conditions/gates.ts';
import type { RequestRecord } from '../../measure/request-record.ts';
import type { GateMargin, Side } from '../../search/gate-side.ts';
import { listProbeLooks, lookAtProbe, type PlannedProbe } from '../../search/probe.ts';
import { createSentOrder } from '../../search/sent-order.ts';
import type { Milliseconds } from '../../shared/units.ts';
import { createRunDataBuilder } from '../../stats/run-data.ts';
import type { GateContext } from '../../verdict/judge-gates.ts';
import { followRecords } from './follow-records.ts';

export interface ProbeFollowerOptions {
  readonly probe: PlannedProbe;
  /** Where its records will be. */
  readonly folder: string;
  readonly gates: readonly Gate[];
  readonly context: GateContext;
  /** What the tables do to a record before they take it. */
  readonly recount: (record: RequestRecord) => RequestRecord;
  /** Called once, when more requests would tell nothing. */
  readonly onEnough: () => void;
}

/** What the requests of a probe told, up to the look that ended it. */
export interface FollowedProbe {
  readonly side: Side;
  /** Measured ones that were taken; what was still under way then is in none. */
  readonly requests: number;
  /** The gates that left it unresolved, as they were typed; empty otherwise. */
  readonly open: readonly string[];
  /** Of one that was resolved, how far each gate is from its limit. */
  readonly margins: readonly GateMargin[];
  /** How late the latest of them started by the client's doing; 0 in a closed loop. */
  readonly latestMs: Milliseconds;
}

/**
 * Reads the records of a probe while it runs, and looks at it whenever as many of its first requests have ended as it says
 * beforehand, so that neither the moment nor the machine decides what a look sees, and short answers are not favoured.
 *
 * @returns ends the following: takes what is left, and tells what the probe showed
 */
export function followProbe(options: ProbeFollowerOptions): () => Promise<FollowedProbe> {
  const { probe, gates, context, recount, onEnough } = options;
  const looks = listProbeLooks(probe);
  const builder = createRunDataBuilder();
  let requests = 0;
  let lookedAt = 0;
  let side: Side = 'unresolved';
  let open: readonly string[] = [];
  let margins: readonly GateMargin[] = [];
  let isOver = false;
  const look = (): void => {
    lookedAt = requests;
    ({ side, open, margins, isOver } = lookAtProbe(probe, gates, builder.build(), context));
    if (isOver) onEnough();
  };
  const order = createSentOrder<RequestRecord>((record) => {
    if (isOver || record.warmup === true) return;
    builder.add(recount(record));
    requests += 1;
    if (looks.includes(requests)) look();
  });
  const end = followRecords(options.folder, order.take);
  return async () => {
    await end();
    order.flush();
    // What ended before the number that it was to send, as by a rule on errors, is looked at as it is.
    if (!isOver && requests > lookedAt) look();
    return { side, requests, open, margins, latestMs: builder.build().sorted('late').at(-1) ?? 0 };
  };
}
