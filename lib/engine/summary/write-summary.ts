import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TextSink } from '../logger.ts';

export interface SummaryTargets {
  /** Where relative paths begin. */
  readonly cwd: string;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
}

/**
 * Writes what `handleSummary` returned: a map of `stdout`, `stderr` or a path to text or bytes. Folders are not made.
 * One bad entry does not keep the others from being written.
 *
 * @returns k6-like text of everything that went wrong; null when all is written
 */
export function writeSummary(result: unknown, targets: SummaryTargets): string | null {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) {
    return 'handleSummary() should return a map with string keys';
  }
  const entries = Object.entries(result);
  for (const [path, value] of entries) {
    if (toContent(value) === null) {
      return `error handling summary object ${path}: invalid type ${typeof value}, it needs to be a string or ArrayBuffer`;
    }
  }
  const failures = entries.flatMap(([path, value]) => writeEntry(path, toContent(value)!, targets));
  return failures.length === 0
    ? null
    : `Could not save some summary information:${failures.map((f) => `\n\t- ${f}`).join('')}`;
}

function writeEntry(path: string, content: string | Uint8Array, { cwd, stdout, stderr }: SummaryTargets): string[] {
  if (path === 'stdout' || path === 'stderr') {
    (path === 'stdout' ? stdout : stderr).write(
      typeof content === 'string' ? content : Buffer.from(content).toString(),
    );
    return [];
  }
  try {
    writeFileSync(resolve(cwd, path), content);
    return [];
  } catch (error) {
    return [`could not open '${path}': ${(error as Error).message}`];
  }
}

function toContent(value: unknown): string | Uint8Array | null {
  if (typeof value === 'string') return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return value instanceof Uint8Array ? value : null;
}
