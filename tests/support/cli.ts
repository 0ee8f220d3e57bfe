import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessLike } from '../../lib/cli/command.ts';
import { runCli as runHere } from '../../lib/cli/run-cli.ts';

/** The command line as people run it, built. */
export const CLI_PATH = join(process.cwd(), 'dist', 'node', 'cli.js');

/** How a command ended, and what it said. */
export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartedCli {
  readonly child: ChildProcess;
  readonly finished: Promise<CliRun>;
  /** Standard error so far. */
  readonly said: () => string;
}

interface CliOptions {
  /** In a process group of its own, as a shell with a terminal starts it. */
  readonly ownGroup?: boolean;
  /** A folder of its own by default, so that results do not land in the checkout. */
  readonly cwd?: string;
  /** Beside PATH, HOME and K6_BIN, which are all that is passed on: settings of the shell change no test. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A new folder for files of a test. */
export function createFolder(): string {
  return mkdtempSync(join(tmpdir(), 'k6-llm-perf-'));
}

/** The flags of a run of two requests, without the test of the connection. */
export function flagsOfTwo(serverUrl: string, engine: string): string[] {
  return ['--url', `${serverUrl}/v1`, '--model', 'm', '--number', '2', '--engine', engine, '--no-test-connection'];
}

/** What programs need to be found, and what is given. */
function bareEnvironment(env: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept = ['PATH', 'HOME', 'K6_BIN'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), ...env };
}

/** Starts `k6-llm-perf` with the words of a command line. */
export function startCli(args: readonly string[], options: CliOptions = {}): StartedCli {
  return startProgram(process.execPath, [CLI_PATH, ...args], options);
}

/** Starts any program, and collects what it says. */
export function startProgram(
  program: string,
  args: readonly string[],
  { cwd = createFolder(), env = {}, ownGroup = false }: CliOptions = {},
): StartedCli {
  const child = spawn(program, args, {
    cwd,
    env: bareEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: ownGroup,
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (piece: Buffer) => (stdout += piece.toString()));
  child.stderr?.on('data', (piece: Buffer) => (stderr += piece.toString()));
  const finished = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, finished, said: () => stderr };
}

/** The ids of the processes that a running one has started; Linux. */
export function childrenOf({ pid }: ChildProcess): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

/** Runs `k6-llm-perf` to its end. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  return startCli(args, options).finished;
}

/**
 * Runs `k6-llm-perf` without a process of its own, a quarter of a second less: for what it says, not for how it starts and
 * ends. Paths are from the checkout; nothing of the shell's environment but PATH, HOME and K6_BIN is passed on.
 */
export async function runInProcess(args: readonly string[]): Promise<CliRun> {
  let stdout = '';
  let stderr = '';
  const write = { stdout: (piece: unknown) => (stdout += piece), stderr: (piece: unknown) => (stderr += piece) };
  const code = await runWith(args, { stdout: { write: write.stdout }, stderr: { write: write.stderr } });
  return { code, stdout, stderr };
}

/** The same on a terminal of 80 columns without colours: all texts in their order, and what is for programs. */
export async function runOnTerminal(
  args: readonly string[],
): Promise<{ readonly code: number; readonly text: string; readonly bytes: string }> {
  let text = '';
  let bytes = '';
  const write = (piece: unknown): void => {
    if (typeof piece === 'string') text += piece;
    else bytes += piece;
  };
  const terminal = { isTTY: true, columns: 80, write };
  return { code: await runWith(args, { stdout: terminal, stderr: terminal }), text, bytes };
}

function runWith(args: readonly string[], streams: Pick<ProcessLike, 'stdout' | 'stderr'>): Promise<number> {
  return runHere(args, {
    ...streams,
    env: { ...bareEnvironment(), NO_COLOR: '1' },
    cwd: createFolder,
    on: () => undefined,
    off: () => undefined,
    exit: (status) => {
      throw new Error(`the process would exit with ${status}`);
    },
  });
}
