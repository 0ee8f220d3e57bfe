import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { readConversation } from '../../dataset/read-conversation.ts';
import { ConfigError, type Problem } from '../../shared/errors.ts';
import { readTextFile } from '../../shared/node-read-text.ts';
import { quoteForShell } from '../../shared/quote-for-shell.ts';
import { showPath } from '../../shared/show-word.ts';
import { listFormats } from '../../traces/formats.ts';
import { readFirstRow } from '../../traces/node-read-rows.ts';
import type { Output } from '../support/output.ts';
import { convertTrace } from './convert-trace.ts';

/** What `prepare trace` would have written of a file. */
export interface ConvertedTrace {
  readonly text: string;
  /** The name of its format. */
  readonly format: string;
}

/** By absolute path, those of the run at hand. */
const converted = new Map<string, ConvertedTrace>();

/** A run before may have had the same file, with something else in it. */
export function forgetTraces(): void {
  converted.clear();
}

export function findConvertedTrace(path: string | null, cwd: string): ConvertedTrace | null {
  return path === null ? null : (converted.get(resolve(cwd, path)) ?? null);
}

/** The text of a file of prompts: of a trace what became of it. */
export function readPromptFile(path: string): string {
  return converted.get(resolve(path))?.text ?? readTextFile(path);
}

/**
 * Turns a recorded trace into conversations where a run names it as it is, as evalscope does; anything else is left alone.
 *
 * @throws {ConfigError} with what is wrong with its rows, and for a log, whose fields somebody has to name
 */
export async function convertTraceFile(path: string, stderr: Output['stderr']): Promise<void> {
  // What is wrong with a file that cannot be read, the run tells; a pipe would be empty afterwards.
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  const row = isFile ? await readFirstRow(path).catch(() => null) : null;
  if (row === null || typeof readConversation(row) !== 'string') return;
  const formats = listFormats({});
  const format = formats.find(({ fits }) => fits(row));
  if (format === undefined) return;
  if (format.name === 'log') throw new ConfigError([describeLog(path)]);
  const lines: string[] = [];
  const writer = {
    get lines() {
      return lines.length;
    },
    add: (line: object) => void lines.push(`${JSON.stringify(line)}\n`),
  };
  await convertTrace(path, { formats, named: format.name, writer, stderr });
  converted.set(path, { text: lines.join(''), format: format.name });
}

function describeLog(path: string): Problem {
  return {
    key: 'DATASET_PATH (--dataset-path)',
    got: `${showPath(basename(path))}: rows of a log, whose fields nobody has named`,
    allowed: 'what "prepare trace" makes of it, or a trace in a format of docs/traces.md',
    paste: `k6-llm-perf prepare trace ${quoteForShell(basename(path))} --map at=timestamp,messages=messages`,
  };
}
