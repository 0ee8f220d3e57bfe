/** Knows which kinds of failure, and which notes, were told in a run, as far as the VUs of a run can know of each other. */
export interface FailureTeller {
  /** Whether this kind of failure is the first of its kind here: it is to be told at once. */
  isFirstOfKind(kind: string): boolean;
  /** Whether this note is the first of its text here; of a server's words only so many are told. */
  isFirstNote(note: string): boolean;
}

export interface TellerOptions {
  readonly runId: string;
  /** What all copies of the script share: their `globalThis` where one process runs them all, as the Node engine does. */
  readonly common: object;
}

/** More different words than these a server does not get printed. */
export const MOST_NOTES = 50;
/** Where the kinds told in a run stand in what copies share. */
const KEY = '__k6_llm_perf_told__';

interface Told {
  readonly kinds: Set<string>;
  readonly notes: Set<string>;
}

/**
 * In the Node engine the copies of the script share their `globalThis`: each kind is told once, exactly. VUs of k6 share
 * nothing that they can write, so each VU tells a kind when it meets it first: none goes untold, whichever VU meets it, and
 * one that all of them meet is told by each. The command line, which reads k6's log, lets the first one through.
 */
export function createFailureTeller({ runId, common }: TellerOptions): FailureTeller {
  const runs = toldByRun(common);
  const { kinds, notes } = runs.get(runId) ?? { kinds: new Set(), notes: new Set() };
  runs.set(runId, { kinds, notes });
  return {
    isFirstOfKind: (kind) => isNew(kinds, kind),
    isFirstNote: (note) => notes.size < MOST_NOTES && isNew(notes, note),
  };
}

/** A new run of the same id, in a process that had one before, tells again. */
export function forgetTold(runId: string, common: object): void {
  toldByRun(common).delete(runId);
}

function isNew(told: Set<string>, text: string): boolean {
  if (told.has(text)) return false;
  told.add(text);
  return true;
}

function toldByRun(common: object): Map<string, Told> {
  const place = common as { [KEY]?: Map<string, Told> };
  place[KEY] ??= new Map();
  return place[KEY];
}
