import { createFlagSet, parseFlags } from '../../config/node-flags.ts';
import { integer, text } from '../../config/scalar-types.ts';
import { describeHistoryMetrics, findHistoryMetric, type HistoryMetric } from '../../history/history-metrics.ts';
import type { History } from '../../history/node-find-history.ts';
import { listHistoryPoints, renderHistory } from '../../history/render-history.ts';
import { ConfigError, EXIT_CODES, type Problem } from '../../shared/errors.ts';
import { showValue } from '../../shared/show-word.ts';
import { USUAL_COLUMNS, wrapText } from '../../shared/wrap-text.ts';
import type { Command, CommandHelp } from '../command.ts';
import { JSON_IN_PLACE } from '../support/common-flags.ts';
import { columnsOf, forPrograms } from '../support/fit-terminal.ts';
import { loadHistory, readFolder } from './history-folder.ts';

const FLAGS = createFlagSet({
  metric: {
    group: 'Results',
    type: text('a metric of a run'),
    default: 'p99(ttft)',
    example: ["'p99(ttft)'"],
    help: 'What to show of each run. Default: p99(ttft).',
  },
  last: {
    type: integer(1),
    default: 30,
    example: ['100'],
    help: 'Shows this many of the newest runs. Default: 30; --json has all.',
  },
  json: JSON_IN_PLACE,
});

const HELP: CommandHelp = {
  usage: "k6-llm-perf history FOLDER [--metric 'p99(ttft)'] [--last N] [--json]",
  examples: [
    'k6-llm-perf history outputs',
    "k6-llm-perf history outputs --metric 'mean(tpot)' --last 100",
    'k6-llm-perf history outputs --metric output_tokens_per_s --json',
  ],
  about:
    'Prints the trend of a metric over all runs in a folder and below it, the newest last: a line for each run with its value, its 95 % interval, and both as a bar. index writes the same as a page.',
  words: [['FOLDER', 'Where runs put their results: outputs.']],
  flags: FLAGS.specs,
  more: wrapText(`Metrics: ${describeHistoryMetrics()}.`).join('\n'),
};

const run: Command['run'] = async (args, process) => {
  const { env, positionals, problems } = parseFlags(args, FLAGS.specs, []);
  const { metric: wanted, last, json } = FLAGS.read(env, problems);
  const folder = readFolder(positionals, 'history', problems);
  const metric = findHistoryMetric(wanted);
  if (metric === null) problems.push(describeUnknown(wanted));
  if (metric === null || problems.length > 0) throw new ConfigError(problems);
  const history = loadHistory(folder, process);
  const columns = columnsOf(process.stdout) ?? USUAL_COLUMNS;
  process.stdout.write(
    json ? forPrograms(renderJson(metric, history)) : renderHistory(history, { metric, last, columns }),
  );
  return EXIT_CODES.ok;
};

export const command: Command = { help: HELP, run };

function renderJson(metric: HistoryMetric, { runs }: History): string {
  const { name, unit } = metric;
  return `${JSON.stringify({ metric: name, unit, runs: listHistoryPoints(runs, metric) }, null, 2)}\n`;
}

function describeUnknown(given: string): Problem {
  return {
    key: '--metric',
    got: showValue(given),
    allowed: describeHistoryMetrics(),
    paste: "--metric 'p99(ttft)'",
  };
}
