import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { runBundle } from '../../lib/engine/index.ts';
import type { RequestRecord } from '../../lib/measure/request-record.ts';
import { readRecords } from '../../lib/records/node-record-reader.ts';

export type EngineName = 'node' | 'k6';

/** A bundle's run, as a person and a report see it. */
export interface BundleRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** In the order of their index. */
  readonly records: readonly RequestRecord[];
  readonly samplesPath: string;
}

/** The real k6 with k6/x/sse, from `K6_BIN` or the PATH; null where there is none. */
export const K6_PATH = findK6();

function findK6(): string | null {
  const path = process.env['K6_BIN'] || 'k6';
  try {
    return execFileSync(path, ['version'], { encoding: 'utf8' }).includes('k6/x/sse') ? path : null;
  } catch {
    return null;
  }
}

/** Runs a group of tests once per engine; where real k6 is missing, its group is skipped and says so. */
export function describeEngines(name: string, tests: (engine: EngineName) => void): void {
  describe(`${name} [node]`, () => tests('node'));
  describeK6(name, () => tests('k6'));
}

/** Runs a group of tests in real k6 only. */
export function describeK6(name: string, tests: () => void): void {
  if (K6_PATH === null) {
    console.warn(`SKIPPED, NOT PASSED: "${name}" needs a k6 with k6/x/sse on the PATH or in K6_BIN`);
    describe.skip(`${name} [k6: SKIPPED, no k6 with k6/x/sse on the PATH or in K6_BIN]`, tests);
  } else {
    describe(`${name} [k6]`, tests);
  }
}

/**
 * Runs `dist/<bundle>.js` with the given settings in one of the engines.
 *
 * @param words flags of k6
 */
export async function runInEngine(
  engine: EngineName,
  bundle: string,
  settings: Readonly<Record<string, string>>,
  words: readonly string[] = [],
): Promise<BundleRun> {
  const samplesPath = join(mkdtempSync(join(tmpdir(), 'k6-llm-perf-')), 'samples.json');
  const bundlePath = join(process.cwd(), 'dist', `${bundle}.js`);
  const run =
    engine === 'node'
      ? await inNode(bundlePath, settings, samplesPath)
      : await inK6(bundlePath, settings, samplesPath, words);
  const records: RequestRecord[] = [];
  try {
    await readRecords([samplesPath], (record) => records.push(record));
  } catch {
    // A run that was refused writes no samples.
  }
  records.sort((a, b) => a.index - b.index);
  return { ...run, records, samplesPath };
}

async function inNode(bundlePath: string, env: Readonly<Record<string, string>>, samplesPath: string) {
  let stdout = '';
  let stderr = '';
  const { exitCode } = await runBundle({
    bundlePath,
    env,
    out: [`json=${samplesPath}`],
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  return { exitCode, stdout, stderr };
}

function inK6(
  bundlePath: string,
  settings: Readonly<Record<string, string>>,
  samplesPath: string,
  words: readonly string[],
) {
  const args = ['run', '--quiet', '--no-color', '--out', `json=${samplesPath}`, ...words, bundlePath];
  const child = spawn(K6_PATH as string, args, {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
  return new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ exitCode: code ?? -1, stdout, stderr }));
  });
}
