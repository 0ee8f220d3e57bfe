import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/** Watches over a child until it is over. */
interface Watch {
  over(): void;
}

/**
 * Learns by the end of descriptor 3 that we are gone; a word on it says that there is nothing to do. The shell goes at
 * once, and its part in the background belongs to nobody. A program has ten seconds to end by itself, with its last
 * samples; where nobody asks how it ended, it stays as a zombie (Z).
 */
const WATCHER = `(
  read -r word && exit
  kill -INT "$1"
  turns=0
  while [ $turns -lt 50 ] && kill -0 "$1" && ! grep -q ') Z ' "/proc/$1/stat"; do
    turns=$((turns + 1))
    sleep 0.2
  done
  kill -KILL "$1"
) <&3 &`;

/**
 * Ends a child that would go on without us: when this process is gone, by SIGKILL too, the child gets the signal of Ctrl-C,
 * and is killed when it does not end. A process of its own does that, since nothing of ours can any more.
 *
 * Where there is no shell (Windows), a command line that is killed leaves its child.
 */
export function endWithUs(pid: number): Watch {
  const watcher = spawn('/bin/sh', ['-c', WATCHER, 'sh', String(pid)], {
    // Keys are in the environment.
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    // Ctrl-C and the end of the terminal reach the whole group.
    detached: true,
  });
  const wire = watcher.stdio[3] as Writable & { unref?: () => void };
  watcher.on('error', () => undefined);
  wire.on('error', () => undefined);
  watcher.unref();
  wire.unref?.();
  return { over: () => wire.end('over\n') };
}
