import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PAGE_FILE } from '../report/report-folder.ts';
import { formatCount } from '../shared/format-count.ts';
import { readJsonFile } from '../shared/node-files.ts';
import { RECORDS_NAME, SAMPLES_NAME } from '../shared/result-files.ts';
import { type HistoryRun, parseHistoryRun } from './history-run.ts';

/** A run with where it lies. */
export interface FoundHistoryRun extends HistoryRun {
  /** Below the folder that was searched, with `/` between; `.` for that folder itself. */
  readonly path: string;
  readonly hasPage: boolean;
  /** Whether its requests lie there, which comparing takes. */
  readonly hasRecords: boolean;
  /** The folder of the sweep, written like `path`; null for a run that is not a point of one with a page. */
  readonly sweep: string | null;
}

export interface History {
  /** The oldest first. */
  readonly runs: readonly FoundHistoryRun[];
  /** What lies there and is not among them, and why. */
  readonly skipped: readonly { readonly path: string; readonly why: string }[];
}

const SUMMARY_FILE = 'summary.json';
/** Ours take 20 kB. */
const LARGEST_SUMMARY = 16 * 1024 * 1024;

/** What a search leaves: this file, and its probes in a folder of that name beside it. */
const SEARCH = { file: 'search.json', probes: 'search' } as const;

/**
 * Every run whose `summary.json` lies in a folder or below it, each once: a report that was made again has the run's identity and
 * its start. Links to folders are not followed, so that no search for them goes round; those to files are. Probes of a search for a load
 * are no runs of their own: they are named together, and its page has them.
 */
export function findHistory(folder: string): History {
  const runs: FoundHistoryRun[] = [];
  const skipped: History['skipped'][number][] = [];
  const waiting: string[][] = [[]];
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    const path = at.join('/') || '.';
    const place = join(folder, ...at);
    try {
      const entries = readdirSync(place, { withFileTypes: true });
      const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
      const isSearch = entries.some(({ name }) => name === SEARCH.file) && below.includes(SEARCH.probes);
      for (const name of below) {
        if (!isSearch || name !== SEARCH.probes) waiting.push([...at, name]);
        else skipped.push({ path: [...at, name].join('/'), why: describeProbes(join(place, name)) });
      }
      if (!entries.some(({ name }) => name === SUMMARY_FILE)) continue;
      const run = readRun(place, path);
      if (typeof run === 'string') skipped.push({ path: at.concat(SUMMARY_FILE).join('/'), why: run });
      else {
        const hasPage = entries.some(({ name }) => name === PAGE_FILE);
        const hasRecords = entries.some(
          (entry) => !entry.isDirectory() && (RECORDS_NAME.test(entry.name) || SAMPLES_NAME.test(entry.name)),
        );
        runs.push({ ...run, path, hasPage, hasRecords, sweep: findSweep(folder, at) });
      }
    } catch (error) {
      skipped.push({ path, why: (error as Error).message.replace(/, \w+ '.*$/s, '') });
    }
  }
  runs.sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime() || a.path.localeCompare(b.path));
  const firsts = new Map<string, FoundHistoryRun>();
  const isFirst = (run: FoundHistoryRun): boolean => {
    // Users name runs, and may give many of them one name: when they started tells those apart.
    const identity = `${run.startedAt.getTime()} ${run.runId}`;
    const first = run.runId === null ? undefined : firsts.get(identity);
    if (first === undefined) firsts.set(identity, run);
    else skipped.push({ path: run.path, why: `it is a report on the same run as ${first.path}` });
    return first === undefined;
  };
  return { runs: runs.filter(isFirst), skipped };
}

function describeProbes(folder: string): string {
  const count = readdirSync(folder).filter((name) => existsSync(join(folder, name, SUMMARY_FILE))).length;
  return `${formatCount(count, 'probe')} of a search, which its ${PAGE_FILE} shows`;
}

function readRun(place: string, path: string): HistoryRun | string {
  const file = join(place, SUMMARY_FILE);
  const stats = statSync(file);
  if (!stats.isFile()) return 'it is not a file';
  const { size, mtime } = stats;
  if (size > LARGEST_SUMMARY) return 'it is too large for a summary';
  const args = readJsonFile(join(place, 'benchmark_args.json'));
  return parseHistoryRun(readFileSync(file, 'utf8'), args, { path, modifiedAt: mtime });
}

function findSweep(folder: string, at: readonly string[]): string | null {
  const above = at.slice(0, -1);
  if (at.length === 0) return null;
  return ['sweep.json', PAGE_FILE].every((name) => existsSync(join(folder, ...above, name)))
    ? above.join('/') || '.'
    : null;
}
