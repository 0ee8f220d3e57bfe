import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { AbortTest, describeException, ENGINE_EXIT_CODES, EngineError, toEngineError } from './engine-error.ts';
import type { EngineOptions, EngineResult } from './engine-options.ts';
import { runScenario } from './executors/run-scenario.ts';
import { planVus } from './executors/vu-steps.ts';
import { callLifecycle } from './lifecycle.ts';
import { loadScript } from './loader/load-script.ts';
import { createLogger, type Logger, type TextSink } from './logger.ts';
import type { Metric } from './metrics/metric.ts';
import { openConsoleFile } from './output/console-file.ts';
import { openOutputs } from './output/json-output.ts';
import { Run } from './run.ts';
import { Scope } from './scope.ts';
import { OptionError } from './settings/fields.ts';
import { configurationProblems } from './settings/scenarios.ts';
import { readScriptOptions } from './settings/script-options.ts';
import { createSummaryData, type SummaryData } from './summary/summary-data.ts';
import { renderTextSummary, writeSummary } from './summary/write-summary.ts';
import { canAbort, evaluateAbortingThresholds, evaluateThresholds, setUpThresholds } from './thresholds/thresholds.ts';
import { Vu } from './vu/vu.ts';
import { VuPool } from './vu/vu-pool.ts';

/** How often thresholds with `abortOnFail` are looked at, and how often `vus` is recorded: k6's periods. */
const THRESHOLD_PERIOD = 2000;
const VUS_PERIOD = 1000;

/**
 * Runs a k6 script in this process, as `k6 run` would.
 *
 * Never rejects for what a script or its options do wrong: the text goes to `stderr`, k6's exit code into the result.
 */
export async function runBundle(options: EngineOptions): Promise<EngineResult> {
  const stderr = options.stderr ?? process.stderr;
  const log = createLogger(stderr);
  const run = new Run(options.bundlePath, options.env, log);
  const forgetRejections = reportRejections(log);
  const onAbort = (): void => run.abort(interrupted());
  options.signal?.addEventListener('abort', onAbort, { once: true });
  if (options.signal?.aborted) onAbort();
  try {
    const session = new Session(run, options, stderr);
    return await session.execute();
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
    // Node reports a rejection when the microtasks are done: one of the last call comes a turn later.
    await setImmediate();
    forgetRejections();
    run.scope.end();
    run.dispose();
    run.consoleFile?.close();
  }
}

/** As k6 says it of its SIGINT. */
function interrupted(): EngineError {
  const text = "test run was aborted because the Node engine received an 'interrupt' signal";
  return new EngineError(text, ENGINE_EXIT_CODES.interrupted);
}

/** A promise of the script that nobody awaited must not end the process; k6 logs it too. */
function reportRejections(log: Logger): () => void {
  const report = (reason: unknown): void => {
    if (!(reason instanceof AbortTest)) log.error(`Uncaught (in promise) ${describeException(reason)}`);
  };
  process.on('unhandledRejection', report);
  return () => process.off('unhandledRejection', report);
}

class Session {
  readonly #run: Run;
  readonly #options: EngineOptions;
  readonly #stdout: TextSink;
  readonly #stderr: TextSink;
  readonly #pool: VuPool;
  #exports: Readonly<Record<string, unknown>> = {};
  #gated: readonly Metric[] = [];

  constructor(run: Run, options: EngineOptions, stderr: TextSink) {
    this.#run = run;
    this.#options = options;
    this.#stdout = options.stdout ?? process.stdout;
    this.#stderr = stderr;
    this.#pool = new VuPool(run, (vu) => loadScript(vu));
  }

  async execute(): Promise<EngineResult> {
    const run = this.#run;
    try {
      await this.#prepare();
    } catch (error) {
      const failure = toEngineError(error);
      run.log.error(failure.message);
      return { exitCode: failure.exitCode, thresholds: [], summaryData: null };
    }
    let failure = await this.#runTest();
    const crossed = evaluateThresholds(this.#gated, run.elapsed()).crossed;
    if (crossed.length > 0) {
      failure ??= thresholdsCrossed(`thresholds on metrics '${crossed.join(', ')}' have been crossed`);
    }
    await Promise.all(run.outputs.map((output) => output.close()));
    const summaryData = createSummaryData(run, isTty(this.#stdout), isTty(this.#stderr));
    await this.#handleSummary(summaryData);
    if (failure) run.log.error(failure.message);
    return {
      exitCode: failure?.exitCode ?? ENGINE_EXIT_CODES.ok,
      thresholds: this.#gated.flatMap(({ name, thresholds }) =>
        thresholds.map(({ source, ok }) => ({ metric: name, expression: source, ok })),
      ),
      summaryData,
    };
  }

  /** Everything that can be refused before the first request. */
  async #prepare(): Promise<void> {
    const run = this.#run;
    const { bundlePath, out, consoleOutput } = this.#options;
    if (!existsSync(bundlePath)) {
      throw new EngineError(
        `The moduleSpecifier "${bundlePath}" couldn't be found on local disk.`,
        ENGINE_EXIT_CODES.other,
      );
    }
    const first = new Vu(run, 0);
    await loadScript(first);
    this.#exports = first.exports;
    checkExports(first.exports, bundlePath);
    try {
      const read = readScriptOptions(first.exports['options'], (text) => run.log.warn(text));
      run.options = consoleOutput === undefined ? read : { ...read, exported: { ...read.exported, consoleOutput } };
    } catch (error) {
      throw error instanceof OptionError ? locate(error, bundlePath) : error;
    }
    this.#gated = setUpThresholds(run.settings.thresholds, run.registry);
    checkFunctions(run, first.exports);
    if (consoleOutput !== undefined) {
      run.consoleFile = openConsoleFile(consoleOutput, (error) =>
        run.log.error(`Failed to write to log, ${error.message}`),
      );
    }
    run.outputs = openOutputs(out ?? [], (error) => run.log.error(`writing the output failed: ${error.message}`));
  }

  /** VUs, setup, scenarios, teardown. @returns why the run did not end well, null when it did */
  async #runTest(): Promise<EngineError | null> {
    const run = this.#run;
    const plan = planVus(run.settings.scenarios);
    const stopGauges = this.#recordVus();
    const stopWatching = this.#watchThresholds();
    try {
      await this.#pool.fill(plan.planned, plan.possible - plan.planned);
      if (run.abortReason) return run.abortReason;
      run.markStarted();
      await this.#setup();
      await Promise.all(run.settings.scenarios.map((scenario) => runScenario(run, scenario, this.#pool)));
      await this.#teardown();
      if (run.abortReason) return run.abortReason;
      if (run.iterationsCompleted === 0) {
        run.log.warn('No script iterations fully finished, consider making the test duration longer');
      }
      return run.markedAsFailed
        ? new EngineError('test run was marked as failed', ENGINE_EXIT_CODES.markedAsFailed)
        : null;
    } catch (error) {
      return run.abortReason ?? toEngineError(error);
    } finally {
      if (run.started) run.markEnded();
      stopGauges();
      stopWatching();
      this.#pool.dispose();
    }
  }

  async #setup(): Promise<void> {
    const run = this.#run;
    if (typeof this.#exports['setup'] !== 'function') return;
    const data = await callLifecycle(run, 'setup', [undefined], run.scope);
    // k6 skips scenarios and teardown when setup does not come to its end.
    if (run.abortReason) throw run.abortReason;
    // As k6 keeps it: undefined inside becomes null.
    const toNull = (_key: string, value: unknown): unknown => (value === undefined ? null : value);
    run.setupData = data === undefined ? null : JSON.stringify(data, toNull);
  }

  async #teardown(): Promise<void> {
    const run = this.#run;
    if (typeof this.#exports['teardown'] !== 'function') return;
    const data: unknown = run.setupData === null ? undefined : JSON.parse(run.setupData);
    await callLifecycle(run, 'teardown', [data], new Scope());
  }

  #recordVus(): () => void {
    const run = this.#run;
    const tags = run.tagsOf();
    const timer = setInterval(() => {
      run.record(run.builtin.vus, run.activeVus, tags);
      run.record(run.builtin.vus_max, run.initializedVus, tags);
    }, VUS_PERIOD);
    return () => clearInterval(timer);
  }

  #watchThresholds(): () => void {
    const run = this.#run;
    if (!this.#gated.some(canAbort)) return () => {};
    const timer = setInterval(() => {
      const { crossed, abort } = evaluateAbortingThresholds(this.#gated, run.elapsed());
      if (!abort) return;
      const names = crossed.join(', ');
      run.abort(
        thresholdsCrossed(
          `thresholds on metrics '${names}' were crossed; at least one has abortOnFail enabled, stopping test prematurely`,
        ),
      );
    }, THRESHOLD_PERIOD);
    return () => clearInterval(timer);
  }

  /** A summary that fails is logged and changes no exit code, as in k6. */
  async #handleSummary(data: SummaryData): Promise<void> {
    const run = this.#run;
    const targets = { cwd: this.#options.cwd ?? process.cwd(), stdout: this.#stdout, stderr: this.#stderr };
    let result: unknown = null;
    if (typeof this.#exports['handleSummary'] === 'function') {
      try {
        // The result keeps its own copy: the script may change what it gets.
        result = await callLifecycle(run, 'handleSummary', [structuredClone(data)], new Scope());
      } catch (error) {
        run.log.error(toEngineError(error).message);
      }
    }
    const failure = writeSummary(result || { stdout: renderTextSummary(data) }, targets);
    if (failure !== null) run.log.error(`failed to handle the end-of-test summary: ${failure}`);
  }
}

function checkExports(exports: Readonly<Record<string, unknown>>, path: string): void {
  for (const name of ['setup', 'teardown', 'handleSummary']) {
    const value = exports[name];
    if (value === undefined || typeof value === 'function') continue;
    throw locate(new EngineError(`exported '${name}' must be a function`, ENGINE_EXIT_CODES.other), path);
  }
  if (Object.values(exports).some((value) => typeof value === 'function')) return;
  throw locate(new EngineError('no exported functions in script', ENGINE_EXIT_CODES.other), path);
}

function checkFunctions(run: Run, exports: Readonly<Record<string, unknown>>): void {
  const problems = run.settings.scenarios
    .filter(({ exec }) => typeof exports[exec] !== 'function')
    .map(({ name, exec }) => `executor ${name}: function '${exec}' not found in exports`);
  if (problems.length > 0) throw configurationProblems(problems);
}

/** k6 says which script it is about when it cannot read its exports. */
function locate(error: EngineError, path: string): EngineError {
  const place = `could not initialize '${basename(path)}': could not load JS test '${pathToFileURL(path).href}'`;
  return new EngineError(`${place}: ${error.message}`, error.exitCode);
}

function thresholdsCrossed(text: string): EngineError {
  return new EngineError(text, ENGINE_EXIT_CODES.thresholdsCrossed);
}

function isTty(sink: TextSink): boolean {
  return (sink as { isTTY?: boolean }).isTTY === true;
}
