import type { ServerReading } from '../server/server-reading.ts';
import { formatCount } from '../shared/format-count.ts';
import type { Milliseconds } from '../shared/units.ts';

/** One thing wrong with what was read; the rest is used all the same. */
interface ReadProblem {
  /** `results.json:17`, or the file alone. */
  readonly place: string;
  readonly text: string;
}

/** Something about samples that bears on whether the run can be believed. */
export interface SampleFault {
  readonly makes: 'SUSPECT' | 'INVALID';
  readonly text: string;
}

/** What a reading found beside the records. */
export interface ReadReport {
  readonly lines: number;
  readonly records: number;
  /** Requests that warmed the service up; they are not among `records`. */
  readonly warmupRequests: number;
  /** Requests of the light user beside the load, which are in no other count. */
  readonly probeRequests: number;
  /** Requests that were sent and never finished: the run was stopped, or killed, while they were under way. */
  readonly unfinishedRequests: number;
  /** Whether the command line ended the load on purpose, since it had told enough. */
  readonly hadEnough: boolean;
  /** Measured requests that this closed under way, which are in no number; those with a record are among `records`. */
  readonly closedRequests: number;
  /** Finished requests whose sample carries no record, since the run wrote none. */
  readonly requestsWithoutRecord: number;
  /** Arrivals k6 could not start for want of VUs or time. */
  readonly droppedIterations: number;
  /** The rule of ours that ended the run early; null where none did. */
  readonly stoppedBy: string | null;
  /** The most VUs of a file, summed over the files; null where no file says. */
  readonly vus: number | null;
  /** Values of the tags that name a run, each once, in the order they came. */
  readonly tags: Readonly<Record<'model' | 'api' | 'dataset', readonly string[]>>;
  /** The configuration the run was started with, secrets masked, as the first file has it; null where no file has it. */
  readonly args: Readonly<Record<string, unknown>> | null;
  /** The words of a failed connection test, a line each; null where it did not fail, or was left out. */
  readonly connectionFailure: readonly string[] | null;
  /** What connecting took beside the requests, where a stream does not say it of itself. */
  readonly connectProbes: readonly Milliseconds[];
  /** Looks at the metrics of servers that the run itself took, in their order. */
  readonly serverReadings: readonly ServerReading[];
  /** The ids of the runs that were read, and the execution segments; empty where the records do not say. */
  readonly runIds: readonly string[];
  readonly segments: readonly string[];
  /** When the load of each instance began, by its wall clock, milliseconds since 1970; of those that say so. */
  readonly beginnings: readonly Milliseconds[];
  /** Requests whose records cannot be read or are not there, and lines that cannot be read where each may have held one. */
  readonly lostRecords: number;
  /** Those of them that the engine counted and that are not there. */
  readonly missingRecords: number;
  /** Lines of kinds that this version does not know, by kind. */
  readonly unknownKinds: Readonly<Record<string, number>>;
  /** What is wrong with the samples as a whole, lost records among it. */
  readonly faults: readonly SampleFault[];
  /** How many problems there were, and the first twenty of them. */
  readonly problemCount: number;
  readonly problems: readonly ReadProblem[];
}

/** The problems with the samples, a line each, for the user. */
export function listProblems({ problems, problemCount, unknownKinds }: ReadReport): string[] {
  const more = problemCount - problems.length;
  const unknown = Object.entries(unknownKinds).map(
    ([kind, lines]) =>
      `${formatCount(lines, 'line')} of the kind ${JSON.stringify(kind)}, which this version does not know, passed over`,
  );
  const lines = [...problems.map(({ place, text }) => `${place}: ${text}`), ...unknown];
  return more > 0 ? [...lines, `and ${formatCount(more, 'more problem')} with the samples`] : lines;
}

const KEPT_PROBLEMS = 20;
const KEPT_KINDS = 20;

/** What is only counted. `stray`: text between records, as a script prints it. */
interface Counts {
  lines: number;
  records: number;
  warmups: number;
  probes: number;
  closed: number;
  sent: number;
  finished: number;
  withoutRecord: number;
  dropped: number;
  /** Records, and lines that may have held one, which cannot be read. */
  lost: number;
  /** Records that the engine counted, and that are not there. */
  missing: number;
  stray: number;
}

export type ReadReportBuilder = ReturnType<typeof createReadReportBuilder>;

/** Collects a `ReadReport`, in memory that does not grow with the number of lines. */
export function createReadReportBuilder() {
  const sent = { sent: 0, finished: 0, withoutRecord: 0, dropped: 0 };
  const read = { lines: 0, records: 0, warmups: 0, probes: 0, closed: 0, lost: 0, missing: 0, stray: 0 };
  const counts: Counts = { ...read, ...sent };
  const enough = new Set<string>();
  const faults: SampleFault[] = [];
  const cutFiles: string[] = [];
  let runs: Pick<ReadReport, 'runIds' | 'segments' | 'beginnings'> = { runIds: [], segments: [], beginnings: [] };
  let stoppedBy: string | null = null;
  let problemCount = 0;
  const problems: ReadProblem[] = [];
  const seen = { model: new Set<string>(), api: new Set<string>(), dataset: new Set<string>() };
  const unknownKinds = new Map<string, number>();
  const uncounted = new Set<string>();
  let vus: number | null = null;
  let connectionFailure: ReadReport['connectionFailure'] = null;
  let firstArgs: ReadReport['args'] = null;
  const connectProbes: Milliseconds[] = [];
  const serverReadings: ServerReading[] = [];
  return {
    counts,
    addVus(ofOneFile: number): void {
      vus = (vus ?? 0) + ofOneFile;
    },
    addTags(tags: Readonly<Record<string, unknown>>): void {
      for (const name of ['model', 'api', 'dataset'] as const) {
        const value = tags[name];
        if (typeof value === 'string') seen[name].add(value);
      }
    },
    addArgs(args: Readonly<Record<string, unknown>>): void {
      firstArgs ??= args;
    },
    addConnectionFailure(lines: readonly string[]): void {
      connectionFailure ??= lines;
    },
    addConnectProbe(connectMs: Milliseconds): void {
      connectProbes.push(connectMs);
    },
    addServerReading(reading: ServerReading): void {
      serverReadings.push(reading);
    },
    addProblem(place: string, text: string): void {
      problemCount += 1;
      if (problems.length < KEPT_PROBLEMS) problems.push({ place, text });
    },
    addUnknownKind(kind: string): void {
      if (unknownKinds.has(kind) || unknownKinds.size < KEPT_KINDS) {
        unknownKinds.set(kind, (unknownKinds.get(kind) ?? 0) + 1);
      }
    },
    setStop(rule: string | null): void {
      stoppedBy = rule;
    },
    addEnough(runId: string): void {
      enough.add(runId);
    },
    hasEnough: (runId: string | null): boolean => enough.has(String(runId)),
    addUncounted(place: string): void {
      uncounted.add(place);
    },
    addCutLine(place: string): void {
      cutFiles.push(place);
    },
    addFault(makes: SampleFault['makes'], text: string): void {
      if (!faults.some((fault) => fault.text === text)) faults.push({ makes, text });
    },
    setRuns(runIds: readonly string[], segments: readonly string[], beginnings: readonly Milliseconds[]): void {
      runs = { runIds, segments, beginnings };
    },
    build(): ReadReport {
      return {
        lines: counts.lines,
        records: counts.records,
        warmupRequests: counts.warmups,
        probeRequests: counts.probes,
        unfinishedRequests: Math.max(0, counts.sent - counts.finished),
        hadEnough: enough.size > 0,
        closedRequests: counts.closed,
        requestsWithoutRecord: counts.withoutRecord,
        droppedIterations: counts.dropped,
        stoppedBy,
        vus,
        tags: { model: [...seen.model], api: [...seen.api], dataset: [...seen.dataset] },
        args: firstArgs,
        connectionFailure,
        connectProbes,
        serverReadings,
        ...runs,
        lostRecords: counts.lost + counts.missing,
        missingRecords: counts.missing,
        unknownKinds: Object.fromEntries(unknownKinds),
        faults: [
          ...describeLost(counts),
          ...describeMissing(counts),
          ...describeStray(counts),
          ...describeCut(cutFiles),
          ...describeUncounted([...uncounted]),
          ...faults,
        ],
        problemCount,
        problems,
      };
    },
  };
}

/** Above this share of the requests, unknown lines are too many to be passed over. */
const MOST_STRAY = 0.05;

function describeLost({ lost }: Counts): SampleFault[] {
  if (lost === 0) return [];
  const what = formatCount(
    lost,
    'line of the samples, a request or what may have been one,',
    'lines of the samples, requests or what may have been some,',
  );
  return [{ makes: 'INVALID', text: `${what} cannot be read; the tables lack them` }];
}

function describeMissing({ missing, finished }: Counts): SampleFault[] {
  if (missing === 0) return [];
  const text = `${missing} of ${finished} finished requests left no record, as when a disk is full; the tables lack them`;
  return [{ makes: 'INVALID', text }];
}

function describeStray({ stray, records }: Counts): SampleFault[] {
  if (stray === 0) return [];
  const makes = stray / (records + stray) > MOST_STRAY ? 'INVALID' : 'SUSPECT';
  const lines = formatCount(stray, 'line is not a record', 'lines are not records');
  return [{ makes, text: `${lines}, and may have replaced one` }];
}

function describeCut(files: readonly string[]): SampleFault[] {
  if (files.length === 0) return [];
  const text = `the samples end in the middle of a line, as when a run is killed: ${files.slice(0, 3).join(', ')}`;
  return [{ makes: 'SUSPECT', text }];
}

function describeUncounted(files: readonly string[]): SampleFault[] {
  if (files.length === 0) return [];
  const text = `the records do not end with the engine's count, as when a run is killed, so what was under way or is lost cannot be seen: ${files.slice(0, 3).join(', ')}`;
  return [{ makes: 'SUSPECT', text }];
}
