import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { type TimerWatch, watchTimers } from './timer-waits.ts';

/** How busy a client was, from its start to its end; null where the system does not tell. */
export interface ClientLoad {
  /** CPU time over wall time and the cores it could use, 0 to 1. */
  readonly cpuRatio: number | null;
  /** Of the client itself in Node; of this process, which waits for the same CPU, beside a child. */
  readonly timers: TimerWatch;
}

export interface ClientMeter {
  stop(): ClientLoad;
}

/** Kernel ticks a second in `/proc`, 100 on every Linux that people run. */
const TICKS_PER_S = 100;
const SAMPLE_EVERY_MS = 500;

/** This process, whose event loop is one thread: what it could use is one core. */
export function meterThisProcess(): ClientMeter {
  const start = { wall: performance.now(), cpu: process.cpuUsage() };
  const timers = watchTimers();
  return {
    stop() {
      timers.stop();
      const { user, system } = process.cpuUsage(start.cpu);
      const wall = performance.now() - start.wall;
      return {
        cpuRatio: wall === 0 ? null : Math.min(1, (user + system) / 1000 / wall),
        timers,
      };
    },
  };
}

/** A child that uses all cores; read from `/proc` while it lives, since nothing tells afterwards. */
export function meterChild(pid: number | undefined): ClientMeter {
  const started = performance.now();
  let last: { cpuS: number; wallMs: number } | null = null;
  const sample = (): void => {
    const cpuS = readCpuSeconds(pid);
    if (cpuS !== null) last = { cpuS, wallMs: performance.now() - started };
  };
  const timer = setInterval(sample, SAMPLE_EVERY_MS);
  const timers = watchTimers();
  return {
    stop() {
      clearInterval(timer);
      timers.stop();
      const cpuRatio = last === null ? null : Math.min(1, last.cpuS / (last.wallMs / 1000) / cpus().length);
      return { cpuRatio, timers };
    },
  };
}

function readCpuSeconds(pid: number | undefined): number | null {
  try {
    // Behind the command in parentheses, which may hold blanks: state is field 3, user and system time are 14 and 15.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
  } catch {
    return null;
  }
}
