import type { Gate } from '../../conditions/gates.ts';
import type { RequestRecord } from '../../measure/request-record.ts';
import { classifyLine } from '../../records/node-classify-line.ts';
import { parsePoint } from '../../records/node-record-reader.ts';
import { parseRecord, parseRecordLine, type RecordProblem } from '../../records/parse-record.ts';
import { kindOfLine } from '../../records/record-line.ts';
import type { Side } from '../../search/gate-side.ts';
import { listProbeLooks, lookAtProbe, type PlannedProbe } from '../../search/probe.ts';
import { createRunDataBuilder } from '../../stats/run-data.ts';
import type { GateContext } from '../../verdict/judge-gates.ts';
import { followLines, repeat } from './follow-lines.ts';

export interface ProbeFollowerOptions {
  readonly probe: PlannedProbe;
  /** Where its records may be: the files that an engine writes, of which there will be one. */
  readonly files: readonly string[];
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
}

/** A look takes some hundredths of a second, in which the Node engine reads nothing: no more of them than it has to be. */
const POLL_MS = 250;

/**
 * Reads the records of a probe while it runs, and looks at it whenever it has finished as many requests as it says
 * beforehand, so that neither the moment nor the machine decides what a look sees.
 *
 * @returns ends the following: takes what is left, and tells what the probe showed
 */
export function followProbe(options: ProbeFollowerOptions): () => Promise<FollowedProbe> {
  const { probe, gates, context, recount, onEnough } = options;
  const looks = listProbeLooks(probe);
  const builder = createRunDataBuilder();
  let requests = 0;
  let side: Side = 'unresolved';
  let isOver = false;
  const look = (): void => {
    ({ side, isOver } = lookAtProbe(probe, gates, builder.build(), context));
    if (isOver) onEnough();
  };
  const followers = options.files.map((file) =>
    followLines(file, (line) => {
      if (isOver) return;
      const record = readRecord(line);
      if (record === null || record.warmup === true) return;
      builder.add(recount(record));
      requests += 1;
      if (looks.includes(requests)) look();
    }),
  );
  const stop = repeat(async () => {
    for (const { read } of followers) await read();
  }, POLL_MS);
  return async () => {
    await stop();
    for (const { end } of followers) await end();
    if (probe.kind === 'look' && !isOver && requests > 0) look();
    return { side, requests };
  };
}

/** The record that a line of ours, or a sample of k6's, holds; null for any other line. */
function readRecord(line: Buffer): RequestRecord | null {
  const kind = classifyLine(line);
  let record: RequestRecord | RecordProblem | null = null;
  if (kind === 'own') {
    const own = line.toString('utf8');
    record = kindOfLine(own) === 'record' ? parseRecordLine(own) : null;
  } else if (kind === 'request') {
    const text = parsePoint(line)?.metadata['record'];
    record = typeof text === 'string' ? parseRecord(text) : null;
  }
  return record === null || 'problem' in record ? null : record;
}
