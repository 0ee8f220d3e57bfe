import { constants, copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseFlags } from '../../config/node-flags.ts';
import { ConfigError, EXIT_CODES } from '../../shared/errors.ts';
import { whyNotWritable } from '../../shared/node-files.ts';
import { showPath } from '../../shared/show-word.ts';
import type { Command, CommandHelp } from '../command.ts';
import { CommandError } from '../support/output.ts';
import { PACKAGE_ROOT } from '../support/package-paths.ts';

/** What a project begins with: where a file is in the package, and in the project. */
const FILES = [
  ['deploy/starter/llm-test.js', 'llm-test.js'],
  ['deploy/starter/thresholds.json', 'thresholds.json'],
  ['deploy/starter/github-actions.yml', '.github/workflows/llm-test.yml'],
  ['dist/k6/llm.js', 'llm.js'],
  ['dist/k6/llm.js.map', 'llm.js.map'],
] as const;

const HELP: CommandHelp = {
  usage: 'k6-llm-perf init [FOLDER]',
  examples: ['k6-llm-perf init', 'k6-llm-perf init load-test', 'k6-llm-perf init ./tests/load'],
  about:
    'Writes a starter project for a k6 script of your own: the script, its thresholds, a CI file for GitHub Actions, and the library that the script imports (docs/k6-library.md). A file that is there already is never overwritten: then nothing is written.',
  flags: [],
};

const run: Command['run'] = async (args, process) => {
  const { positionals, problems } = parseFlags(args, [], []);
  if (problems.length > 0) throw new ConfigError(problems);
  if (positionals.length > 1) throw new CommandError('init takes one folder\n  try: k6-llm-perf init load-test');
  const folder = resolve(process.cwd(), positionals[0] ?? '.');
  const targets = FILES.map(([from, to]) => ({ from: join(PACKAGE_ROOT, from), to: join(folder, to) }));
  const show = (path: string): string => showPath(relative(process.cwd(), path));
  const there = targets.filter(({ to }) => existsSync(to));
  if (there.length > 0) {
    const names = there.map(({ to }) => show(to)).join(', ');
    throw new CommandError(`init overwrites nothing, and there is ${names}\n  try: k6-llm-perf init load-test`);
  }
  for (const { from, to } of targets) {
    try {
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(from, to, constants.COPYFILE_EXCL);
    } catch (error) {
      throw new CommandError(`${show(to)} cannot be written: ${whyNotWritable(to) ?? String(error)}`);
    }
    process.stdout.write(`wrote ${show(to)}\n`);
  }
  const script = relative(process.cwd(), join(folder, 'llm-test.js'));
  process.stdout.write(`\nNext: k6 run -e URL=http://127.0.0.1:8000/v1 -e MODEL=qwen2.5 \\\n  ${script}\n`);
  return EXIT_CODES.ok;
};

export const command: Command = { help: HELP, run };
