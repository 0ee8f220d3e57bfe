import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineOptions, EngineResult } from '../../../lib/engine/engine-options.ts';
import { runBundle } from '../../../lib/engine/run-bundle.ts';
import type { SummaryData } from '../../../lib/engine/summary/summary-data.ts';

/** What a run left behind. */
export interface ScriptRun extends EngineResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly data: SummaryData;
  /** Files that the run wrote into its folder. */
  read(name: string): string;
  bytes(name: string): Buffer;
}

export interface ScriptOptions extends Partial<Omit<EngineOptions, 'bundlePath'>> {
  /** Files beside the script. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Runs a script from a folder of its own, which is also the working folder; `OUT` in an `out` entry means that folder. */
export async function runScript(source: string, options: ScriptOptions = {}): Promise<ScriptRun> {
  const folder = mkdtempSync(join(tmpdir(), 'engine-'));
  const files = { ...options.files, 'script.js': source };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const written = { stdout: '', stderr: '' };
  const left = new Map<string, Buffer>();
  try {
    const { files: _files, out, ...rest } = options;
    const result = await runBundle({
      bundlePath: join(folder, 'script.js'),
      env: {},
      cwd: folder,
      stdout: { write: (text) => (written.stdout += text) },
      stderr: { write: (text) => (written.stderr += text) },
      ...(out ? { out: out.map((entry) => entry.replace('OUT', folder)) } : {}),
      ...rest,
    });
    for (const name of ['samples.json', 'samples.json.gz', 'summary.json', 'bytes.bin']) {
      try {
        left.set(name, readFileSync(join(folder, name)));
      } catch {
        // Not every run writes every file.
      }
    }
    return {
      ...result,
      ...written,
      data: result.summaryData as SummaryData,
      read: (name) => left.get(name)?.toString() ?? '',
      bytes: (name) => left.get(name) ?? Buffer.alloc(0),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The script's `console.log` lines. */
export function lines(run: ScriptRun): string[] {
  return run.stderr.split('\n').filter((line) => line !== '');
}

/** Those of the lines that are JSON, parsed. */
export function jsonLines(run: ScriptRun): unknown[] {
  return lines(run).flatMap((line) => {
    try {
      return [JSON.parse(line) as unknown];
    } catch {
      return [];
    }
  });
}
