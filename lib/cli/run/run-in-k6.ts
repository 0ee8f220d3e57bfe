import { spawn } from 'node:child_process';
import { EXIT_CODES } from '../../shared/errors.ts';
import { type ClientLoad, meterChild } from './cpu-meter.ts';
import { endWithUs } from './end-with-us.ts';
import { goMemorySettings } from './go-memory.ts';

/** Variables of k6's own that would replace the scenario of the bundle. */
const OVERRIDES = [
  ...['K6_VUS', 'K6_ITERATIONS', 'K6_DURATION', 'K6_STAGES'],
  ...['K6_NEW_MACHINE_READABLE_SUMMARY', 'K6_NO_SUMMARY', 'K6_SUMMARY_MODE'],
];

/**
 * What k6 asks of the network beside the test, unless the user sets it: it sends a report on every run to its makers, and
 * may fetch a k6 with other extensions, where ours has what the bundle needs.
 */
const QUIET = { K6_NO_USAGE_REPORT: 'true', K6_AUTO_EXTENSION_RESOLUTION: 'false' };

/** What k6 ends with where it has no code for the fault: a flag that it does not know, an output that it cannot open. */
const BAD_FLAGS = 255;

/** How a run in an engine ended. */
export interface EngineExit {
  /** k6's numbers. */
  readonly exitCode: number;
  /** The signal that killed the engine, so that it could not end by itself; null where it did. */
  readonly killedBy: string | null;
  readonly load: ClientLoad;
}

/** One run of a bundle in real k6. */
export interface K6Run {
  readonly k6Path: string;
  readonly bundlePath: string;
  /** `__ENV` of the bundle. Passed through the environment, never as arguments, where `ps` would show a key. */
  readonly env: Readonly<Record<string, string>>;
  /** A file that is not there yet, which gets what the script prints; absent: k6's standard error does. */
  readonly consoleOutput?: string;
  /** `json=path`. */
  readonly out?: readonly string[];
  /** k6 flags after `--`. */
  readonly extraArguments: readonly string[];
  readonly cwd: string;
  readonly signal?: AbortSignal | undefined;
  /** Gets what k6 writes to its standard error, in pieces: thresholds, exceptions and what aborted a run among it. */
  readonly onStderr: (piece: string) => void;
}

/**
 * Runs a bundle in k6, which draws no progress; its summary goes straight to the terminal.
 *
 * @returns k6's exit code, 104 for flags that it refuses, 105 when a signal ended it
 */
export function runInK6(run: K6Run): Promise<EngineExit> {
  const env: NodeJS.ProcessEnv = { ...QUIET, ...process.env, ...run.env, ...goMemorySettings(process.env) };
  for (const name of OVERRIDES) delete env[name];
  // k6's Prometheus output takes a variable HEADERS for its own and would send ours, which may be keys, to its server.
  if (env['HEADERS']) env['LLM_PERF_HEADERS'] = env['HEADERS'];
  delete env['HEADERS'];
  // In no other format is a line of the script a line of the file.
  const log = ['--quiet', '--log-format', 'raw'];
  const consoleFile = run.consoleOutput === undefined ? [] : ['--console-output', run.consoleOutput];
  const outs = (run.out ?? []).flatMap((out) => ['--out', out]);
  return new Promise((resolve, reject) => {
    const child = spawn(run.k6Path, ['run', ...log, ...consoleFile, ...outs, ...run.extraArguments, run.bundlePath], {
      cwd: run.cwd,
      env,
      stdio: ['ignore', 'inherit', 'pipe'],
      // A terminal's Ctrl-C reaches the whole group. k6 would see it and then ours as its second signal, which ends it at
      // once, without its last samples and its summary.
      detached: true,
    });
    const kill = (): void => {
      child.kill('SIGKILL');
    };
    process.once('exit', kill);
    const watch = child.pid === undefined ? null : endWithUs(child.pid);
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', run.onStderr);
    const meter = meterChild(child.pid);
    const stop = (): void => {
      child.kill('SIGINT');
    };
    run.signal?.addEventListener('abort', stop);
    // Who stopped while the command line was still looking at the service means this, too.
    if (run.signal?.aborted) stop();
    child.on('error', (error) => {
      meter.stop();
      reject(error);
    });
    let load: ClientLoad | null = null;
    child.on('exit', () => {
      process.off('exit', kill);
      watch?.over();
      run.signal?.removeEventListener('abort', stop);
      load = meter.stop();
    });
    child.on('close', (code, killedBy) => {
      const exitCode = code === BAD_FLAGS ? EXIT_CODES.badConfiguration : code;
      resolve({ exitCode: exitCode ?? EXIT_CODES.interrupted, killedBy, load: load ?? meter.stop() });
    });
  });
}
