import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { createFlagSet, parseFlags } from '../../config/node-flags.ts';
import { renderIndex } from '../../history/render-index.ts';
import { loadPageAssets } from '../../report/html/node-page-assets.ts';
import { ConfigError, EXIT_CODES } from '../../shared/errors.ts';
import { escapeText } from '../../shared/escape-text.ts';
import { formatCount } from '../../shared/format-count.ts';
import { showPath } from '../../shared/show-word.ts';
import type { Command, CommandHelp } from '../command.ts';
import { OUTPUT } from '../support/common-flags.ts';
import { CommandError } from '../support/output.ts';
import { PAGE_DIR } from '../support/package-paths.ts';
import { writeOutput } from '../support/write-output.ts';
import { checkPlaces } from './check-places.ts';
import { loadHistory, readFolder } from './history-folder.ts';

const FLAGS = createFlagSet({
  output: {
    ...OUTPUT,
    defaultText: 'index.html in the folder',
    example: ['runs.html'],
    help: 'File for the page. Default: index.html in the folder.',
  },
});

const HELP: CommandHelp = {
  usage: 'k6-llm-perf index FOLDER [--output FILE]',
  examples: ['k6-llm-perf index outputs', 'k6-llm-perf index outputs -o runs.html', 'k6-llm-perf index .'],
  about:
    'Writes one page over all runs and sweeps in a folder and below it: a table to sort and to filter, with links to the reports, the trend of any metric with its intervals, and the command that compares the runs you tick. It needs no server: open it from disk. Run it again after new runs.',
  words: [['FOLDER', 'Where runs put their results: outputs.']],
  flags: FLAGS.specs,
};

const run: Command['run'] = async (args, process) => {
  const { env, positionals, problems } = parseFlags(args, FLAGS.specs, []);
  const { output } = FLAGS.read(env, problems);
  const folder = readFolder(positionals, 'index', problems);
  if (problems.length > 0) throw new ConfigError(problems);
  const path = output ?? join(folder, 'index.html');
  const unwritable = checkPlaces({ output: path });
  if (unwritable.length > 0) throw new ConfigError(unwritable);
  if (isForeign(path)) {
    throw new CommandError(`${showPath(path)} is a page of another program\n  try: --output runs.html`);
  }
  const history = loadHistory(folder, process);
  const base = relative(resolve(dirname(path)), resolve(folder))
    .split(sep)
    .join('/');
  const page = renderIndex(history, { folder, base }, loadPageAssets(PAGE_DIR));
  if (!writeOutput(path, page, process)) return EXIT_CODES.exception;
  const { length } = history.runs;
  process.stdout.write(`Index of ${formatCount(length, 'run')}: ${escapeText(path)}\n`);
  return EXIT_CODES.ok;
};

export const command: Command = { help: HELP, run };

/** Whether a file is there that this program did not write. */
function isForeign(path: string): boolean {
  try {
    return !readFileSync(path, 'utf8').includes('id="report-data"');
  } catch {
    return false;
  }
}
