import { listApis } from '../api/apis.ts';
import { maskUrl } from '../config/secrets.ts';
import { ConfigError, EXIT_CODES } from '../shared/errors.ts';
import { escapeLines } from '../shared/escape-text.ts';
import { createMasker } from '../shared/mask-secrets.ts';
import { findNearestName } from '../shared/nearest-name.ts';
import { ownValue } from '../shared/own-value.ts';
import { quoteForShell } from '../shared/quote-for-shell.ts';
import { describeShape, isHarmless } from '../shared/show-word.ts';
import { type CommandTable, type ProcessLike, renderCommandHelp } from './command.ts';
import { fitTerminal } from './support/fit-terminal.ts';
import { CommandError } from './support/output.ts';

/** Loaded when asked for, so that `--help` does not pay for the report's libraries. */
export const COMMANDS: CommandTable = {
  run: { text: 'measure a service (the default command)', load: () => import('./commands/run-command.ts') },
  report: {
    text: 'make tables and files from the samples of finished runs',
    load: () => import('./commands/report-command.ts'),
  },
  export: {
    text: "write a run by another tool's keys and definitions, or as a table",
    load: () => import('./commands/export-command.ts'),
  },
  query: { text: 'read the requests of a run with SQL', load: () => import('./commands/query-command.ts') },
  compare: {
    text: 'compare runs with a base, and fail on regressions',
    load: () => import('./commands/compare-command.ts'),
  },
  index: {
    text: 'write one page over all runs below a folder',
    load: () => import('./commands/index-command.ts'),
  },
  history: {
    text: 'print the trend of a metric over the runs below a folder',
    load: () => import('./commands/history-command.ts'),
  },
  prepare: {
    text: 'count the tokens of a dataset once, beside its prompts',
    load: () => import('./commands/prepare-command.ts'),
  },
  bundle: {
    text: 'make a k6 script that speaks an API of your own',
    load: () => import('./commands/bundle-command.ts'),
  },
  calibrate: {
    text: "measure this tool's own error on this machine",
    load: () => import('./commands/calibrate-command.ts'),
  },
  mock: { text: 'serve a mock LLM with known timings', load: () => import('./commands/mock-command.ts') },
  quickstart: {
    text: 'measure the mock server, or --url, with 15 requests',
    load: () => import('./commands/quickstart-command.ts'),
  },
  init: {
    text: 'write a starter project for a k6 script of your own',
    load: () => import('./commands/init-command.ts'),
  },
  completion: {
    text: 'print the completion script of bash, zsh or fish',
    load: async () => (await import('./commands/completion-command.ts')).createCompletion(COMMANDS),
  },
};

/**
 * The command line. `run` is the command when the first word is a flag.
 *
 * @returns the exit code: 0, 99 thresholds crossed, 104 bad configuration, 105 stopped, 107 an exception, k6's own others
 */
export async function runCli(args: readonly string[], runner: ProcessLike): Promise<number> {
  const process = fitTerminal(runner);
  const [first, ...rest] = args;
  // Whatever a message is made of, a key of the environment is not in it.
  const mask = createMasker(
    ['API_KEY', ...listApis().map(({ keyVariable }) => keyVariable)].map((name) => process.env[name] ?? null),
  );
  try {
    if (first === 'help' || isHelp(first) || (args.length === 0 && process.env['MODEL'] === undefined)) {
      process.stdout.write(renderOverview());
      return EXIT_CODES.ok;
    }
    if (first === '--version' || first === 'version') {
      process.stdout.write(`k6-llm-perf ${PACKAGE_VERSION}\n`);
      return EXIT_CODES.ok;
    }
    const isRun = first === undefined || first.startsWith('-');
    const command = ownValue(COMMANDS, isRun ? 'run' : first);
    if (command === undefined && /^https?:\/\//i.test(first as string)) {
      const given = first as string;
      const isShown = isHarmless(given) && maskUrl(given) === given;
      const url = isShown ? quoteForShell(given) : 'http://127.0.0.1:8000/v1';
      throw new CommandError(`a URL needs its flag\n  try: k6-llm-perf --url ${url}`);
    }
    if (command === undefined) {
      // A key that lost its flag may be here; a word with all but two letters in place is a mistyped command.
      const nearest = findNearestName(first as string, Object.keys(COMMANDS), 2);
      throw new CommandError(
        `there is no command ${nearest ? JSON.stringify(first) : `that is ${describeShape(first as string)}`}\n  try: k6-llm-perf ${nearest ?? 'help'}`,
      );
    }
    const { help, run } = (await command.load()).command;
    const words = isRun ? args : rest;
    const end = words.indexOf('--');
    if (words.slice(0, end < 0 ? words.length : end).some(isHelp)) {
      process.stdout.write(renderCommandHelp(help));
      return EXIT_CODES.ok;
    }
    return await run(words, process);
  } catch (error) {
    const isTold = error instanceof ConfigError || error instanceof CommandError;
    const text = isTold ? error.message : ((error as Error).stack ?? String(error));
    process.stderr.write(`${escapeLines(mask(text))}\n`);
    if (error instanceof ConfigError) return EXIT_CODES.badConfiguration;
    return error instanceof CommandError ? error.exitCode : EXIT_CODES.exception;
  }
}

/** Set by the build from package.json. */
declare const PACKAGE_VERSION: string;

function isHelp(word: string | undefined): boolean {
  return word === '--help' || word === '-h';
}

function renderOverview(): string {
  const rows = Object.entries(COMMANDS).map(([name, { text }]) => `  ${name.padEnd(12)}${text}`);
  return [
    "k6-llm-perf: a load tester for LLM services, with evalscope's tables.",
    '',
    'Usage: k6-llm-perf [COMMAND] [flags]',
    '',
    ...rows,
    '',
    'Examples',
    '  k6-llm-perf quickstart',
    '  k6-llm-perf --url http://127.0.0.1:8000/v1 --parallel 4 --number 100',
    '  k6-llm-perf compare outputs/base/qwen2.5 outputs/new/qwen2.5',
    '',
    'k6-llm-perf run --help lists every flag of a run; k6-llm-perf COMMAND --help',
    'those of another command.',
    '',
  ].join('\n');
}
