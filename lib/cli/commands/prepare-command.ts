import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { loadConfig } from '../../config/load-config.ts';
import { createFlagSet, parseFlags } from '../../config/node-flags.ts';
import { PARAMETERS } from '../../config/parameters.ts';
import { PROMPT_FLAGS, PROMPT_SETTINGS } from '../../config/prompt-flags.ts';
import { choice, text } from '../../config/scalar-types.ts';
import { SYNTHETIC_TABLE } from '../../config/synthetic-table.ts';
import { accept, refuse, type ValueType } from '../../config/value-type.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { DATASET_NAMES } from '../../dataset/dataset-names.ts';
import { type ParsedPrompts, parsePrompts } from '../../dataset/parse-prompts.ts';
import type { Prompt } from '../../dataset/prompt.ts';
import { isArranged } from '../../dataset/prompt-ids.ts';
import { DATASETS, findDataset } from '../../dataset/registry.ts';
import { encodingOf, whyUnreadable } from '../../shared/decode-text.ts';
import { ConfigError } from '../../shared/errors.ts';
import { formatCount } from '../../shared/format-count.ts';
import { readTextFile } from '../../shared/node-read-text.ts';
import { showPath } from '../../shared/show-word.ts';
import { createExactMaker, createPromptCounter } from '../../tokens/exact-prompts.ts';
import { loadTokenizer, type Tokenizer } from '../../tokens/node-tokenizer.ts';
import type { Command, CommandHelp } from '../command.ts';
import { CommandError, type Output } from '../support/output.ts';
import { DATASETS_DIR } from '../support/package-paths.ts';
import { writePrepared } from '../support/write-prepared.ts';
import { describeUnfit } from '../workload/prompt-lines.ts';
import { makesTexts } from '../workload/workload.ts';
import { isTable, prepareTable, TABLE_FLAGS } from './prepare-table.ts';
import { prepareTrace, TRACE_FLAGS } from './prepare-trace.ts';

/** Any that a browser knows, as its name of today. */
const encodingName: ValueType<string> = {
  ...text('the name of an encoding, as the web knows them'),
  parse(given) {
    try {
      return accept(new TextDecoder(given.trim()).encoding);
    } catch {
      return refuse('an encoding that is not known');
    }
  },
};

const FLAGS = createFlagSet({
  dataset: {
    group: 'Workload',
    type: choice(DATASET_NAMES),
    example: ['custom'],
    help: 'How to read a file; guessed from its name and its first line when left out.',
  },
  encoding: {
    type: encodingName,
    example: ['gbk'],
    help: 'Encoding of the file, where it is not UTF-8: gbk, big5, shift_jis, euc-kr, windows-1252. What is written is UTF-8.',
  },
  ...TABLE_FLAGS,
  ...TRACE_FLAGS,
});

const SHIPPED = DATASETS.flatMap(({ name, file }) => (file === null ? [] : [name]));
/** Settings of a run that say what made prompts are. */
const OF_MADE: readonly string[] = ['number', 'seed', 'minPromptLength', 'maxPromptLength', 'maxTokens'];
const MADE_SPECS = PARAMETERS.filter(({ name }) => OF_MADE.includes(name) || Object.hasOwn(SYNTHETIC_TABLE, name));
const SPECS = [
  ...PARAMETERS.filter(({ name }) => name === 'tokenizer'),
  ...FLAGS.specs,
  ...PROMPT_FLAGS,
  ...MADE_SPECS,
];

const HELP: CommandHelp = {
  usage: 'k6-llm-perf prepare DATASET [flags], or prepare trace FILE [flags]',
  examples: [
    'k6-llm-perf prepare train.parquet --prompt-column question',
    'k6-llm-perf prepare random --tokenizer tokenizer.json --input-len 1024',
    'k6-llm-perf prepare trace gateway.jsonl --map at=ts,messages=request.messages',
  ],
  about:
    'Counts the tokens of every prompt once and writes them beside the prompts, as JSON lines with "input_tokens", to DATASET.TOKENIZER.jsonl in this folder. Runs on that file need no server that counts input tokens, and --max-prompt-length and --min-prompt-length then mean tokens. "prepare trace" turns a recorded load into one JSONL that --dataset trace plays, FILE.trace.jsonl in this folder; docs/traces.md has its fields.',
  words: [
    ['DATASET', `An included dataset (${SHIPPED.join(', ')}), or the path of a file.`],
    ['FILE', 'A recorded load: JSON lines, a JSON array, or CSV, plain or gzip.'],
  ],
  flags: SPECS,
  choices: SHIPPED,
};

const run: Command['run'] = async (args, process) => {
  const { env, positionals, problems } = parseFlags(args, [], SPECS);
  const { dataset: given, encoding, promptColumn, format, map, anonymise } = FLAGS.read(env, problems);
  const { applyChatTemplate } = PROMPT_SETTINGS.read(env, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  const [dataset, ...more] = positionals;
  if (dataset === 'trace' && !existsSync('trace')) {
    const [file, ...others] = more;
    if (file === undefined || others.length > 0) {
      throw new CommandError(
        `prepare trace takes one file, got ${more.length}\n  try: k6-llm-perf prepare trace day.jsonl`,
      );
    }
    return prepareTrace(file, { format, map, anonymise, tokenizer: env['TOKENIZER'] ?? 'o200k_base' }, process);
  }
  if (dataset === undefined || more.length > 0) {
    throw new CommandError(`prepare takes one dataset, got ${positionals.length}\n  try: k6-llm-perf prepare openqa`);
  }
  const shipped = join(DATASETS_DIR, `${dataset}.jsonl`);
  const path = !existsSync(dataset) && existsSync(shipped) ? shipped : dataset;
  const tokenizer = await loadTokenizer(env['TOKENIZER'] ?? 'o200k_base');
  const count = createPromptCounter(tokenizer, applyChatTemplate ?? true);
  if (existsSync(path) && given === null && (await isTable(path, promptColumn, encoding))) {
    const name = basename(tokenizer.name).replace(/\.json$/, '');
    return prepareTable(path, { promptColumn, encoding, tokenizer: name, count }, process);
  }
  if (promptColumn !== null) {
    throw new CommandError(
      `--prompt-column is of Parquet and CSV files, whose names end so, and --dataset reads none of them\n  try: k6-llm-perf prepare train.parquet --prompt-column question`,
    );
  }
  const made = existsSync(path) ? undefined : (DATASETS as readonly Dataset[]).find(({ name }) => name === dataset);
  const text = made?.generate === undefined ? readDataset(path, encoding) : '';
  const readAs = made ?? (given === null ? guessDataset(dataset, text) : findDataset(given));
  if (made?.generate !== undefined && !makesTexts(made)) {
    const what = made.apis === undefined ? (made.name === 'random-vl' ? 'pictures' : 'conversations') : 'inputs';
    throw new CommandError(
      `${made.name} makes ${what}, whose tokens prepare does not count; it makes them while a run loads\n  try: --dataset ${made.name}`,
    );
  }
  if (isArranged(readAs)) {
    throw new CommandError(
      `${readAs.name} is of conversations, whose tokens prepare does not count\n  try: --dataset ${readAs.name} --dataset-path ${showPath(path)}`,
    );
  }
  const parsed =
    made?.generate === undefined
      ? parsePrompts(readAs, path, text)
      : makePrompts(made, env, tokenizer, applyChatTemplate ?? true);
  if (parsed.problems.length > 0) throw new ConfigError(parsed.problems);
  for (const note of parsed.notes ?? []) process.stderr.write(`${note}\n`);

  const target = `${basename(path, extname(path))}.${basename(tokenizer.name).replace(/\.json$/, '')}.jsonl`;
  // What is written are objects, whatever was read.
  const writtenAs = readAs.key === undefined && made === undefined ? 'custom' : readAs.name;
  const said = await writePrepared('dataset', [target], (draft) => {
    const total = writeCounted(draft, parsed.prompts, count, process.stderr);
    return {
      target,
      said: `${formatCount(parsed.prompts.length, 'prompt')}, ${formatCount(total, 'token')} (${tokenizer.name}), written to ${target}\n  use: --dataset ${writtenAs} --dataset-path ${target}\n`,
    };
  });
  process.stdout.write(said);
  return 0;
};

export const command: Command = { help: HELP, run };

/** The prompts that a run would make, each with exactly as many tokens as it was to have, as the tokenizer counts. */
function makePrompts(
  dataset: Dataset,
  env: Readonly<Record<string, string>>,
  tokenizer: Tokenizer,
  usesTemplate: boolean,
): ParsedPrompts {
  const { config, problems } = loadConfig({ ...env, MODEL: 'any', DATASET: dataset.name }, readTextFile);
  if (config === null) return { prompts: [], problems };
  const count = config.number ?? dataset.pass ?? 1000;
  const loaded = dataset.generate?.(config, count, 'flag');
  const maker = createExactMaker(tokenizer, usesTemplate, config.prefixLength);
  // The last one is the connection test's, which a file has none for.
  const prompts = (loaded?.prompts ?? []).slice(0, count).map((prompt) => {
    const content = maker.fit(prompt);
    if (content === null) throw new ConfigError([describeUnfit(prompt.input_tokens ?? 0, tokenizer, maker)]);
    const { max_tokens } = prompt;
    return { prompt, fields: { prompt: content, ...(max_tokens === undefined ? {} : { max_tokens }) } };
  });
  return { prompts, problems: loaded?.problems ?? [] };
}

/** @returns all tokens. @throws what the file system says */
function writeCounted(
  path: string,
  prompts: ParsedPrompts['prompts'],
  count: (prompt: Prompt) => number,
  stderr: Output['stderr'],
): number {
  let total = 0;
  let lastShown = Date.now();
  const file = openSync(path, 'wx');
  try {
    for (const [index, { prompt, fields }] of prompts.entries()) {
      const tokens = prompt.input_tokens ?? count(prompt);
      total += tokens;
      writeFileSync(file, `${JSON.stringify({ ...fields, input_tokens: tokens })}\n`);
      if (Date.now() - lastShown > 1000) {
        lastShown = Date.now();
        stderr.write(`${index + 1}/${prompts.length} prompts\n`);
      }
    }
  } finally {
    closeSync(file);
  }
  return total;
}

function readDataset(path: string, encoding: string | null): string {
  try {
    return readTextFile(path, encoding);
  } catch (error) {
    throw new CommandError(
      `the dataset cannot be read: ${showPath(path)} (${(error as NodeJS.ErrnoException).code ?? whyUnreadable(error)})\n  try: k6-llm-perf prepare ${encodingOf(error) === null ? 'openqa' : `DATASET --encoding ${encodingOf(error)}`}`,
    );
  }
}

/** By the name of a dataset, the ending of a file, or the keys of its first line. */
function guessDataset(name: string, text: string): Dataset {
  const datasets: readonly Dataset[] = DATASETS;
  const start = text.slice(0, 2000);
  return (
    datasets.find((dataset) => dataset.name === name) ??
    datasets.find(({ endings = [] }) => endings.some((ending) => name.endsWith(ending))) ??
    datasets.find(({ key }) => key !== undefined && new RegExp(`"${key}"\\s*:`).test(start)) ??
    findDataset('custom')
  );
}
