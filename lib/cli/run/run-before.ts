import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type JsonObject } from '../../shared/json.ts';
import { readJsonFile } from '../../shared/node-files.ts';

/** What says which prompts a run sends, and to whom, as `benchmark_args.json` has it. */
const DECIDING = [
  ...['url', 'model', 'dataset', 'dataset_path', 'dataset_offset', 'seed', 'prompt', 'query_template', 'cache_bust'],
  ...['min_prompt_length', 'max_prompt_length', 'input_len', 'output_len', 'length_mix', 'range_ratio'],
  ...['prefix_length', 'prefix_count', 'first_turn_length', 'turn_length', 'conversation_prefix_length'],
  ...['min_turns', 'max_turns', 'system_prompt', 'image_num', 'image_width', 'image_height', 'image_format'],
  ...['tokenizer_path', 'apply_chat_template', 'tokenize_prompt', 'target_input_len', 'input_len_mode'],
  ...['prefix_file', 'prefix_role'],
];
/** Older runs than these are not looked at. */
const MOST_FOLDERS = 50;

/** What a run sends. */
interface PlannedPrompts {
  /** The settings as `benchmark_args.json` will have them. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly outputsDir: string;
  /** Requests, warm-up included; null where only time bounds them. */
  readonly requests: number | null;
  /** Prompts of the dataset, after which it starts again. */
  readonly prompts: number;
}

/**
 * What a reader of the numbers has to know where the latest run below the folder of results sent the same prompts to the same
 * service, whose cache may hold them; empty where it did not, or where each run has prompts of its own.
 */
export function describeRunBefore({ args, outputsDir, requests, prompts }: PlannedPrompts): string[] {
  if (args['cache_bust'] !== 'none') return [];
  const before = findLatest(outputsDir);
  if (before === null || !DECIDING.every((key) => isSame(args[key], before.args[key]))) return [];
  const { path, sent } = before;
  const what =
    requests === null
      ? `The first ${sent} prompts`
      : `${Math.round((countRepeated(requests, prompts, sent) / requests) * 100)} % of the ${requests} prompts`;
  return [
    `${what} were sent by the run before (${path}), too, and the service's prefix cache may hold them; --cache-bust prefix (CACHE_BUST) makes those of each run new.`,
  ];
}

/** How many of so many requests have one of the first `sent` prompts. */
export function countRepeated(requests: number, prompts: number, sent: number): number {
  const known = Math.min(sent, prompts);
  return Math.floor(requests / prompts) * known + Math.min(requests % prompts, known);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}

/** The latest run in `FOLDER/TIME/NAME`. */
function findLatest(
  folder: string,
): { readonly path: string; readonly args: JsonObject; readonly sent: number } | null {
  if (!existsSync(folder)) return null;
  const times = readdirSync(folder).filter((name) => /^\d{8}_\d{6}/.test(name));
  for (const time of times.sort().reverse().slice(0, MOST_FOLDERS)) {
    for (const name of listFolder(join(folder, time))) {
      const path = join(folder, time, name);
      const [args, file] = ['benchmark_args.json', 'summary.json'].map((one) => readJsonFile(join(path, one)));
      const summary = isObject(file) ? file['summary'] : undefined;
      if (!isObject(args) || !isObject(summary) || typeof summary['total_requests'] !== 'number') continue;
      const warmups = Number(args['warmup_num']) >= 1 ? Number(args['warmup_num']) : 0;
      return { path, args, sent: summary['total_requests'] + warmups };
    }
  }
  return null;
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
