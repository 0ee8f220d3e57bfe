import { join } from 'node:path';
import { createFactCollector, type RunFacts } from '../../compare/run-facts.ts';
import type { RequestRecord } from '../../measure/request-record.ts';
import { checkFiles } from '../../records/node-check-files.ts';
import { listProblems, type SampleFault } from '../../records/node-read-report.ts';
import { readRecords } from '../../records/node-record-reader.ts';
import { isObject } from '../../shared/json.ts';
import { readJsonFile } from '../../shared/node-files.ts';
import { createRunDataBuilder, listRequests, type RunData } from '../../stats/run-data.ts';
import { loadRecount } from '../../tokens/node-tokenizer.ts';
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
  /** Whether files of different runs are merged. */
  readonly anyway: boolean;
  /** Whether others are compared with this run. */
  readonly isBase: boolean;
}

export async function loadComparedRun(
  { files: named, folder }: FoundRun,
  { tokenizer, anyway, isBase }: LoadOptions,
): Promise<LoadedRun> {
  const { files, notes: passedOver } = await checkFiles(named);
  const recount = await loadRecount(tokenizer, false);
  const builder = createRunDataBuilder();
  const collector = createFactCollector();
  const onRecord = (raw: RequestRecord): void => {
    const record = recount(raw);
    builder.add(record);
    collector.add(record);
  };
  const read = await readRecords(files, onRecord, { anyway });
  // A run must not look better by requests of which nothing is known: those of the base count for it, by being left out.
  const run = builder.build(read.unfinishedRequests + (isBase ? 0 : read.lostRecords), read.connectProbes);
  const { args, tags, vus } = read;
  return {
    run,
    facts: collector.build({ args: args ?? readArgs(folder), datasets: tags.dataset, vus }),
    requests: run.count + run.unfinished,
    completed: listRequests(run, ({ outcome }) => outcome === 'completed').length,
    notes: [...readValidity(folder, read.faults), ...passedOver, ...listProblems(read)],
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
  const value = folder === null ? null : readJsonFile(join(folder, name));
  return isObject(value) ? value : null;
}
