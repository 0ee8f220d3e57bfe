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

/** How the name of a folder begins that says when its run began. */
const TIME = /^\d{8}_\d{6}/;
/** What says that a folder holds those of several runs. */
const GROUP_FILES = ['sweep.json', 'search.json', 'runs.json', 'sla_summary.json'];

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
  /** As `summary.json` has it, so that it sorts as a text; empty where that has none. */
  readonly startedAt: string;
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
 * What a reader of the numbers has to know where runs below the folder of results sent the same prompts to the same service,
 * whose cache may hold them; empty where they did not, or where each run has prompts of its own.
 *
 * @param before the latest first
 */
export function describeRunsBefore(
  { args, iterations, prompts }: PlannedPrompts,
  before: readonly RunBefore[],
): string[] {
  if (args['cache_bust'] !== 'none') return [];
  const from = Number(args['dataset_offset'] ?? 0);
  const alike = before.filter((run) => DECIDING.every((key) => showSetting(args, key) === showSetting(run.args, key)));
  const known = unite(alike, prompts);
  // Without a number the first ones that were sent before are all that can be told.
  const first = { from, count: iterations ?? countReached(from, known, prompts) };
  const repeated = known.reduce((sum, range) => sum + countRepeated(first, range, prompts), 0);
  const senders = alike.filter((run) => countRepeated(first, run, prompts) > 0);
  const [latest] = senders;
  if (latest === undefined) return [];
  const of = iterations === null ? 'The first' : `${formatShare(repeated / iterations)} of the`;
  const what = `${of} ${formatCount(iterations ?? repeated, 'prompt was', 'prompts were')}`;
  const by =
    senders.length === 1
      ? `an earlier run (${latest.path})`
      : `${senders.length} earlier runs (the latest: ${latest.path})`;
  return [
    `${what} sent by ${by}, too, and the service's prefix cache may hold them; --cache-bust prefix (CACHE_BUST) makes those of each run new.`,
  ];
}

/** The same prompts as ranges that share none. @param prompts of a dataset that goes round; null: it does not */
function unite(ranges: readonly PromptRange[], prompts: number | null): PromptRange[] {
  const pieces = ranges.flatMap(({ from, count }): PromptRange[] => {
    if (prompts === null) return [{ from, count }];
    if (count >= prompts) return [{ from: 0, count: prompts }];
    const begin = from % prompts;
    const over = Math.max(0, begin + count - prompts);
    return [
      { from: begin, count: count - over },
      { from: 0, count: over },
    ];
  });
  const united: { from: number; count: number }[] = [];
  for (const { from, count } of pieces.filter((piece) => piece.count > 0).sort((a, b) => a.from - b.from)) {
    const last = united.at(-1);
    if (last === undefined || from > last.from + last.count) united.push({ from, count });
    else last.count = Math.max(last.count, from + count - last.from);
  }
  return united;
}

/**
 * How many prompts from one on, one after the other, are all known; each of a dataset that goes round counts once.
 *
 * @param known ranges in their order that share no prompt, as `unite` makes them
 */
function countReached(from: number, known: readonly PromptRange[], prompts: number | null): number {
  const begin = prompts === null ? from : from % prompts;
  const reach = known.find((range) => range.from <= begin && begin < range.from + range.count);
  if (reach === undefined) return 0;
  const end = reach.from + reach.count;
  if (end !== prompts) return end - begin;
  const [first] = known;
  return Math.min(end - begin + (first?.from === 0 ? first.count : 0), prompts);
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

/**
 * The runs in `FOLDER/TIME/NAME` and `FOLDER/NAME`, the latest first; all of a sweep, a search, or of repeated runs are one.
 */
export function findRunsBefore(folder: string): RunBefore[] {
  const names = listFolder(folder).sort().reverse();
  const [timed, named] = [true, false].map((isTimed) => names.filter((name) => TIME.test(name) === isTimed)) as [
    string[],
    string[],
  ];
  const below = timed
    .slice(0, MOST_FOLDERS)
    .flatMap((time) =>
      listFolder(join(folder, time)).flatMap((name) => readGroup(join(folder, time, name), MOST_DEPTH)),
    );
  // Anything may lie beside them, so that only what holds results is looked into.
  const beside = named.flatMap((name) => {
    const path = join(folder, name);
    const isGroup = listFolder(path).some((file) => GROUP_FILES.includes(file));
    return readGroup(path, isGroup ? MOST_DEPTH : 0);
  });
  return [...below, ...beside].sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0));
}

/** The runs in a folder as one; none where there are none. */
function readGroup(path: string, depth: number): RunBefore[] {
  const runs = readRuns(path, depth);
  const [first] = runs;
  if (first === undefined) return [];
  const from = Math.min(...runs.map((run) => run.from));
  const end = Math.max(...runs.map((run) => run.from + run.count));
  return [{ ...first, path, from, count: end - from }];
}

/** The runs in a folder and in those below it. */
function readRuns(path: string, depth: number): Omit<RunBefore, 'path'>[] {
  const [args, file] = ['benchmark_args.json', 'summary.json'].map((one) => readJsonFile(join(path, one)));
  const summary = isObject(file) ? file['summary'] : undefined;
  if (isObject(args) && isObject(file) && isObject(summary) && typeof summary['total_requests'] === 'number') {
    const from = Number(args['dataset_offset'] ?? 0);
    const { started_at: startedAt = '' } = file;
    const count = countSent(summary['total_requests'], summary, args);
    return [{ args, from, count, startedAt: String(startedAt) }];
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
