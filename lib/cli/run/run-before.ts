import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { formatCount } from '../../shared/format-count.ts';
import { isObject, type JsonObject } from '../../shared/json.ts';
import { readJsonFile } from '../../shared/node-files.ts';

/** What says which prompts a run sends, and to whom, as `benchmark_args.json` has it. */
const DECIDING = [
  ...['url', 'model', 'dataset', 'dataset_path', 'seed', 'prompt', 'query_template', 'cache_bust'],
  ...['min_prompt_length', 'max_prompt_length', 'input_len', 'output_len', 'length_mix', 'range_ratio'],
  ...['prefix_length', 'prefix_count', 'first_turn_length', 'turn_length', 'conversation_prefix_length'],
  ...['min_turns', 'max_turns', 'system_prompt', 'image_num', 'image_width', 'image_height', 'image_format'],
  ...['tokenizer_path', 'apply_chat_template', 'tokenize_prompt', 'target_input_len', 'input_len_mode'],
  ...['prefix_file', 'prefix_role'],
];
/** Older runs than these are not looked at. */
const MOST_FOLDERS = 50;

/** Of a run of several, folders for points, probes and runs lie so deep below its own at most. */
const MOST_DEPTH = 3;

/** A range of the prompts of a dataset, whose first one is 0. */
interface PromptRange {
  readonly from: number;
  readonly count: number;
}

/** A run that is over, or several of one command, each of which went on in the dataset where the one before ended. */
export interface RunBefore extends PromptRange {
  readonly path: string;
  /** The settings as `benchmark_args.json` has them. */
  readonly args: JsonObject;
}

/** What a run sends. */
interface PlannedPrompts {
  /** The settings as `benchmark_args.json` will have them. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Iterations, warm-up included; null where only time bounds them. */
  readonly iterations: number | null;
  /** Prompts of the dataset, after which it starts again; null where they are made, and it never does. */
  readonly prompts: number | null;
}

/**
 * What a reader of the numbers has to know where the latest run below the folder of results sent the same prompts to the same
 * service, whose cache may hold them; empty where it did not, or where each run has prompts of its own.
 */
export function describeRunBefore({ args, iterations, prompts }: PlannedPrompts, before: RunBefore | null): string[] {
  if (args['cache_bust'] !== 'none') return [];
  if (before === null || !DECIDING.every((key) => showSetting(args, key) === showSetting(before.args, key))) return [];
  const from = Number(args['dataset_offset'] ?? 0);
  // Without a number the first ones that the run before sent are all that can be told.
  const first = { from, count: iterations ?? before.from + before.count - from };
  const repeated = countRepeated(first, before, prompts);
  if (repeated <= 0 || (iterations === null && before.from > from)) return [];
  const of = iterations === null ? 'The first' : `${formatShare(repeated / iterations)} of the`;
  const what = `${of} ${formatCount(iterations ?? repeated, 'prompt was', 'prompts were')}`;
  return [
    `${what} sent by the run before (${before.path}), too, and the service's prefix cache may hold them; --cache-bust prefix (CACHE_BUST) makes those of each run new.`,
  ];
}

/** 1 where it is less, since 0 would be none. */
function formatShare(share: number): string {
  return `${Math.max(1, Math.round(share * 100))} %`;
}

/** How many of the prompts of one range are in another. @param prompts of a dataset that goes round; null: it does not */
export function countRepeated(range: PromptRange, known: PromptRange, prompts: number | null): number {
  if (prompts === null) return countShared(range, known);
  const all = Math.min(known.count, prompts);
  const rest = { from: range.from % prompts, count: range.count % prompts };
  // Round the end, each of them is in two pieces at most.
  const places = [-prompts, 0, prompts].map((shift) => ({ from: (known.from % prompts) + shift, count: all }));
  const shared = places.reduce((sum, place) => sum + countShared(rest, place), 0);
  return Math.floor(range.count / prompts) * all + shared;
}

function countShared(one: PromptRange, other: PromptRange): number {
  const end = Math.min(one.from + one.count, other.from + other.count);
  return Math.max(0, end - Math.max(one.from, other.from));
}

/** Points of sweeps spell their dataset as evalscope does. */
function showSetting(args: Readonly<Record<string, unknown>>, key: string): string {
  const text = JSON.stringify(args[key] ?? null);
  return key === 'dataset' ? text.replace(/_/g, '-') : text;
}

/** The latest run in `FOLDER/TIME/NAME`, or all of a sweep, a search, or repeated runs there; null where there is none. */
export function findRunBefore(folder: string): RunBefore | null {
  const times = listFolder(folder).filter((name) => /^\d{8}_\d{6}/.test(name));
  for (const time of times.sort().reverse().slice(0, MOST_FOLDERS)) {
    for (const name of listFolder(join(folder, time))) {
      const path = join(folder, time, name);
      const runs = readRuns(path, MOST_DEPTH);
      const [first] = runs;
      if (first === undefined) continue;
      const from = Math.min(...runs.map((run) => run.from));
      const end = Math.max(...runs.map((run) => run.from + run.count));
      return { path, args: first.args, from, count: end - from };
    }
  }
  return null;
}

/** The runs in a folder and in those below it. */
function readRuns(path: string, depth: number): Omit<RunBefore, 'path'>[] {
  const [args, file] = ['benchmark_args.json', 'summary.json'].map((one) => readJsonFile(join(path, one)));
  const summary = isObject(file) ? file['summary'] : undefined;
  if (isObject(args) && isObject(summary) && typeof summary['total_requests'] === 'number') {
    const from = Number(args['dataset_offset'] ?? 0);
    return [{ args, from, count: countSent(summary['total_requests'], summary, args) }];
  }
  return depth === 0 ? [] : listFolder(path).flatMap((name) => readRuns(join(path, name), depth - 1));
}

/** Prompts, warm-up included; of conversations each is one. */
function countSent(requests: number, { conversations }: JsonObject, args: JsonObject): number {
  const talks = isObject(conversations) ? Number(conversations['conversations']) : requests;
  const warmups = Number(args['warmup_num']);
  return talks + (warmups >= 1 ? warmups : 0);
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
