/** Says each kind of failure, and each note, once in a run, as far as the VUs of a run can know of each other. */
export interface FailureTeller {
  /** Takes a failure or a note, with the line about it. @returns whether it is the first of its kind here */
  note(kind: string, line: string): boolean;
  /** Whether something that the caller says itself is the first of its kind here. */
  isFirst(kind: string): boolean;
  /** The lines to print now. */
  due(vuId: number, elapsedMs: number): readonly string[];
}

export interface TellerOptions {
  readonly runId: string;
  /** VUs of the run. */
  readonly parallel: number;
  /** Somebody reads the lines and lets only the first of each kind through, as the command line does with those of k6. */
  readonly isFiltered: boolean;
  /** What all copies of the script share: their `globalThis` where one process runs them all, as the Node engine does. */
  readonly common: object;
}

/** So many VUs may speak in the same second. */
const SPEAKERS = 10;
/** More different words than these a server does not get printed. */
const MOST_TOLD = 50;
/** Where the kinds told in a run stand in what copies share. */
const KEY = '__k6_llm_perf_told__';

/**
 * In the Node engine the copies of the script share their `globalThis`: each kind is told once, exactly. VUs of k6 share
 * nothing that they can write, so each tells a kind when it meets it first. Where nobody filters that, and there are more
 * than ten VUs, each has to wait for its second (one in ten of a hundred), so that a server that goes away does not bring
 * a line for every VU at once.
 */
export function createFailureTeller({ runId, parallel, isFiltered, common }: TellerOptions): FailureTeller {
  const runs = toldByRun(common);
  const told = runs.get(runId) ?? new Set<string>();
  runs.set(runId, told);
  const isShared = 'process' in common;
  const turns = isShared || isFiltered ? 1 : Math.ceil(parallel / SPEAKERS);
  const waiting: string[] = [];
  const isFirst = (kind: string): boolean => {
    if (told.has(kind) || told.size >= MOST_TOLD) return false;
    told.add(kind);
    return true;
  };
  return {
    isFirst,
    note(kind, line) {
      const isNew = isFirst(kind);
      if (isNew) waiting.push(line);
      return isNew;
    },
    due(vuId, elapsedMs) {
      if (waiting.length === 0) return waiting;
      const isTurn = (Math.floor(elapsedMs / 1000) + vuId) % turns === 0;
      return isTurn ? waiting.splice(0) : [];
    },
  };
}

/** A new run of the same id, in a process that had one before, tells again. */
export function forgetTold(runId: string, common: object): void {
  toldByRun(common).delete(runId);
}

function toldByRun(common: object): Map<string, Set<string>> {
  const place = common as { [KEY]?: Map<string, Set<string>> };
  place[KEY] ??= new Map();
  return place[KEY];
}
