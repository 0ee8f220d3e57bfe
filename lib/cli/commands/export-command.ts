import { createFlagSet, parseFlags } from '../../config/node-flags.ts';
import { PARAMETERS } from '../../config/parameters.ts';
import { choice } from '../../config/scalar-types.ts';
import { DIALECT_NAMES, DIALECTS } from '../../export/dialects.ts';
import { createNumberLists } from '../../export/number-list.ts';
import { startConnected } from '../../export/without-connecting.ts';
import type { RequestRecord } from '../../measure/request-record.ts';
import { checkFiles } from '../../records/node-check-files.ts';
import { readRecords } from '../../records/node-record-reader.ts';
import { ConfigError, EXIT_CODES } from '../../shared/errors.ts';
import { escapeText } from '../../shared/escape-text.ts';
import type { Milliseconds } from '../../shared/units.ts';
import { estimateConnecting } from '../../stats/connecting-estimate.ts';
import { loadRecount } from '../../tokens/node-tokenizer.ts';
import { describeNoneCompleted } from '../../verdict/nothing-measured.ts';
import type { Command, CommandHelp } from '../command.ts';
import { ANYWAY, OUTPUT } from '../support/common-flags.ts';
import { forPrograms } from '../support/fit-terminal.ts';
import { namedConcurrency } from '../support/named-concurrency.ts';
import { CommandError } from '../support/output.ts';
import { findRunFiles } from '../support/run-file.ts';
import { writeOutput } from '../support/write-output.ts';
import { checkPlaces } from './check-places.ts';

const FLAGS = createFlagSet({
  dialect: {
    group: 'Results',
    type: choice(DIALECT_NAMES),
    example: ['vllm'],
    help: 'The tool whose keys and definitions to use; required.',
  },
  output: {
    ...OUTPUT,
    example: ['vllm.json'],
    help: 'File to write. Default: standard output.',
  },
  anyway: ANYWAY,
});
const SPECS = [...FLAGS.specs, ...PARAMETERS.filter(({ name }) => name === 'tokenizer')];

const HELP: CommandHelp = {
  usage: 'k6-llm-perf export RUN [RUN ...] --dialect NAME [flags]',
  examples: [
    'k6-llm-perf export outputs/20261124_120000/qwen2.5 --dialect vllm',
    'k6-llm-perf export records.jsonl --dialect aiperf -o aiperf.json',
    'k6-llm-perf export records.jsonl --dialect evalscope --tokenizer o200k_base',
  ],
  about:
    'Writes the records of a run as the JSON of another tool, computed by the definitions of that tool; docs/dialects.md shows one run in all of them.',
  words: [['RUN', 'A results folder, or a file of records or samples; several are instances of one run.']],
  flags: SPECS,
};

const run: Command['run'] = async (args, process) => {
  const { env, positionals, problems } = parseFlags(args, [], SPECS);
  if (positionals.length === 0 && problems.length === 0) {
    throw new CommandError('export takes a run\n  try: k6-llm-perf export outputs/…/qwen2.5 --dialect vllm');
  }
  const { dialect, output, anyway } = FLAGS.read(env, problems);
  if (!env['DIALECT']) {
    const allowed = DIALECT_NAMES.join(', ');
    problems.push({ key: '--dialect', got: 'nothing', allowed, paste: '--dialect vllm' });
  }
  problems.push(...checkPlaces({ output }));
  if (dialect === null || problems.length > 0) throw new ConfigError(problems);
  const { files, notes } = await checkFiles(positionals.flatMap(findRunFiles));
  for (const note of notes) process.stderr.write(`${escapeText(note)}\n`);
  const recount = await loadRecount(env['TOKENIZER'] ?? null, false);
  const { create, keepsConnections } = DIALECTS[dialect];
  const collector = create();
  const connecting = keepsConnections ? await findConnecting(files, anyway) : null;
  const counts = { requests: 0, completed: 0 };
  const onRecord = (record: RequestRecord): void => {
    if (record.warmup === true || record.probe === true) return;
    counts.requests += 1;
    if (record.outcome === 'completed') counts.completed += 1;
    collector.add(connecting === null ? recount(record) : startConnected(recount(record), connecting.estimate_ms));
  };
  const samples = await readRecords(files, onRecord, { anyway });
  if (connecting !== null && connecting.mean_ms !== 0 && counts.completed > 0)
    process.stderr.write(`${describeConnecting(dialect, connecting)}\n`);
  for (const { place, text: problem } of samples.problems)
    process.stderr.write(`${escapeText(place)}: ${escapeText(problem)}\n`);
  for (const { makes, text: fault } of samples.faults) process.stderr.write(`${makes}: ${escapeText(fault)}\n`);
  const ofRun = samples.args ?? {};
  const content = collector.build({
    args: ofRun,
    model: String(ofRun['model'] ?? samples.tags.model[0] ?? 'unknown'),
    concurrency: namedConcurrency(ofRun, samples.vus),
    unfinishedRequests: samples.unfinishedRequests,
  });
  const isFile = typeof content === 'string' || content instanceof Uint8Array;
  const file = isFile ? content : `${JSON.stringify(content, null, 2)}\n`;
  if (!writeOutput(output, typeof file === 'string' ? forPrograms(file) : file, process)) return EXIT_CODES.exception;
  if (counts.completed > 0) return EXIT_CODES.ok;
  process.stderr.write(`${describeNoneCompleted(counts.requests + samples.unfinishedRequests)}\n`);
  return EXIT_CODES.thresholdsCrossed;
};

/** What connecting took in a run; null: nobody knows. */
interface Connecting {
  /** The mean of all requests. */
  readonly mean_ms: Milliseconds | null;
  /** By probes, of requests that do not say it themselves. */
  readonly estimate_ms: Milliseconds | null;
}

/** Reads the files once more: probes come until the end of a run, and are to be taken off its first record too. */
async function findConnecting(files: readonly string[], anyway: boolean): Promise<Connecting> {
  const { own } = createNumberLists('own');
  const onRecord = ({ outcome, warmup, probe, connect_ms }: RequestRecord): void => {
    if (outcome === 'completed' && warmup !== true && probe !== true) own.push(connect_ms);
  };
  const { connectProbes } = await readRecords(files, onRecord, { anyway });
  const estimate_ms = own.count() > 0 ? null : (estimateConnecting(connectProbes)?.connect_ms ?? null);
  return { mean_ms: own.mean() ?? estimate_ms, estimate_ms };
}

function describeConnecting(dialect: string, { mean_ms }: Connecting): string {
  const keeps = `${dialect} keeps its connections`;
  return mean_ms === null
    ? `${keeps}: what connecting took here is not known, and TTFT and latency include it`
    : `${keeps}: TTFT and latency are without connecting, ${mean_ms.toFixed(1)} ms of a request on average`;
}

export const command: Command = { help: HELP, run };
