import { type ChildProcess, spawn } from 'node:child_process';
import { parseFlags } from '../config/node-flags.ts';
import { SWEEP_FLAGS } from '../sweep/sweep-flags.ts';
import { CommandError } from './output.ts';
import { CLI_PATH } from './package-paths.ts';
import type { Command } from './run-cli.ts';
import { runAndPrint } from './run-command.ts';

/** The load of evalscope's quick start, on the engine that needs nothing but Node. */
const QUICK_START = { NUMBER: '15', PARALLEL: '1', ENGINE: 'node', DATASET: 'openqa', STREAM: 'true' };
/** About the server of the quick start's sample: 29 ms to the first token, then one every 3 ms, 232 in all. */
const MOCK_FLAGS = [
  '--port',
  '0',
  '--ttft-ms',
  '29',
  '--tpot-ms',
  '2.9',
  '--ttft-spread',
  '0.3',
  '--tpot-spread',
  '0.05',
  '--output-tokens',
  '232',
];
const HELP = `Usage: k6-llm-perf quickstart [--url URL --model NAME] [flags of run]

Sends 15 requests, one after the other, on the built-in Node engine, and prints the tables. Without --url it measures a
mock server that it starts and stops.
`;

/** `k6-llm-perf quickstart`. */
export const quickstartCommand: Command = async (args, process) => {
  const { env, passThrough, problems, help } = parseFlags(args, SWEEP_FLAGS);
  if (help) {
    process.stdout.write(HELP);
    return 0;
  }
  const given = { passThrough, problems };
  if (env['URL'] !== undefined) return runAndPrint(process, { ...given, settings: { ...QUICK_START, ...env } });
  const { url, child } = await startMockProcess();
  process.stderr.write(`mock LLM server started at ${url}\n`);
  try {
    return await runAndPrint(process, { ...given, settings: { ...QUICK_START, MODEL: 'qwen2.5', ...env, URL: url } });
  } finally {
    child.kill('SIGTERM');
    process.stderr.write('mock LLM server stopped\n');
  }
};

/** The mock in a process of its own: in ours, its work would show up in what we measure. */
function startMockProcess(): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(globalThis.process.execPath, [CLI_PATH, 'mock', ...MOCK_FLAGS], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // A terminal's Ctrl-C reaches the whole group, and the server has to outlive the run that it serves.
    detached: true,
  });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (piece: Buffer) => {
      text += piece.toString();
      const url = /http:\S+\/chat\/completions/.exec(text)?.[0];
      if (url !== undefined) resolve({ url, child });
    });
    child.on('error', reject);
    child.on('exit', (code) => reject(new CommandError(`the mock server did not start (exit code ${code})`, 107)));
  });
}
