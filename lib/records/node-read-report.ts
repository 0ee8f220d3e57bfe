/** One thing wrong with what was read; the rest is used all the same. */
interface ReadProblem {
  /** `results.json:17`, or the file alone. */
  readonly place: string;
  readonly text: string;
}

/** Values of the tags that name a run, each once, in the order they came. */
interface RunTags {
  readonly model: readonly string[];
  readonly api: readonly string[];
  readonly dataset: readonly string[];
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
  /** Requests that were sent and never finished: the run was stopped, or killed, while they were under way. */
  readonly unfinishedRequests: number;
  /** Finished requests whose sample carries no record, since the run was told to write none. */
  readonly requestsWithoutRecord: number;
  /** Arrivals k6 could not start for want of VUs or time. */
  readonly droppedIterations: number;
  /** The most VUs a file tells of, summed over the files; null where none tells. */
  readonly vus: number | null;
  readonly tags: RunTags;
  /** The configuration the run was started with, secrets masked, as the first file has it; null where none tells. */
  readonly args: Readonly<Record<string, unknown>> | null;
  /** What the connection test told when it failed, a line each; null where it did not fail, or was left out. */
  readonly connectionFailure: readonly string[] | null;
  /** The ids of the runs that were read, and the execution segments; empty where the records do not tell. */
  readonly runIds: readonly string[];
  readonly segments: readonly string[];
  /** Requests whose records cannot be read, and lines that cannot be read where each may have held one. */
  readonly lostRecords: number;
  /** What is wrong with the samples as a whole, lost records among it. */
  readonly faults: readonly SampleFault[];
  /** How many problems there were, and the first twenty of them. */
  readonly problemCount: number;
  readonly problems: readonly ReadProblem[];
}

const KEPT_PROBLEMS = 20;
const TAGS = ['model', 'api', 'dataset'] as const;

/** Collects a `ReadReport`, in memory that does not grow with the number of lines. */
export interface ReadReportBuilder {
  addLine(): void;
  addRecord(): void;
  addWarmup(): void;
  addSent(): void;
  addFinished(hasRecord: boolean): void;
  addDropped(count: number): void;
  addVus(ofOneFile: number): void;
  addTags(tags: Readonly<Record<string, unknown>>): void;
  addArgs(args: Readonly<Record<string, unknown>>): void;
  addConnectionFailure(lines: readonly string[]): void;
  addProblem(place: string, text: string): void;
  /** A record, or a line that may have held one, which cannot be read. */
  addLost(): void;
  /** Text between records, as a script prints it. */
  addStray(count: number): void;
  addCutLine(place: string): void;
  addFault(makes: SampleFault['makes'], text: string): void;
  addRuns(runIds: readonly string[], segments: readonly string[]): void;
  build(): ReadReport;
}

export function createReadReportBuilder(): ReadReportBuilder {
  const counts = {
    lines: 0,
    records: 0,
    warmups: 0,
    sent: 0,
    finished: 0,
    withoutRecord: 0,
    dropped: 0,
    problems: 0,
    lost: 0,
    stray: 0,
  };
  const faults: SampleFault[] = [];
  const cutFiles: string[] = [];
  let runIds: readonly string[] = [];
  let segments: readonly string[] = [];
  const problems: ReadProblem[] = [];
  const seen = { model: new Set<string>(), api: new Set<string>(), dataset: new Set<string>() };
  let vus: number | null = null;
  let connectionFailure: readonly string[] | null = null;
  let firstArgs: Readonly<Record<string, unknown>> | null = null;
  return {
    addLine: () => {
      counts.lines += 1;
    },
    addRecord: () => {
      counts.records += 1;
    },
    addWarmup: () => {
      counts.warmups += 1;
    },
    addSent: () => {
      counts.sent += 1;
    },
    addFinished: (hasRecord) => {
      counts.finished += 1;
      if (!hasRecord) counts.withoutRecord += 1;
    },
    addDropped: (count) => {
      counts.dropped += count;
    },
    addVus: (ofOneFile) => {
      vus = (vus ?? 0) + ofOneFile;
    },
    addTags: (tags) => {
      for (const name of TAGS) {
        const value = tags[name];
        if (typeof value === 'string') seen[name].add(value);
      }
    },
    addArgs: (args) => {
      firstArgs ??= args;
    },
    addConnectionFailure: (lines) => {
      connectionFailure ??= lines;
    },
    addProblem: (place, text) => {
      counts.problems += 1;
      if (problems.length < KEPT_PROBLEMS) problems.push({ place, text });
    },
    addLost: () => {
      counts.lost += 1;
    },
    addStray: (count) => {
      counts.stray += count;
    },
    addCutLine: (place) => {
      cutFiles.push(place);
    },
    addFault: (makes, text) => {
      if (!faults.some((fault) => fault.text === text)) faults.push({ makes, text });
    },
    addRuns: (ids, shares) => {
      runIds = ids;
      segments = shares;
    },
    build: () => ({
      lines: counts.lines,
      records: counts.records,
      warmupRequests: counts.warmups,
      unfinishedRequests: Math.max(0, counts.sent - counts.finished),
      requestsWithoutRecord: counts.withoutRecord,
      droppedIterations: counts.dropped,
      vus,
      tags: { model: [...seen.model], api: [...seen.api], dataset: [...seen.dataset] },
      args: firstArgs,
      connectionFailure,
      runIds,
      segments,
      lostRecords: counts.lost,
      faults: [...describeLost(counts), ...describeStray(counts), ...describeCut(cutFiles), ...faults],
      problemCount: counts.problems,
      problems,
    }),
  };
}

/** Above this share of the requests, lines that nobody knows are too many to be passed over. */
const MOST_STRAY = 0.05;

function describeLost({ lost }: { readonly lost: number }): SampleFault[] {
  if (lost === 0) return [];
  const what =
    lost === 1
      ? '1 line of the samples, a request or what may have been one, cannot be read'
      : `${lost} lines of the samples, requests or what may have been some, cannot be read`;
  return [{ makes: 'INVALID', text: `${what}; the tables lack them` }];
}

function describeStray({ stray, records }: { readonly stray: number; readonly records: number }): SampleFault[] {
  if (stray === 0) return [];
  const makes = stray / (records + stray) > MOST_STRAY ? 'INVALID' : 'SUSPECT';
  return [
    {
      makes,
      text: `${stray} ${stray === 1 ? 'line is no record' : 'lines are no records'}, and may stand where one was`,
    },
  ];
}

function describeCut(files: readonly string[]): SampleFault[] {
  if (files.length === 0) return [];
  return [
    {
      makes: 'SUSPECT',
      text: `the samples end in the middle of a line, as when a run is killed: ${files.slice(0, 3).join(', ')}`,
    },
  ];
}
