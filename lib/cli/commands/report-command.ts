import { resolve } from 'node:path';
import { renderConfigForArgsFile } from '../../config/args-file.ts';
import { loadConfig } from '../../config/load-config.ts';
import { createFlagSet, parseFlags } from '../../config/node-flags.ts';
import { type ConfigKey, PARAMETERS, type RunConfig } from '../../config/parameters.ts';
import { percentileRule } from '../../config/scalar-types.ts';
import { checkFiles } from '../../records/node-check-files.ts';
import type { ReadReport } from '../../records/node-read-report.ts';
import { readRecords } from '../../records/node-record-reader.ts';
import { createReportFolder, requestFolder } from '../../report/node-write-report.ts';
import { ConfigError, EXIT_CODES } from '../../shared/errors.ts';
import { escapeText } from '../../shared/escape-text.ts';
import type { PercentileRule } from '../../stats/percentile-rule.ts';
import type { Command, CommandHelp } from '../command.ts';
import { createReport, type ReportSettings } from '../run/create-report.ts';
import { keepRecords } from '../run/keep-records.ts';
import { reportNoRun } from '../run/no-run.ts';
import { peekSamples } from '../run/peek-samples.ts';
import { publishVerdict } from '../run/publish-verdict.ts';
import { removeStaleJunit } from '../run/stale-junit.ts';
import { ANYWAY } from '../support/common-flags.ts';
import { createFileGuard } from '../support/file-guard.ts';
import { namedConcurrency } from '../support/named-concurrency.ts';
import { CommandError } from '../support/output.ts';
import { printReport } from '../support/print-report.ts';
import { findRunFiles } from '../support/run-file.ts';
import { chooseView } from '../support/view.ts';
import { checkPlaces } from './check-places.ts';
import { chooseConditions } from './report-conditions.ts';

/** Settings that say what a report shows of the same requests. */
const SHOWN: readonly ConfigKey[] = ['slice', 'priceInput', 'priceOutput', 'priceHour', 'enablePdMetrics'];
/** The settings of a run that its report has, too. */
const SHARED: readonly ConfigKey[] = [
  ...(['outputsDir', 'name', 'noTimestamp', 'tokenizer', 'percentileRule', 'parallel', 'number'] as const),
  ...(['saveText', 'thresholds', 'gates', 'requireValid', 'requireCold', 'junit', 'tables'] as const),
  ...SHOWN,
];
const FLAGS = PARAMETERS.filter(({ name }) => SHARED.includes(name));
const SHOWN_FLAGS = PARAMETERS.filter(({ name }) => SHOWN.includes(name));
const OWN_FLAGS = createFlagSet({ anyway: ANYWAY });

const HELP: CommandHelp = {
  usage: 'k6-llm-perf report RUN [RUN ...] [flags]',
  examples: [
    'k6-llm-perf report outputs/20261124_120000/qwen2.5',
    "k6-llm-perf report records.jsonl.gz --gate 'p99(ttft)<500'",
    'k6-llm-perf report pod-1.json pod-2.json --outputs-dir outputs',
  ],
  about:
    "Makes the tables, evalscope's JSON files and its database from the records of a finished run: a results folder, what k6 wrote with --console-output FILE --log-format raw, or with --out json=FILE, plain or .gz. Several are instances of one run (k6-operator) and are merged; files that hold no records, the same requests twice and unlike runs are refused. What no flag says is taken from the records: thresholds and gates too, so an old run can be judged again by other ones. Ends with exit code 99 when one is crossed.",
  flags: [...FLAGS, ...OWN_FLAGS.specs],
};

const NOTHING = { files: [], hasRequests: true, notes: [] };

const run: Command['run'] = async (args, process) => {
  const { env, positionals, problems } = parseFlags(args, OWN_FLAGS.specs, FLAGS);
  const { anyway } = OWN_FLAGS.read(env, problems);
  if (positionals.length === 0 && problems.length === 0) {
    throw new CommandError('report takes the records of a run\n  try: k6-llm-perf report outputs/…/qwen2.5');
  }
  const { JUNIT: junit } = env;
  if (junit !== undefined && junit !== '') removeStaleJunit(resolve(process.cwd(), junit));
  const checked = positionals.length === 0 ? NOTHING : await checkFiles(positionals.flatMap(findRunFiles), true);
  const { files, notes: passedOver } = checked;
  const { model, args: ofRun } = await peekSamples(files);
  const { config, problems: wrong } = loadConfig({ MODEL: model?.trim() || 'model', ...env }, () => '');
  const places = checkPlaces({ outputsDir: env['OUTPUTS_DIR'] || 'outputs', junit: env['JUNIT'] });
  const all = [...problems, ...wrong, ...places];
  if (config === null || all.length > 0) throw new ConfigError(all);
  const { conditions, notes } = chooseConditions(config, ofRun, process.cwd());
  for (const note of [...passedOver, ...notes]) process.stderr.write(`${escapeText(note)}\n`);
  if (!checked.hasRequests) {
    const samples = await readRecords(files, () => undefined);
    const settings = chooseSettings(samples, config);
    const noRun = reportNoRun({ samples, end: null, model: model ?? 'model', settings, conditions });
    process.stdout.write(noRun.text);
    publishVerdict(process, noRun);
    return samples.connectionFailure === null ? EXIT_CODES.thresholdsCrossed : EXIT_CODES.aborted;
  }
  const folder = createReportFolder(requestFolder(config, new Date()), 'report');
  const report = await createReport({
    files,
    anyway,
    folder,
    tokenizer: config.tokenizer,
    saveText: config.saveText,
    thresholds: [],
    conditions,
    notes: () => passedOver,
    settings: (samples) => chooseSettings(samples, config),
  }).catch((error: unknown) => {
    folder.abandon();
    throw error;
  });
  const guard = createFileGuard();
  let links: readonly string[] = [];
  guard.attempt('records', () => {
    links = keepRecords(files, folder.path);
  });
  for (const note of [...guard.notes(), ...links]) process.stderr.write(`${escapeText(note)}\n`);
  folder.release();
  printReport(process.stdout, report, folder.path, chooseView(process, config.tables));
  publishVerdict(process, report);
  return report.passed ? EXIT_CODES.ok : EXIT_CODES.thresholdsCrossed;
};

export const command: Command = { help: HELP, run };

/** What flags say, else what the samples tell of their run. */
function chooseSettings(samples: ReadReport, config: RunConfig): ReportSettings {
  const args = samples.args ?? {};
  const { given } = config;
  const numberFrom = (key: string): number | null =>
    typeof args[key] === 'number' && args[key] >= 0 ? args[key] : null;
  return {
    concurrency: given.has('parallel') ? config.parallel : namedConcurrency(args, samples.vus),
    expectedRequests: given.has('number') ? config.number : samples.hadEnough ? null : numberFrom('expected_requests'),
    percentileRule: (given.has('percentileRule') ? null : readRule(args['percentile_rule'])) ?? config.percentileRule,
    args: {
      ...args,
      ...renderConfigForArgsFile(
        config,
        String,
        SHOWN_FLAGS.filter(({ name }) => given.has(name)),
      ),
    },
  };
}

/** The rule that a run's configuration names, by its name of today or of then. */
function readRule(name: unknown): PercentileRule | null {
  const parsed = percentileRule.parse(String(name), () => '');
  return parsed.state === 'value' ? parsed.value : null;
}
