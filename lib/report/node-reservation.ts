import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { codeOf, lookAt, replaceFile } from '../shared/node-files.ts';

/** In a folder while a command writes there; where the command was killed, it stays. */
const RESERVATION_FILE = '.k6-llm-perf-running.json';

/** Who writes in a folder. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Tells a process from a later one that got its number; null where the system does not say. */
  readonly process_started: string | null;
  readonly since: string;
}

export type Reservation =
  /** `leftBy`: of a command that was killed there, and may have left half of its files. */
  { readonly state: 'reserved'; readonly leftBy: string | null } | { readonly state: 'taken'; readonly by: string };

/**
 * Reserves an existing folder for this process, in one step of the file system, so that of several that start at once only
 * one gets it.
 *
 * @throws what the file system says: the folder cannot be written
 */
export function reserveFolder(folder: string): Reservation {
  const file = join(folder, RESERVATION_FILE);
  if (create(file)) return { state: 'reserved', leftBy: null };
  const text = readHolder(file);
  const holder = parseHolder(text);
  if (holder === null || isRunning(holder)) return { state: 'taken', by: describe(holder, file) };
  // Two may find it left behind: the one that takes it away, as it was seen, goes on.
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { state: 'taken', by: 'another command that starts just now' };
    throw error;
  }
  const isSeen = readHolder(aside) === text;
  if (!isSeen) renameSync(aside, file);
  else rmSync(aside);
  return isSeen && create(file)
    ? { state: 'reserved', leftBy: text }
    : { state: 'taken', by: 'another command that starts just now' };
}

/**
 * Ends the reservation: the files in the folder are whole, or nobody will finish them.
 *
 * @param leftBy of a killed command, whose mark is put back: its files are as it left them
 */
export function endReservation(folder: string, leftBy: string | null = null): void {
  const file = join(folder, RESERVATION_FILE);
  if (leftBy === null) rmSync(file, { force: true });
  else replaceFile(file, leftBy);
}

function create(file: string): boolean {
  const holder: Holder = {
    pid: process.pid,
    host: hostname(),
    process_started: lookAtProcess(process.pid)?.started ?? null,
    since: new Date().toISOString(),
  };
  try {
    writeFileSync(file, `${JSON.stringify(holder)}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    // A full disk leaves an empty one.
    rmSync(file, { force: true });
    throw error;
  }
}

/** A link is nobody's reservation, wherever it leads. */
function readHolder(file: string): string {
  if (lookAt(file)?.isFile() !== true) return '';
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function parseHolder(text: string): Holder | null {
  try {
    const holder = JSON.parse(text) as Partial<Holder> | null;
    return Number.isInteger(holder?.pid) && typeof holder?.host === 'string' ? (holder as Holder) : null;
  } catch {
    return null;
  }
}

/** Of a process on another machine nobody here can tell. */
function isRunning({ pid, host, process_started }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
  }
  const there = lookAtProcess(pid);
  return there === null || (!there.hasEnded && (process_started ?? there.started) === there.started);
}

/** Linux: the machine's start and the process's, which tell a process from a later one of the same number. */
function lookAtProcess(pid: number): { readonly started: string; readonly hasEnded: boolean } | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The name of the program, in parentheses, may hold blanks; after it come the state and, as the 20th, the start.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return { started: `${boot} ${fields[19]}`, hasEnded: fields[0] === 'Z' || fields[0] === 'X' };
  } catch {
    return null;
  }
}

function describe(holder: Holder | null, file: string): string {
  if (holder === null) return `somebody unknown; when no run is under way there, remove ${file}`;
  const who = `process ${holder.pid} on ${holder.host}, since ${holder.since}`;
  return holder.host === hostname() ? who : `${who}; when that one is over, remove ${file}`;
}
