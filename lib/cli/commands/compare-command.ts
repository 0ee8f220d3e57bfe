import { buildComparison, type ComparedRun, type Comparison, type ComparisonReport } from '../../compare/comparison.ts';
import { buildComparisonJson, hasPassed } from '../../compare/comparison-json.ts';
import { groupRuns } from '../../compare/group-runs.ts';
import { renderComparisonHtml } from '../../compare/render-html.ts';
import { renderComparisonMarkdown } from '../../compare/render-markdown.ts';
import { renderComparisonText } from '../../compare/render-text.ts';
import { traceCurves } from '../../compare/run-curves.ts';
import { findDifferences, type RunFacts } from '../../compare/run-facts.ts';
import { parseRegressionGates } from '../../conditions/differences.ts';
import { parseFlags } from '../../config/node-flags.ts';
import { loadPageAssets } from '../../report/html/node-page-assets.ts';
import { ConfigError, EXIT_CODES, type Problem } from '../../shared/errors.ts';
import { escapeText } from '../../shared/escape-text.ts';
import { resampleRun } from '../../stats/resample-run.ts';
import { saltSeed } from '../../stats/resampler.ts';
import { SHOWN_PERCENTILES } from '../../stats/shown-statistics.ts';
import { describeNoneCompleted } from '../../verdict/nothing-measured.ts';
import type { Command, CommandHelp } from '../command.ts';
import { removeStaleJunit } from '../run/stale-junit.ts';
import { columnsOf, forPrograms } from '../support/fit-terminal.ts';
import { CommandError } from '../support/output.ts';
import { PAGE_DIR } from '../support/package-paths.ts';
import { writeOutput } from '../support/write-output.ts';
import { checkPlaces } from './check-places.ts';
import { COMPARE_FLAGS, type CompareOptions } from './compare-flags.ts';
import { type FoundRun, findComparedRuns, pairRuns, type RunPair } from './find-compared-runs.ts';
import { type LoadedRun, loadComparedRun } from './load-compared-run.ts';
import { publishComparison } from './publish-comparison.ts';

const HELP: CommandHelp = {
  usage: 'k6-llm-perf compare BASE NEW [MORE ...] [flags]',
  examples: [
    'k6-llm-perf compare outputs/base/qwen2.5 outputs/new/qwen2.5',
    "k6-llm-perf compare base.json new.json --fail-on 'p99(ttft)>+10%'",
    'k6-llm-perf compare outputs/base outputs/new --format html -o comparison.html',
  ],
  about:
    'Compares runs with the first one, number by number, with 95 % intervals of the differences: results folders, samples (k6 --out json, plain or .gz), groups of repeated runs (--runs), whose spread from run to run decides, or sweeps, whose points are compared one by one. Says better, worse, no difference shown, or why it cannot tell: requests or runs that are too few, or requests that are too dependent. Refuses runs whose numbers do not mean the same (workload, TTFT rule, token source, streaming, concurrency); the model may differ.',
  flags: COMPARE_FLAGS.specs,
};

const run: Command['run'] = async (args, process) => {
  const { env, positionals, problems } = parseFlags(args, [], COMPARE_FLAGS.specs);
  const options = COMPARE_FLAGS.read(env, problems);
  const { junit } = options;
  if (junit !== null) removeStaleJunit(junit);
  const { gates, problems: badGates } = parseRegressionGates(options.failOn);
  const found = positionals.map(findComparedRuns);
  const wrong = [
    ...problems,
    ...badGates,
    ...found.filter((runs): runs is Problem => 'key' in runs),
    ...checkPlaces({ output: options.output, junit }),
  ];
  if (wrong.length > 0) throw new ConfigError(wrong);
  if (found.length < 2) {
    throw new CommandError(
      `compare takes two runs or more, got ${found.length}\n  try: k6-llm-perf compare outputs/base/qwen2.5 outputs/new/qwen2.5`,
    );
  }
  const [base, ...others] = found as (readonly FoundRun[])[];
  const plan = others.map((next) => pairRuns(base as readonly FoundRun[], next));
  const pairs = plan.flatMap((part) => part.pairs);
  if (pairs.length === 0) {
    throw new CommandError(
      'these runs have no point in common\n  try: two single runs, or two sweeps over the same loads',
    );
  }
  const loaded = await loadAll(pairs, options);
  if (!options.anyway) checkComparable(pairs, loaded);

  const compared = resampleAll(
    loaded,
    options,
    gates.map(({ statistic }) => statistic),
  );
  const comparisons: Comparison[] = pairs.map(({ point, base: before, next }) =>
    buildComparison({ point, base: find(compared, before), next: find(compared, next) }, gates),
  );
  const { seed, replicates } = options;
  const report = { comparisons, seed, replicates, notes: plan.flatMap(({ notes }) => notes) };
  const rendered = render(report, options.format, options.output === null ? columnsOf(process.stdout) : undefined);
  const isWritten = writeOutput(options.output, rendered, process);
  if (isWritten && options.output !== null) process.stdout.write(`Comparison: ${options.output}\n`);
  const passed = hasPassed(comparisons);
  // Where the comparison itself is not on the screen, or is for a program, a person still sees why it failed.
  if (!passed && (options.output !== null || options.format !== 'text'))
    process.stderr.write(describeFailures(comparisons));
  const unmeasured = describeUnmeasured(loaded);
  process.stderr.write(unmeasured);
  const isPublished = publishComparison(process, comparisons, junit);
  if (!passed || unmeasured !== '') return EXIT_CODES.thresholdsCrossed;
  return isWritten && isPublished ? EXIT_CODES.ok : EXIT_CODES.exception;
};

export const command: Command = { help: HELP, run };

/** A run, or the runs of a group, with what they have in common. */
interface LoadedGroup extends Omit<LoadedRun, 'run'> {
  readonly runs: readonly LoadedRun[];
}

type LoadedRuns = ReadonlyMap<FoundRun, LoadedGroup>;

/** @throws {ConfigError} for runs without a single record */
async function loadAll(pairs: readonly RunPair[], { tokenizer, anyway }: CompareOptions): Promise<LoadedRuns> {
  const loaded = new Map<FoundRun, LoadedGroup>();
  for (const run of pairs.flatMap(({ base, next }) => [base, next])) {
    const isBase = pairs.some(({ base }) => base === run);
    if (!loaded.has(run)) loaded.set(run, await loadGroup(run, { tokenizer, anyway, isBase }));
  }
  const empty = [...loaded].filter(([, { requests }]) => requests === 0);
  if (empty.length === 0) return loaded;
  throw new ConfigError(
    empty.map(([{ name }, { notes }]) => ({
      key: 'run to compare',
      got: `${JSON.stringify(name)}, which holds no request${notes.length === 0 ? '' : ` (${notes[0]})`}`,
      allowed: 'samples with records (RECORDS is not off)',
      paste: 'k6-llm-perf compare outputs/base/qwen2.5 outputs/new/qwen2.5',
    })),
  );
}

/** @throws {ConfigError} for runs of a group that differ in what has to agree */
async function loadGroup(found: FoundRun, options: Parameters<typeof loadComparedRun>[1]): Promise<LoadedGroup> {
  const members = found.members ?? [found];
  const runs: LoadedRun[] = [];
  for (const member of members) runs.push(await loadComparedRun(member, options));
  const [{ facts }] = runs as [LoadedRun];
  const problems = options.anyway
    ? []
    : runs.flatMap((run, i) => describeUnlike((members[i] as FoundRun).name, run.facts, found.name, facts));
  if (problems.length > 0) throw new ConfigError(problems);
  const sum = (of: (run: LoadedRun) => number): number => runs.reduce((total, run) => total + of(run), 0);
  return {
    runs,
    facts,
    requests: sum(({ requests }) => requests),
    completed: sum(({ completed }) => completed),
    notes: runs.flatMap(({ notes }, i) =>
      members.length === 1 ? notes : notes.map((note) => `run ${i + 1}: ${note}`),
    ),
  };
}

/** A line for each run of which no request completed: there is nothing that could have got worse, or better. */
function describeUnmeasured(loaded: LoadedRuns): string {
  return [...loaded]
    .filter(([, { completed }]) => completed === 0)
    .map(([{ name }, { requests }]) => `${escapeText(name)}: ${describeNoneCompleted(requests)}\n`)
    .join('');
}

/** @throws {ConfigError} with everything in which runs differ and must not */
function checkComparable(pairs: readonly RunPair[], loaded: LoadedRuns): void {
  const problems = pairs.flatMap(({ base, next }) =>
    describeUnlike(next.name, find(loaded, next).facts, base.name, find(loaded, base).facts),
  );
  if (problems.length > 0) throw new ConfigError(problems);
}

function describeUnlike(name: string, facts: RunFacts, baseName: string, base: RunFacts): Problem[] {
  return findDifferences(base, facts)
    .filter(({ strict }) => strict)
    .map((difference) => ({
      key: `${difference.name} of ${escapeText(name)}`,
      got: escapeText(difference.next),
      allowed: `the same as in ${escapeText(baseName)}: ${escapeText(difference.base)}`,
      paste: '--anyway, or two runs with the same settings',
    }));
}

function resampleAll(
  loaded: LoadedRuns,
  options: CompareOptions,
  statistics: readonly string[],
): ReadonlyMap<FoundRun, ComparedRun> {
  const asked = statistics.flatMap((statistic) => (statistic.startsWith('p') ? [Number(statistic.slice(1))] : []));
  const percentiles = [...new Set([...SHOWN_PERCENTILES, ...asked])].sort((a, b) => a - b);
  const { replicates, percentileRule, seed, format } = options;
  const groups = [...loaded].map(([found, { runs, requests, completed, facts, notes }], index) => {
    const settings = { seed: saltSeed(seed, index), replicates, percentileRule, percentiles };
    const resampled = groupRuns(runs.map(({ run }) => resampleRun(run, settings)));
    const curves = format === 'html' && runs.length === 1 ? traceCurves((runs[0] as LoadedRun).run) : null;
    const counts = { requests, completed, runs: runs.length };
    return [found, { name: found.name, ...counts, facts, resampled, curves, notes }] as const;
  });
  return new Map(groups);
}

function find<T>(runs: ReadonlyMap<FoundRun, T>, run: FoundRun): T {
  return runs.get(run) as T;
}

function render(
  report: ComparisonReport,
  format: CompareOptions['format'],
  columns: number | undefined,
): string | Uint8Array {
  switch (format) {
    case 'text':
      return renderComparisonText(report, columns);
    case 'markdown':
      return forPrograms(renderComparisonMarkdown(report));
    case 'html':
      return forPrograms(renderComparisonHtml(report, loadPageAssets(PAGE_DIR)));
    case 'json':
      return forPrograms(`${JSON.stringify(buildComparisonJson(report), null, 2)}\n`);
  }
  return format satisfies never;
}

function describeFailures(comparisons: readonly Comparison[]): string {
  return comparisons
    .flatMap(({ point, next, gates }) =>
      gates
        .filter(({ state }) => state === 'failed')
        .map(({ source, detail }) => `FAILED  ${escapeText(point ?? next.name)}: ${escapeText(source)}: ${detail}\n`),
    )
    .join('');
}
