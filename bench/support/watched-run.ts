import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What a process held at a moment. */
export interface Held {
  /** Since its start. */
  readonly at_ms: number;
  readonly rss_mb: number;
  /** Open descriptors that are sockets. */
  readonly sockets: number;
}

/** A process that ended well, and what it held on the way. */
export interface WatchedRun {
  readonly wallMs: number;
  /** User and system time, as of the last look. */
  readonly cpuMs: number;
  readonly held: readonly Held[];
  readonly stdout: string;
}

const LOOK_EVERY_MS = 50;
/** Of `/proc/PID/stat`, on every Linux. */
const MS_PER_TICK = 10;

/**
 * Runs a program to its end and looks at its memory and sockets in `/proc` on the way.
 *
 * @throws {Error} with what it said when it ends with another code than 0, or where there is no `/proc`
 */
export async function watchToEnd(
  [program = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<WatchedRun> {
  const started = performance.now();
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, said]: [string[], string[]] = [[], []];
  child.stdout.on('data', (piece: Buffer) => out.push(piece.toString()));
  child.stderr.on('data', (piece: Buffer) => said.push(piece.toString()));
  const held: Held[] = [];
  let cpuMs = 0;
  const timer = setInterval(() => {
    const seen = look(child.pid as number);
    if (seen === null) return;
    held.push({ at_ms: performance.now() - started, rss_mb: seen.rss_mb, sockets: seen.sockets });
    cpuMs = seen.cpuMs;
  }, LOOK_EVERY_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(timer);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${said.join('')}`);
  if (held.length === 0) throw new Error('memory is read from /proc, which this system does not have');
  return { wallMs: performance.now() - started, cpuMs, held, stdout: out.join('') };
}

/** null when the process is gone, or ends. */
function look(pid: number): { readonly rss_mb: number; readonly sockets: number; readonly cpuMs: number } | null {
  try {
    const rss = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    if (rss === undefined) return null;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const sockets = readdirSync(`/proc/${pid}/fd`).filter((name) => isSocket(`/proc/${pid}/fd/${name}`)).length;
    return { rss_mb: Number(rss) / 1000, sockets, cpuMs: (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK };
  } catch {
    return null;
  }
}

function isSocket(path: string): boolean {
  try {
    return readlinkSync(path).startsWith('socket:');
  } catch {
    return false;
  }
}
