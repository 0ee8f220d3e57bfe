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
  build(): ReadReport;
}

export function createReadReportBuilder(): ReadReportBuilder {
  const counts = { lines: 0, records: 0, warmups: 0, sent: 0, finished: 0, withoutRecord: 0, dropped: 0, problems: 0 };
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
      problemCount: counts.problems,
      problems,
    }),
  };
}
