import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseFlags } from '../../config/node-flags.ts';
import type { FlagSpec } from '../../config/parameter.ts';
import { PARAMETERS } from '../../config/parameters.ts';
import { choice, text } from '../../config/scalar-types.ts';
import { DIALECT_NAMES, type DialectName } from '../../export/dialect.ts';
import { DIALECTS } from '../../export/dialects.ts';
import type { RequestRecord } from '../../measure/request-record.ts';
import { checkFiles } from '../../records/node-check-files.ts';
import { readRecords } from '../../records/node-record-reader.ts';
import { ConfigError, EXIT_CODES, type Problem } from '../../shared/errors.ts';
import { escapeText } from '../../shared/escape-text.ts';
import { showPath, showValue } from '../../shared/show-word.ts';
import { loadTokenizer } from '../../tokens/node-tokenizer.ts';
import { recountTokens } from '../../tokens/recount-tokens.ts';
import { describeNoneCompleted } from '../../verdict/nothing-measured.ts';
import type { Command, CommandHelp } from '../command.ts';
import { ANYWAY, isAnyway } from '../support/anyway-flag.ts';
import { CommandError } from '../support/output.ts';
import { writeOutput } from '../support/write-output.ts';
import { checkPlaces } from './check-places.ts';

const dialect: FlagSpec = {
  env: 'DIALECT',
  flag: 'dialect',
  group: 'Results',
  type: choice(DIALECT_NAMES),
  example: ['vllm'],
  help: 'The tool whose keys and definitions to use; required.',
};
const output: FlagSpec = {
  env: 'OUTPUT',
  flag: 'output',
  group: 'Results',
  short: 'o',
  type: text('the path of a file'),
  example: ['vllm.json'],
  help: 'File to write. Default: standard output.',
};
const FLAGS = [dialect, output, ANYWAY, ...PARAMETERS.filter(({ env }) => env === 'TOKENIZER')];

/** What a results folder calls the samples that everything is made from. */
const SAMPLES = ['samples.json', 'samples.json.gz'];

const HELP: CommandHelp = {
  usage: 'k6-llm-perf export RUN [RUN ...] --dialect NAME [flags]',
  examples: [
    'k6-llm-perf export outputs/20261124_120000/qwen2.5 --dialect vllm',
    'k6-llm-perf export samples.json --dialect aiperf -o aiperf.json',
    'k6-llm-perf export samples.json --dialect evalscope --tokenizer o200k_base',
  ],
  about:
    'Writes the records of a run as the JSON of another tool, computed by the definitions of that tool; docs/dialects.md shows one run in all of them.',
  words: [['RUN', 'A results folder, or a file of samples; several are instances of one run.']],
  flags: FLAGS,
};

const run: Command['run'] = async (args, process) => {
  const { env, positionals, problems } = parseFlags(args, [], FLAGS);
  if (positionals.length === 0 && problems.length === 0) {
    throw new CommandError('export takes a run\n  try: k6-llm-perf export outputs/…/qwen2.5 --dialect vllm');
  }
  const target = env['OUTPUT'] || null;
  const name = readDialect(env['DIALECT'], [...problems, ...checkPlaces({ output: target })]);
  const { files, notes } = await checkFiles(positionals.map(findSamples));
  for (const note of notes) process.stderr.write(`${escapeText(note)}\n`);
  const counter = env['TOKENIZER'] === undefined ? null : await loadTokenizer(env['TOKENIZER']);
  const collector = DIALECTS[name]();
  const counts = { requests: 0, completed: 0 };
  const onRecord = (record: RequestRecord): void => {
    if (record.warmup === true) return;
    counts.requests += 1;
    if (record.outcome === 'completed') counts.completed += 1;
    collector.add(counter === null ? record : recountTokens(record, counter.count, false));
  };
  const samples = await readRecords(files, onRecord, { anyway: isAnyway(env) });
  for (const { place, text: problem } of samples.problems)
    process.stderr.write(`${escapeText(place)}: ${escapeText(problem)}\n`);
  for (const { makes, text: fault } of samples.faults) process.stderr.write(`${makes}: ${escapeText(fault)}\n`);
  const ofRun = samples.args ?? {};
  const content = collector.build({
    args: ofRun,
    model: String(ofRun['model'] ?? samples.tags.model[0] ?? 'unknown'),
    concurrency: typeof ofRun['parallel'] === 'number' ? ofRun['parallel'] : samples.vus,
    unfinishedRequests: samples.unfinishedRequests,
  });
  const isFile = typeof content === 'string' || content instanceof Uint8Array;
  const file = isFile ? content : `${JSON.stringify(content, null, 2)}\n`;
  if (!writeOutput(target, file, process)) return EXIT_CODES.exception;
  if (counts.completed > 0) return EXIT_CODES.ok;
  process.stderr.write(`${describeNoneCompleted(counts.requests + samples.unfinishedRequests)}\n`);
  return EXIT_CODES.thresholdsCrossed;
};

/** `k6-llm-perf export`. */
export const exportCommand: Command = { help: HELP, run };

/** @throws {ConfigError} with what the command line got wrong, and without a dialect */
function readDialect(given: string | undefined, before: readonly Problem[]): DialectName {
  const parsed = dialect.type.parse(given ?? '', () => '');
  if (parsed.state === 'value' && before.length === 0) return parsed.value as DialectName;
  const got = given === undefined ? 'nothing' : showValue(given);
  const problem = { key: '--dialect', got, allowed: dialect.type.allowed, paste: '--dialect vllm' };
  throw new ConfigError(parsed.state === 'value' ? before : [...before, problem]);
}

/** A folder's samples, or the file itself. */
function findSamples(path: string): string {
  if (!existsSync(path) || !statSync(path).isDirectory()) return path;
  const found = SAMPLES.map((name) => join(path, name)).find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new ConfigError([
    {
      key: 'RUN',
      got: `${showPath(path)}, a folder without ${SAMPLES[0]}`,
      allowed: 'the results folder of one run, or a file of samples',
      paste: `k6-llm-perf export ${join(path, SAMPLES[0] as string)} --dialect vllm`,
    },
  ]);
}
