import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../shared/errors.ts';
import { escapeText } from '../../shared/escape-text.ts';
import { isObject } from '../../shared/json.ts';
import { readJsonFile } from '../../shared/node-files.ts';
import { quoteForShell } from '../../shared/quote-for-shell.ts';
import { RUNS_FILE } from '../../shared/result-files.ts';
import { showPath } from '../../shared/show-word.ts';
import { listRunFiles } from '../support/run-file.ts';

/** The records of one run, as they lie on the disk. */
export interface FoundRun {
  /** As the user named it, with the point's folder after it. */
  readonly name: string;
  /** The point of a sweep, `parallel 8`; null for a single run. */
  readonly point: string | null;
  /** Files of one run; several are instances of it. */
  readonly files: readonly string[];
  /** The folder they lie in; null for a file that was named itself. */
  readonly folder: string | null;
  /** The runs of a group (`--runs`), which count as one with a spread between them; absent for a run alone. */
  readonly members?: readonly FoundRun[];
}

/** The runs of one group. */
const REPEATED = /^run_(\d+)$/;
const POINT = /^(parallel|rate)_(-?[\d.]+)(?:_number_(\d+))?$/;

/**
 * The runs behind a path: a file of records or samples, the results folder of a run, repeated runs as one, a sweep with a folder for each point, or a folder
 * that holds just one of these, as the one with the time does.
 *
 * @returns one run, or the points of a sweep, in the order of their load; or what is wrong with the path
 */
export function findComparedRuns(path: string): readonly FoundRun[] | Problem {
  const refuse = (got: string): Problem => ({
    key: 'run to compare',
    got: `${showPath(path)}, ${got}`,
    allowed:
      'the results folder of a run, of repeated runs or of a sweep, or records (k6 --out json too), plain or .gz',
    paste: 'k6-llm-perf compare outputs/base/qwen2.5 outputs/new/qwen2.5',
  });
  if (!existsSync(path)) return refuse('which does not exist');
  if (!statSync(path).isDirectory()) return [{ name: path, point: null, files: [path], folder: null }];
  const found = searchFolder(path);
  if (found === null) return refuse('a folder without records.jsonl or samples.json, plain or .gz');
  if (!('several' in found)) return found;
  const { several } = found;
  const newest = several.slice(-2).map((folder) => quoteForShell(escapeText(folder)));
  return {
    ...refuse(`which holds ${several.length} runs`),
    allowed: 'the folder of one of them',
    paste: `k6-llm-perf compare ${newest.join(' ')}`,
  };
}

/** Folders of runs that do not belong together, by name. */
interface Several {
  readonly several: readonly string[];
}

/** @returns null without records */
function searchFolder(path: string): FoundRun[] | Several | null {
  const files = listRunFiles(path);
  if (files.length > 0) return [{ name: path, point: null, files, folder: path }];
  const folders = readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const measured = listMeasured(path);
  const members = folders
    .filter((name) => REPEATED.test(name) && measured?.includes(name) !== false)
    .sort((a, b) => Number(a.slice(4)) - Number(b.slice(4)))
    .flatMap((name) => {
      const folder = join(path, name);
      const own = listRunFiles(folder);
      return own.length === 0 ? [] : [{ name: folder, point: null, files: own, folder }];
    });
  if (members.length > 0) return [{ name: path, point: null, files: [], folder: path, members }];
  const points = folders
    .flatMap((name) => {
      const match = POINT.exec(name);
      const own = match === null ? [] : listRunFiles(join(path, name));
      if (match === null || own.length === 0) return [];
      const [, kind = '', load = '', number] = match;
      return [{ folder: join(path, name), own, kind, load: Number(load), number }];
    })
    .sort((a, b) => a.load - b.load || Number(a.number) - Number(b.number));
  if (points.length > 0) {
    return points.map(({ folder, own, kind, load, number }) => {
      const isAlone = points.filter((other) => other.kind === kind && other.load === load).length === 1;
      const point = `${kind} ${load}${isAlone || number === undefined ? '' : `, number ${number}`}`;
      return { name: folder, point, files: own, folder };
    });
  }
  const inside = folders.sort().flatMap((name) => {
    const found = searchFolder(join(path, name));
    return found === null ? [] : [{ folder: join(path, name), found }];
  });
  if (inside.length < 2) return inside[0]?.found ?? null;
  return { several: inside.flatMap(({ folder, found }) => ('several' in found ? found.several : [folder])) };
}

/** The folders of the runs that are in the numbers of a group: one that was cut short is in none; null where nothing says so. */
function listMeasured(path: string): readonly unknown[] | null {
  const file = readJsonFile(join(path, RUNS_FILE));
  const measured = isObject(file) ? file['measured'] : null;
  return Array.isArray(measured) ? measured.map((run: unknown) => (isObject(run) ? run['folder'] : null)) : null;
}

/** Runs to be compared with each other. */
export interface RunPair {
  readonly point: string | null;
  readonly base: FoundRun;
  readonly next: FoundRun;
}

/** Pairs single runs, or the points of sweeps that have the same load. Points without a counterpart become notes. */
export function pairRuns(
  base: readonly FoundRun[],
  next: readonly FoundRun[],
): { readonly pairs: readonly RunPair[]; readonly notes: readonly string[] } {
  const isSingle = base.length === 1 && next.length === 1;
  const pairs = base.flatMap((before) => {
    const after = isSingle ? next[0] : next.find(({ point }) => point === before.point);
    return after === undefined ? [] : [{ point: isSingle ? null : before.point, base: before, next: after }];
  });
  const lonely = [...base, ...next].filter((run) => !pairs.some((pair) => pair.base === run || pair.next === run));
  return {
    pairs,
    notes: lonely.map(({ name }) => `${name}: not compared, since only one of the sweeps has this point`),
  };
}
