import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** What a finished process took. */
export interface Usage {
  readonly wallMs: number;
  /** Of the process and its children; null where the shell does not tell. */
  readonly cpuMs: number;
  readonly stdout: string;
}

/**
 * Runs a program to its end.
 *
 * Its CPU time comes from `times` of the shell that waits for it, since Node tells only its own.
 * @throws {Error} with what it said, when it ends with another exit code than 0
 */
export async function runToEnd(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Usage> {
  const started = performance.now();
  const child = spawn('sh', ['-c', '"$@"; code=$?; times >&2; exit $code', 'sh', ...command], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const [code] = (await once(child, 'close')) as [number | null];
  const wallMs = performance.now() - started;
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${stderr()}`);
  return { wallMs, cpuMs: readTimes(stderr()), stdout: stdout() };
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.on('data', (piece: Buffer) => {
    text += piece.toString();
  });
  return () => text;
}

/** The last line of `times`: user and system time of the children, `0m1.23s 0m0.45s`. */
function readTimes(text: string): number {
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  const parts = [...last.matchAll(/(\d+)m([\d.,]+)s/g)];
  return parts.reduce((sum, [, minutes, seconds = '']) => {
    return sum + (Number(minutes) * 60 + Number(seconds.replace(',', '.'))) * 1000;
  }, 0);
}

/** A program that serves until `stop`. */
export interface Server {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Starts one of our servers, which says its address in its first line and ends when its standard input does. */
export async function startServer(script: string, args: readonly (string | number)[]): Promise<Server> {
  const child = spawn(process.execPath, [script, ...args.map(String)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [first] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    url: first.toString().trim(),
    stop: async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

/** Asks one of our servers. */
export async function ask<Answer>({ url }: Server, path: string): Promise<Answer> {
  return (await (await fetch(`${url}${path}`)).json()) as Answer;
}

/** Resident memory of a process in MB; null where there is no `/proc`, or no such process any more. */
export function residentMb(child: ChildProcess): number | null {
  try {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1000;
  } catch {
    return null;
  }
}
