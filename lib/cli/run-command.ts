import { parseFlags } from '../config/node-flags.ts';
import { renderHelp } from '../config/render-help.ts';
import type { Problem } from '../shared/errors.ts';
import { performRun } from './perf-run.ts';
import type { Command, ProcessLike } from './run-cli.ts';
import { withStopSignal } from './stop-signal.ts';

const USAGE = `Usage: k6-llm-perf [run] --model NAME [--url URL] [flags] [-- k6 flags]

Measures a service and prints evalscope's tables. Every flag has an environment variable, which k6 scripts take as -e.
`;

/** `k6-llm-perf run`. */
export const runCommand: Command = async (args, process) => {
  const { env, positionals, passThrough, problems, help } = parseFlags(args);
  if (help) {
    process.stdout.write(`${USAGE}\n${renderHelp()}\n`);
    return 0;
  }
  return runAndPrint(process, {
    settings: env,
    passThrough,
    problems: [...problems, ...positionals.map(describeStray)],
  });
};

/** A run with its tables on standard output: what `run` and `quickstart` have in common. */
export async function runAndPrint(
  process: ProcessLike,
  given: {
    readonly settings: Readonly<Record<string, string>>;
    readonly passThrough: readonly string[];
    readonly problems: readonly Problem[];
  },
): Promise<number> {
  const run = await withStopSignal(process, (signal) =>
    performRun({ ...given, environment: process.env, cwd: process.cwd(), output: process, signal }),
  );
  if (run.summary.total_requests > 0) process.stdout.write(`\n${run.text}`);
  process.stdout.write(`\nResults: ${run.outputDir}\n`);
  return run.exitCode;
}

function describeStray(word: string): Problem {
  return {
    key: `"${word}"`,
    got: 'a word that belongs to no flag',
    allowed: 'flags, and k6 flags after --',
    paste: 'k6-llm-perf --help',
  };
}
