/** Knows which kinds of failure, and which notes, were printed in a run, as far as its VUs can know of each other. */
export interface FailureTeller {
  /** Whether this kind of failure is the first of its kind here, which is printed at once. */
  isFirstOfKind(kind: string): boolean;
  /** Whether this note is the first of its text here; of a server's words only so many are printed. */
  isFirstNote(note: string): boolean;
}

/** More different words than these a server does not get printed. */
export const MOST_NOTES = 50;
/** The key under which copies of the script share what was printed. */
const KEY = '__k6_llm_perf_told__';

interface Told {
  readonly kinds: Set<string>;
  readonly notes: Set<string>;
}

/**
 * In the Node engine the copies of the script share their `globalThis`: each kind is printed exactly once. VUs of k6 share
 * nothing that they can write, so each VU prints a kind when it first meets it; the command line, which reads k6's log,
 * lets the first one through.
 *
 * @param common what all copies of the script share: their `globalThis`
 */
export function createFailureTeller(runId: string, common: object): FailureTeller {
  const runs = toldByRun(common);
  const { kinds, notes } = runs.get(runId) ?? { kinds: new Set(), notes: new Set() };
  runs.set(runId, { kinds, notes });
  return {
    isFirstOfKind: (kind) => isNew(kinds, kind),
    isFirstNote: (note) => notes.size < MOST_NOTES && isNew(notes, note),
  };
}

/** A new run of the same id, in a process that had one before, prints again. */
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
