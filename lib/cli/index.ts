import { readOptions } from '../config/code-options.ts';
import { describeEnvironment } from '../config/environment-settings.ts';
import type { RunConfig } from '../config/parameters.ts';
import type { ThresholdResult } from '../report/text/render-report.ts';
import type { RunSummary } from '../stats/run-summary.ts';
import type { GateResult } from '../verdict/judge-gates.ts';
import { prepareOwnApi } from './run/own-api.ts';
import { performRun } from './run/perf-run.ts';
import { readyWorkload } from './workload/workload.ts';

export type { CustomApi, CustomDelta, CustomSettings } from '../api/custom-api.ts';
export type { RequestRecord } from '../measure/request-record.ts';
export { ConfigError, type Problem } from '../shared/errors.ts';
export type { GateResult, RunConfig, RunSummary, ThresholdResult };

/** What to measure: the settings of a run by their names in `RunConfig`; `url` and `model` as on the command line. */
export type PerfOptions = Partial<Omit<RunConfig, 'given' | 'headers' | 'extraArgs' | 'dataset'>> & {
  readonly model: string;
  readonly dataset?: RunConfig['dataset'] | 'line_by_line';
  readonly headers?: Record<string, string>;
  readonly extraArgs?: Record<string, unknown>;
};

export interface PerfControls {
  /** Where progress and engine messages go; nowhere by default. */
  readonly log?: { write(text: string): unknown; readonly isTTY?: boolean };
  /** Aborting stops the run gracefully: what was measured is reported. */
  readonly signal?: AbortSignal;
}

export interface PerfResult {
  /** evalscope's summary keys, as in `benchmark_summary.json`. */
  readonly summary: Readonly<Record<string, number | string | null>>;
  /** evalscope's percentile rows, as in `benchmark_percentile.json`. */
  readonly percentiles: readonly Readonly<Record<string, number | string | null>>[];
  /** The folder with all files of the run; empty where nothing was sent, which leaves none. */
  readonly outputDir: string;
  /** The same numbers and more, unrounded, in base units. */
  readonly details: RunSummary;
  /** The tables as the command line prints them. */
  readonly text: string;
  readonly thresholds: readonly ThresholdResult[];
  readonly gates: readonly GateResult[];
  readonly engine: 'k6' | 'node';
  /** k6's numbers: 0 ok, 99 a threshold or a gate crossed, or no request completed, 105 stopped, 108 no connection. */
  readonly exitCode: number;
}

/**
 * Measures a service, as the command line does: `runPerfBenchmark({ url, parallel: 1, model: 'qwen2.5', number: 15 })`.
 *
 * A crossed threshold or gate is a result (`exitCode` 99), not an exception.
 * @throws {ConfigError} with every problem of the options, before anything is sent
 */
export async function runPerfBenchmark(options: PerfOptions, controls: PerfControls = {}): Promise<PerfResult> {
  const quiet = { write: () => undefined };
  const { settings, problems } = readOptions(options, controls);
  const log = controls.log ?? quiet;
  const fromOutside = describeEnvironment(process.env, settings);
  if (fromOutside !== null) log.write(`${fromOutside}\n`);
  await prepareOwnApi(settings['API'], process.cwd());
  await readyWorkload({ ...process.env, ...settings }, process.cwd(), log);
  const run = await performRun({
    settings,
    problems,
    passThrough: [],
    environment: process.env,
    cwd: process.cwd(),
    output: { stdout: log, stderr: log },
    signal: controls.signal,
  });
  const { summaryJson, percentilesJson, outputDir, summary: details, text, thresholds, gates, engine, exitCode } = run;
  return {
    ...{ summary: summaryJson, percentiles: percentilesJson, outputDir: outputDir ?? '' },
    ...{ details, text, thresholds, gates, engine, exitCode },
  };
}
