import type { RequestRecord } from '../measure/request-record.ts';
import type { JsonObject } from '../shared/json.ts';
import { hashNumbers } from '../shared/random.ts';
import type { EndCounts } from './end-counts.ts';
import { createIndexTable, type IndexTable } from './index-table.ts';
import { areSeparateSegments } from './segment.ts';

/** What belongs together in what was read: the records of one instance of one run, or of one file where they do not say. */
interface Part {
  readonly runId: string | null;
  readonly segment: string | null;
  /** Name of the file that it was first met in. */
  readonly file: string;
  args: Readonly<Record<string, unknown>> | null;
  /** The words of its connection test when it failed. */
  connectionFailure: readonly string[] | null;
  readonly models: Set<string>;
  readonly apis: Set<string>;
  readonly streams: Set<boolean>;
  /** Requests with a record, and warm-up requests. */
  records: number;
  warmups: number;
  /** When its load began, by the wall clock, ms since 1970; null where no line says. */
  beganAt: number | null;
  /** What the engine counted; null where no line says, as when it was killed. */
  end: EndCounts | null;
  /** Whether it was first met in a console file, which ends with such a line. */
  readonly isConsole: boolean;
  /** Wall clock, ms since 1970, of the first start and the last end. */
  first: number;
  last: number;
}

/** An instance by its counts. */
export type CountedPart = Readonly<Pick<Part, 'runId' | 'records' | 'warmups' | 'end' | 'isConsole' | 'args' | 'file'>>;

/** The same request came twice. */
interface Doubled {
  readonly files: readonly [string, string];
  readonly index: number;
}

/** Tells whether records that are read together belong to one run. */
export interface RunParts {
  /** @returns the request's double, if it came before */
  add(record: RequestRecord, file: number): Doubled | null;
  addArgs(args: Readonly<Record<string, unknown>>, file: number): void;
  /** Of the instance that the file's configuration names. */
  addConnectionFailure(lines: readonly string[], file: number): void;
  /** The line at the beginning of a load. */
  addBeginning(content: JsonObject, file: number): void;
  addEnd(end: EndCounts, file: number): void;
  /** Says of a file, before anything of it is added, that it is k6's console. */
  setConsole(file: number): void;
  /** What was read of each instance, and what its engine counted. */
  count(): readonly CountedPart[];
  /** Why the parts are not a single run, each reason once; empty where they are one. */
  findUnlike(): readonly string[];
  /** Instances that sent nothing, since their connection test failed, beside others that did. */
  findFailed(): readonly string[];
  /** The ids that were read, and the segments. */
  runIds(): readonly string[];
  segments(): readonly string[];
  /** When the loads of the instances began, ms since 1970, of those that say so. */
  findBeginnings(): readonly number[];
}

/** Settings that say where results go and what is made of them, not what was measured. */
const NOT_OF_THE_LOAD = new Set([
  ...['run_id', 'segment', 'outputs_dir', 'name', 'no_timestamp', 'junit', 'save_text', 'records'],
  ...['debug', 'log_every_n_query', 'thresholds', 'gates', 'require_valid', 'percentile_rule', 'tokenizer_path'],
  ...['no_test_connection', 'wait_for_model', 'api_key', 'api_key_file', 'api_key_secret'],
]);

/** Instances start minutes apart where pods wait for machines; what started hours apart was not measured together. */
const FARTHEST_APART_MS = 3_600_000;

/** @param names of the files, by their number */
export function createRunParts(names: readonly string[]): RunParts {
  const parts = new Map<string, Part>();
  const tables = new Map<string, IndexTable>();
  const clashes = new Set<string>();
  const consoleFiles = new Set<number>();
  const partOfArgs = new Map<number, Part>();
  let last: { record: RequestRecord; file: number; part: Part; table: IndexTable } | null = null;

  const nameOf = (file: number): string => names[file] ?? `file ${file + 1}`;

  function findPart(runId: string | null, segment: string | null, file: number): Part {
    const key = JSON.stringify(runId === null ? [file] : [runId, segment]);
    const known = parts.get(key);
    if (known !== undefined) return known;
    const part: Part = {
      runId,
      segment,
      file: nameOf(file),
      args: null,
      connectionFailure: null,
      models: new Set(),
      apis: new Set(),
      streams: new Set(),
      records: 0,
      warmups: 0,
      beganAt: null,
      end: null,
      isConsole: consoleFiles.has(file),
      first: Number.POSITIVE_INFINITY,
      last: Number.NEGATIVE_INFINITY,
    };
    parts.set(key, part);
    return part;
  }

  /** The instance that a line of ours names. */
  function findNamed({ run_id: runId, segment }: JsonObject, file: number): Part {
    return findPart(typeof runId === 'string' ? runId : null, typeof segment === 'string' ? segment : null, file);
  }

  function findTable({ run_id, segment, scenario }: RequestRecord): IndexTable {
    const key = JSON.stringify([run_id, segment, scenario]);
    const table = tables.get(key) ?? createIndexTable();
    tables.set(key, table);
    return table;
  }

  /** Where a record belongs; records that follow one another mostly belong together. */
  function locate(record: RequestRecord, file: number): { part: Part; table: IndexTable } {
    if (
      last === null ||
      last.file !== file ||
      last.record.run_id !== record.run_id ||
      last.record.segment !== record.segment ||
      last.record.scenario !== record.scenario
    ) {
      const part = findPart(record.run_id, record.segment, file);
      last = { record, file, part, table: findTable(record) };
    }
    return last;
  }

  function listFilled(): Part[] {
    return [...parts.values()].filter(({ first }) => Number.isFinite(first));
  }

  /** Instances without a request that are another share of the run than those with some. */
  function listIdle(): Part[] {
    const filled = listFilled();
    return [...parts.values()].filter((part) =>
      filled.every((other) => areSeparateSegments(part.segment, other.segment)),
    );
  }

  return {
    add(record, file) {
      const { part, table } = locate(record, file);
      const start = Date.parse(record.started_at);
      if (record.warmup === true) part.warmups += 1;
      else if (record.probe !== true) part.records += 1;
      part.first = Math.min(part.first, start);
      part.last = Math.max(part.last, start + (record.end_ms - record.start_ms));
      part.models.add(record.model);
      if (record.api !== null) part.apis.add(record.api);
      part.streams.add(record.stream);
      const seen = table.add(record.index, fingerprintOf(record, start), file);
      if (seen === null) return null;
      const files = [nameOf(seen.file), nameOf(file)] as const;
      if (seen.same) return { files, index: record.index };
      if (clashes.size < 3) clashes.add(describeClash(files, record.index, record.run_id));
      return null;
    },
    addArgs(args, file) {
      const part = findNamed(args, file);
      part.args ??= args;
      partOfArgs.set(file, part);
    },
    addBeginning(content, file) {
      const { began_at } = content;
      if (typeof began_at === 'number') findNamed(content, file).beganAt ??= began_at;
    },
    addEnd(end, file) {
      findPart(end.runId, end.segment, file).end ??= end;
    },
    setConsole: (file) => void consoleFiles.add(file),
    count: () => [...parts.values()],
    addConnectionFailure(lines, file) {
      const part = partOfArgs.get(file) ?? findPart(null, null, file);
      part.connectionFailure ??= lines;
    },
    findUnlike() {
      const filled = listFilled();
      const [base, ...others] = filled;
      if (base === undefined) return [];
      const reasons = [
        ...clashes,
        ...filled.flatMap((part, index) => describeIds(part, filled.slice(index + 1))),
        ...[...others, ...listIdle()].flatMap((part) => describeDifferences(base, part)),
        ...describeDistance(filled),
      ];
      return [...new Set(reasons)].slice(0, 5);
    },
    findFailed: () =>
      listIdle().flatMap(({ connectionFailure, segment }) =>
        connectionFailure === null
          ? []
          : `the instance ${segment} sent nothing: ${connectionFailure.map((line) => line.trim()).join('; ')}`,
      ),
    runIds: () => [...new Set([...parts.values()].flatMap(({ runId }) => runId ?? []))],
    findBeginnings: () => [...parts.values()].flatMap(({ beganAt }) => beganAt ?? []),
    segments: () => [...new Set([...listFilled(), ...listIdle()].flatMap(({ segment }) => segment ?? []))].sort(),
  };
}

/** Tells two requests of one index apart: when they started, by either clock, and when they ended. */
function fingerprintOf({ start_ms, end_ms }: RequestRecord, start: number): number {
  const startUs = Math.round(start_ms * 1000);
  const endUs = Math.round(end_ms * 1000);
  return hashNumbers([start, highBits(start), startUs, highBits(startUs), endUs, highBits(endUs)]);
}

/** What a whole number has above its low 32 bits. */
function highBits(value: number): number {
  return Math.floor(value / 2 ** 32);
}

function join([one, other]: readonly [string, string]): string {
  return one === other ? one : `${one} and ${other}`;
}

function describeClash(files: readonly [string, string], index: number, runId: string | null): string {
  const which = runId === null ? '' : ` under the run id ${JSON.stringify(runId)}`;
  return `${join(files)}: two different requests of the index ${index}${which}, so this is more than one run`;
}

function describeIds(part: Part, others: readonly Part[]): string[] {
  return others.flatMap((other) => {
    if (part.runId === null || other.runId === null || areSeparateSegments(part.segment, other.segment)) return [];
    const where = join([part.file, other.file]);
    if (part.runId !== other.runId) return [`${where}: two runs, ${shorten(part.runId)} and ${shorten(other.runId)}`];
    const shares = [part, other].map(({ segment }) => segment ?? 'the whole run');
    return [`${where}: shares of one run that overlap, ${shares.join(' and ')}`];
  });
}

function describeDifferences(base: Part, part: Part): string[] {
  const where = join([base.file, part.file]);
  const facts: [string, readonly unknown[], readonly unknown[]][] = [
    ['model', [...base.models], [...part.models]],
    ['api', [...base.apis], [...part.apis]],
    ['stream', [...base.streams], [...part.streams]],
  ];
  const told = facts
    .filter(([, one, other]) => one.length > 0 && other.length > 0 && !other.every((value) => one.includes(value)))
    .map(([name, one, other]) => `${name} ${show(one)} and ${show(other)}`);
  const [one, other] = [base.args, part.args];
  const settings =
    one === null || other === null
      ? []
      : Object.keys({ ...one, ...other })
          .filter((key) => !NOT_OF_THE_LOAD.has(key) && Object.hasOwn(one, key) && Object.hasOwn(other, key))
          .filter((key) => JSON.stringify(one[key]) !== JSON.stringify(other[key]))
          .filter((key) => !['model', 'api', 'stream'].includes(key) || told.length === 0)
          .map((key) => `${key} ${show(one[key])} and ${show(other[key])}`);
  const differences = [...told, ...settings];
  return differences.length === 0 ? [] : [`${where}: other settings, ${differences.slice(0, 4).join(', ')}`];
}

function show(value: unknown): string {
  return shorten(JSON.stringify(Array.isArray(value) && value.length === 1 ? value[0] : value));
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function describeDistance(parts: readonly Part[]): string[] {
  const ordered = [...parts].sort((a, b) => a.first - b.first);
  let [before] = ordered;
  const reasons: string[] = [];
  for (const part of ordered) {
    if (before !== undefined && part.first - before.last > FARTHEST_APART_MS) {
      const where = join([before.file, part.file]);
      reasons.push(`${where}: clocks ${formatSpan(part.first - before.last)} apart, so they did not run together`);
    }
    if (before === undefined || part.last > before.last) before = part;
  }
  return reasons;
}

function formatSpan(milliseconds: number): string {
  const hours = milliseconds / FARTHEST_APART_MS;
  if (hours < 48) return `${hours.toFixed(1)} hours`;
  const days = hours / 24;
  return days < 365 ? `${days.toFixed(0)} days` : `${(days / 365.25).toFixed(1)} years`;
}
