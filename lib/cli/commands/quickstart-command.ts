import { describeStray, parseFlags } from '../../config/node-flags.ts';
import { PARAMETERS } from '../../config/parameters.ts';
import { SWEEP_FLAGS } from '../../sweep/sweep-flags.ts';
import type { Command, CommandHelp } from '../command.ts';
import { completeFlag } from '../completion.ts';
import { startMockProcess } from '../run/mock-process.ts';
import { runAndPrint } from './run-command.ts';

/** The load of evalscope's quick start, on the engine that needs nothing but Node. */
const QUICK_START = { NUMBER: '15', PARALLEL: '1', ENGINE: 'node', DATASET: 'openqa', STREAM: 'true' };
/** About the server of the quick start's sample: 29 ms to the first token, then one every 3 ms, 232 in all. */
const MOCK_FLAGS = '--port 0 --ttft-ms 29 --tpot-ms 2.9 --ttft-spread 0.3 --tpot-spread 0.05 --output-tokens 232'.split(
  ' ',
);
const HELP: CommandHelp = {
  usage: 'k6-llm-perf quickstart [--url URL --model NAME] [flags of run]',
  examples: [
    'k6-llm-perf quickstart',
    'k6-llm-perf quickstart --url http://127.0.0.1:8000/v1 --model qwen2.5',
    'k6-llm-perf quickstart --number 50 --parallel 4',
  ],
  about:
    'Sends 15 requests, one after the other, on the built-in Node engine, and prints the tables. Without --url it measures a mock server that it starts and stops. It takes every flag of run; k6-llm-perf run --help lists them.',
  flags: [],
  moreFlags: [...PARAMETERS, ...SWEEP_FLAGS].flatMap(completeFlag),
};

const run: Command['run'] = async (args, process) => {
  const { env, strays, passThrough, problems: wrong } = parseFlags(args, SWEEP_FLAGS);
  const problems = [...wrong, ...strays.map((stray) => describeStray(stray, 'quickstart'))];
  const given = { passThrough, problems };
  if (env['URL'] !== undefined) return runAndPrint(process, { ...given, settings: { ...QUICK_START, ...env } });
  const { url, child } = await startMockProcess(MOCK_FLAGS);
  process.stderr.write(`mock LLM server started at ${url}\n`);
  try {
    return await runAndPrint(process, { ...given, settings: { ...QUICK_START, MODEL: 'qwen2.5', ...env, URL: url } });
  } finally {
    child.kill('SIGTERM');
  }
};

export const command: Command = { help: HELP, run };
