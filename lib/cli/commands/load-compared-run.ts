import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFactCollector, type RunFacts } from '../../compare/run-facts.ts';
import type { RequestRecord } from '../../measure/request-record.ts';
import { checkFiles } from '../../records/node-check-files.ts';
import type { SampleFault } from '../../records/node-read-report.ts';
import { readRecords } from '../../records/node-record-reader.ts';
import { isObject, parseJson } from '../../shared/json.ts';
import { createRunDataBuilder, listRequests, type RunData } from '../../stats/run-data.ts';
import { loadTokenizer } from '../../tokens/node-tokenizer.ts';
import { recountTokens } from '../../tokens/recount-tokens.ts';
import type { FoundRun } from './find-compared-runs.ts';

/** The records of a run, read for a comparison. */
export interface LoadedRun {
  readonly run: RunData;
  readonly facts: RunFacts;
  /** Requests sent, warm-up left out, and those of them that completed. */
  readonly requests: number;
  readonly completed: number;
  /** What a reader must know of the run to believe its numbers. */
  readonly notes: readonly string[];
}

interface LoadOptions {
  /** Counts tokens where the server sent no usage, if the samples hold the texts; null: as they were counted. */
  readonly tokenizer: string | null;
  /** Whether files of unlike runs are merged. */
  readonly anyway: boolean;
  /** Whether others are compared with this run. */
  readonly isBase: boolean;
}

export async function loadComparedRun(
  { files: named, folder }: FoundRun,
  { tokenizer, anyway, isBase }: LoadOptions,
): Promise<LoadedRun> {
  const { files, notes: passedOver } = await checkFiles(named);
  const counter = tokenizer === null ? null : await loadTokenizer(tokenizer);
  const builder = createRunDataBuilder();
  const collector = createFactCollector();
  const onRecord = (raw: RequestRecord): void => {
    const record = counter === null ? raw : recountTokens(raw, counter.count, false);
    builder.add(record);
    collector.add(record);
  };
  const read = await readRecords(files, onRecord, { anyway });
  // A run must not look better by requests of which nothing is known: those of the base count for it, by being left out.
  const run = builder.build(read.unfinishedRequests + (isBase ? 0 : read.lostRecords));
  const { args, tags, vus } = read;
  const notes = read.problems.map(({ place, text }) => `${place}: ${text}`);
  const more = read.problemCount - notes.length;
  if (more > 0) notes.push(`and ${more} more problems with the samples`);
  return {
    run,
    facts: collector.build({ args: args ?? readArgs(folder), datasets: tags.dataset, vus }),
    requests: run.count + run.unfinished,
    completed: listRequests(run, ({ outcome }) => outcome === 'completed').length,
    notes: [...readValidity(folder, read.faults), ...passedOver, ...notes],
  };
}

/** The configuration beside the samples, where they do not have it themselves. */
function readArgs(folder: string | null): Readonly<Record<string, unknown>> | null {
  const args = readJson(folder, 'benchmark_args.json');
  return args !== null && 'dataset' in args ? args : null;
}

/** Why a run is not VALID, as its report has found. */
function readValidity(folder: string | null, faults: readonly SampleFault[]): string[] {
  const { validity } = (readJson(folder, 'summary.json') ?? {}) as {
    validity?: { verdict?: unknown; reasons?: unknown };
  };
  // A report that was made when records were not yet counted as lost knows nothing of them.
  const found = faults.map(({ makes, text }) => `measurement ${makes}: ${text}`);
  if (validity === undefined || validity.verdict === 'VALID') return found;
  const reasons = Array.isArray(validity.reasons) ? validity.reasons.map(String) : [];
  return [...found, `measurement ${String(validity.verdict)}${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}`];
}

function readJson(folder: string | null, name: string): Readonly<Record<string, unknown>> | null {
  const path = folder === null ? null : join(folder, name);
  if (path === null || !existsSync(path)) return null;
  try {
    const value = parseJson(readFileSync(path, 'utf8'));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
