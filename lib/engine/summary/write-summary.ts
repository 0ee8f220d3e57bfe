import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TextSink } from '../logger.ts';
import type { SummaryData } from './summary-data.ts';

/** The engine's own summary, for scripts without `handleSummary`: thresholds, then a line a metric. */
export function renderTextSummary({ metrics }: SummaryData): string {
  const entries = Object.entries(metrics).sort(([a], [b]) => (a < b ? -1 : 1));
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  const lines = entries.map(([name, { values }]) => {
    const texts = Object.entries(values).map(([key, value]) => `${key}=${formatNumber(value)}`);
    return `  ${name.padEnd(width, '.')}: ${texts.join(' ')}`;
  });
  const thresholds = entries.flatMap(([name, metric]) =>
    Object.entries(metric.thresholds ?? {}).map(
      ([source, { ok }]) => `  ${ok ? 'passed' : 'crossed'}  ${name}: ${source}`,
    ),
  );
  const head = thresholds.length > 0 ? ['thresholds', ...thresholds, ''] : [];
  return `\n${[...head, 'metrics', ...lines].join('\n')}\n\n`;
}

function formatNumber(value: number): string {
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
}

interface SummaryTargets {
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
export function writeSummary(result: unknown, { cwd, stdout, stderr }: SummaryTargets): string | null {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) {
    return 'handleSummary() should return a map with string keys';
  }
  const entries = Object.entries(result).map(([path, value]) => ({ path, value, content: toContent(value) }));
  const bad = entries.find(({ content }) => content === null);
  if (bad) {
    return `error handling summary object ${bad.path}: invalid type ${typeof bad.value}, it needs to be a string or ArrayBuffer`;
  }
  const failures: string[] = [];
  for (const { path, content } of entries) {
    if (content === null) continue;
    try {
      if (path === 'stdout') stdout.write(content.toString());
      else if (path === 'stderr') stderr.write(content.toString());
      else writeFileSync(resolve(cwd, path), content);
    } catch (error) {
      failures.push(`\n\t- could not open '${path}': ${(error as Error).message}`);
    }
  }
  return failures.length === 0 ? null : `Could not save some summary information:${failures.join('')}`;
}

function toContent(value: unknown): string | Buffer | null {
  if (typeof value === 'string') return value;
  if (value instanceof ArrayBuffer) return Buffer.from(value);
  return value instanceof Uint8Array ? Buffer.from(value) : null;
}
