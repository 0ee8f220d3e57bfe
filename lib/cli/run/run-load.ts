import { randomUUID } from 'node:crypto';
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { K6Thresholds } from '../../conditions/check-thresholds.ts';
import { renderConfigForArgsFile } from '../../config/args-file.ts';
import { formatModels } from '../../config/model-list.ts';
import { capOf, isOpenLoop } from '../../config/open-loop.ts';
import type { RunConfig } from '../../config/parameters.ts';
import { showPromptSettings } from '../../config/prompt-flags.ts';
import { createSecretMasker, maskUrl } from '../../config/secrets.ts';
import { runBundle } from '../../engine/index.ts';
import { formatLine, RECORD_VERSION } from '../../records/record-line.ts';
import type { EngineSummary } from '../../scenario/summarize-run.ts';
import { EXIT_CODES } from '../../shared/errors.ts';
import { escapeText } from '../../shared/escape-text.ts';
import { formatCount } from '../../shared/format-count.ts';
import { createMasker } from '../../shared/mask-secrets.ts';
import { keepRoom, readJsonFile } from '../../shared/node-files.ts';
import { RECORDS_FILE, SAMPLES_FILE, SERVER_FILE } from '../../shared/result-files.ts';
import { isHarmless } from '../../shared/show-word.ts';
import type { Output } from '../support/output.ts';
import { bundlePath } from '../support/package-paths.ts';
import type { Workload, WrittenPrompts } from '../workload/workload.ts';
import { ARGS_VARIABLE, describeMachine } from './client-machine.ts';
import { meterThisProcess } from './cpu-meter.ts';
import type { ChosenEngine } from './find-k6.ts';
import { writeOwnScript } from './own-api.ts';
import { describeCut } from './run-end.ts';
import { type EngineExit, runInK6 } from './run-in-k6.ts';
import { takeSettings } from './settings-for-k6.ts';
import { planStallLimits } from './stall-watch.ts';
import { type RunWatch, watchRun } from './watch-run.ts';
import { watchServer } from './watch-server.ts';

/** What the engine itself says at the end of a run, in the run's folder. */
const SUMMARY_FILE = 'engine_summary.json';

/** A load that can start: everything is checked. */
export interface PlannedLoad {
  readonly env: Readonly<Record<string, string>>;
  readonly config: RunConfig;
  /** Measured ones; null when bounded by time. */
  readonly expectedRequests: number | null;
  /** Requests before the measured ones. */
  readonly warmups: number;
  /** The longest time in which no request of the plan is under way. */
  readonly longestWaitMs: number;
  readonly thresholds: K6Thresholds;
  /** Prompts that the bundle does not make by itself; null: it does. */
  readonly workload: Workload | null;
  /** What to know of the settings, said first. */
  readonly notes: readonly string[];
}

/** Where a load runs. */
export interface LoadSurroundings {
  /** k6 flags after `--`. */
  readonly passThrough: readonly string[];
  readonly cwd: string;
  readonly output: Output;
  readonly signal?: AbortSignal | undefined;
  /** Ends the load as its plan would: what has finished by then is all that was asked for. */
  readonly enough?: AbortSignal | undefined;
}

/** A load that is over, and what is known of it beside its records. */
export interface EndedLoad extends Pick<EngineExit, 'exitCode' | 'load'> {
  readonly runId: string;
  readonly machine: ReturnType<typeof describeMachine>;
  /** The name of the file with the records, in the run's folder. */
  readonly recordsFile: string;
  /** null where the engine did not get that far, or had no room on the disk. */
  readonly told: EngineSummary | null;
  /** As a reason of the verdict names it; null for a run that came to its end, or may have. */
  readonly cutShortBy: string | null;
  /** What is under way at the end was left on purpose. */
  readonly hadEnough: boolean;
}

/**
 * Runs the bundle in the engine, its records into a folder, and shows how the run goes.
 *
 * @param folder an existing one, without records
 */
export async function runLoad(
  planned: PlannedLoad,
  engine: ChosenEngine,
  folder: string,
  { passThrough, cwd, output, signal: stop, enough }: LoadSurroundings,
): Promise<EndedLoad> {
  const { env, config, expectedRequests, warmups, notes, thresholds } = planned;
  const summaryFile = join(folder, SUMMARY_FILE);
  keepRoom(summaryFile);
  const runId = config.runId ?? randomUUID();
  const say = (text: string): void => {
    if (!config.quiet) output.stderr.write(`${text}\n`);
  };
  for (const note of notes) say(escapeText(note));
  const machine = describeMachine(engine);
  const inConsole = config.records !== 'samples';
  const recordsFile = inConsole ? RECORDS_FILE : SAMPLES_FILE;
  const file = join(folder, recordsFile);
  say(`engine: ${describeEngine(engine)}, ${describeLoad(config, expectedRequests)}`);
  const ofBundle = { ...env, RUN_ID: runId };
  const written = (await planned.workload?.write(folder, ofBundle, { say, signal: stop })) ?? null;
  const dataset = written?.dataset ?? config.dataset;
  const server = await watchServer(config, runId, join(folder, SERVER_FILE), env);
  for (const url of server.urls) say(`metrics of the server: ${maskUrl(url)}`);
  const ownScript = writeOwnScript(config.api, dataset, folder);
  if (ownScript !== null) say(`script: ${escapeText(ownScript)}, for k6 run as it is`);
  const run = {
    bundlePath: ownScript ?? bundlePath(dataset),
    env: {
      ...{ ...ofBundle, ...written?.settings, DATASET: dataset, LLM_PERF_SUMMARY_FILE: summaryFile },
      // The script looks before and after its load, where nothing of its own is under way.
      SERVER_METRICS: server.urls.join(',') || 'off',
      [ARGS_VARIABLE]: JSON.stringify({ ...pickGiven(config, written), ...showPromptSettings(env), machine }),
    },
    ...(inConsole ? { consoleOutput: file } : { out: [`json=${file}`] }),
    cwd,
    signal: anyOf(stop, enough),
  };
  const stall = new AbortController();
  const signal = anyOf(stop, stall.signal);
  const { words } = takeSettings(passThrough);
  const watch = startWatch({
    ...{ file, config, words, output },
    total: expectedRequests,
    warmups,
    longestWaitMs: planned.longestWaitMs,
    stall: engine.name === 'k6' ? stall : null,
  });
  // What an engine says of a stop that was planned is not news.
  const listen: RunWatch = {
    ...watch,
    say: (piece) => {
      if (enough?.aborted !== true || signal.aborted) watch.say(piece);
    },
  };
  const { killedBy, load, ...ended } = await (engine.name === 'k6'
    ? runInK6({
        ...run,
        extraArguments: words,
        onStderr: listen.say,
        signal: anyOf(signal, enough),
        k6Path: engine.path,
      })
    : runInNode(run, output, listen)
  ).finally(() => Promise.all([watch.end(), server.end()]));
  const hadEnough = enough?.aborted === true && !signal.aborted && ended.exitCode === EXIT_CODES.interrupted;
  if (hadEnough) markEnough(file, runId);
  const exitCode = hadEnough ? EXIT_CODES.ok : ended.exitCode;
  // Nothing when the engine did not get that far, or had no room on the disk.
  const told = (readJsonFile(summaryFile) ?? null) as EngineSummary | null;
  if (told === null) rmSync(summaryFile, { force: true });
  const cutShortBy = describeCut({ exitCode, killedBy, signal, thresholds, results: told?.thresholds ?? [] });
  return { runId, machine, recordsFile, exitCode, load, told, cutShortBy, hadEnough };
}

/** Says in the records that the load was ended on purpose, so that whoever reads them takes what that closed for no failure. */
function markEnough(file: string, runId: string): void {
  try {
    appendFileSync(file, `${formatLine('enough', { v: RECORD_VERSION, run_id: runId })}\n`);
  } catch {
    // A disk without room, which the verdict tells of.
  }
}

/** What the user set where the bundle gets something else, since its prompts are made: the run is theirs, live and read again. */
function pickGiven(config: RunConfig, written: WrittenPrompts | null): Readonly<Record<string, unknown>> {
  if (written === null) return {};
  const args = renderConfigForArgsFile(config, createSecretMasker(config));
  const keys = ['dataset', ...Object.keys(written.settings).map((name) => name.toLowerCase())];
  return Object.fromEntries(keys.map((key) => [key, args[key]]));
}

/** Aborted as soon as one of them is. */
function anyOf(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined));
}

/** Without commit, Go and platform, which `summary.json` has: a line of 80 columns holds the load too. */
function describeEngine(engine: ChosenEngine): string {
  return engine.name === 'k6' ? engine.version.replace(/ \(.*/, '') : 'node (built in)';
}

function describeLoad(config: RunConfig, expected: number | null): string {
  const { durationS, number } = config;
  // How many of a number of requests are measured is not known where time says which warm up.
  const all =
    durationS === null
      ? `${number === null ? 'all requests' : formatCount(number, 'request')}, warm-up included`
      : `for ${durationS} s`;
  const amount = expected === null ? all : formatCount(expected, 'request');
  return `${config.dataset}: ${amount}, ${describeConcurrency(config)}, ${escapeText(formatModels(config.models))}`;
}

function describeConcurrency(config: RunConfig): string {
  if (!isOpenLoop(config)) return `parallel ${config.parallel}`;
  const cap = capOf(config);
  const rate = config.rate === null ? '' : config.rate === 'inf' ? ' all at once' : ` at ${config.rate}/s`;
  return `open loop${rate}${cap === null ? '' : `, at most ${cap} in flight`}`;
}

/** Takes the run's secrets out of what k6 says, and words for k6 that may be a key in a wrong place, which k6 repeats. */
function createK6Mask(config: RunConfig, words: readonly string[]): (text: string) => string {
  const maskRun = createSecretMasker(config);
  const values = words.map((word) => word.replace(/^--?[\w-]+=/, ''));
  const maskWords = createMasker(values.filter((word) => !word.includes('/') && !isHarmless(word)));
  return (text) => maskWords(maskRun(text));
}

interface WatchedRun {
  readonly file: string;
  readonly config: RunConfig;
  readonly total: number | null;
  readonly warmups: number;
  readonly longestWaitMs: number;
  readonly words: readonly string[];
  readonly output: Output;
  /** Stops k6 when it waits for a request that no limit of its own ends any more; null in an engine whose limits always do. */
  readonly stall: AbortController | null;
}

function startWatch({ file, config, total, warmups, longestWaitMs, words, output, stall }: WatchedRun): RunWatch {
  const { totalTimeoutS, stages } = config;
  return watchRun({
    file,
    stderr: output.stderr,
    draws: !config.quiet,
    everyFailure: config.debug,
    showsProgress: output.stderr.isTTY !== true || config.debug || config.given.has('logEveryNQuery'),
    mask: createK6Mask(config, words),
    total,
    warmups,
    durationMs: config.durationS === null ? null : config.durationS * 1000,
    // A VU may have nothing to do.
    parallel: isOpenLoop(config) || stages !== null || longestWaitMs > 0 ? null : config.parallel,
    readTimeoutMs: config.readTimeoutS * 1000,
    stall:
      stall !== null
        ? {
            limits: planStallLimits(config, longestWaitMs, Date.now()),
            onStall: (silenceMs) => {
              const seconds = Math.round(silenceMs / 1000);
              output.stderr.write(
                `\nno request has ended for ${seconds} s, although each has a limit of ${totalTimeoutS} s (--total-timeout): k6 is stopped\n`,
              );
              stall.abort(`the command line, since no request ended for ${seconds} s`);
            },
          }
        : null,
  });
}

async function runInNode(
  run: Parameters<typeof runBundle>[0],
  { stdout }: Output,
  { say }: RunWatch,
): Promise<EngineExit> {
  const meter = meterThisProcess();
  const { exitCode } = await runBundle({ ...run, stdout, stderr: { write: say } });
  return { exitCode, killedBy: null, load: meter.stop() };
}
