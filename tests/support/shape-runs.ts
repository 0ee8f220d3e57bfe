import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestRecord } from '../../lib/measure/request-record.ts';
import { createFolder } from './cli.ts';
import { type BundleRun, type EngineName, runInEngine } from './engines.ts';
import { type MockProcess, startMockProcess } from './mock-process.ts';
import { type Expected, IN_ORDER, SHAPE_TABLE } from './shape-table.ts';

export const KEY = 'sk-shapes-4c1d77e09b';
export const NAMES = Object.keys(SHAPE_TABLE);
/** So many at once where no times are looked at. */
export const USERS = '10';

/** A mock whose answers are in order but for their shape. */
export function startShapeMock(): Promise<MockProcess> {
  return startMockProcess(['--ttft-ms', '42', '--tpot-ms', '10', '--output-tokens', '12']);
}

/** One run that asks for each of the shapes, in their order. */
export function runTable(
  engine: EngineName,
  bundle: string,
  url: string,
  names: readonly string[],
  more: Readonly<Record<string, string>>,
): Promise<BundleRun> {
  const path = join(createFolder(), 'prompts.txt');
  writeFileSync(path, names.map((name) => `${promptOf(name)}\n`).join(''));
  return runInEngine(engine, bundle, {
    URL: url,
    MODEL: 'm',
    API_KEY: KEY,
    DATASET_PATH: path,
    NUMBER: String(names.length),
    MAX_TOKENS: '64',
    TOP_K: '5',
    NO_TEST_CONNECTION: 'true',
    READ_TIMEOUT: '1',
    TOTAL_TIMEOUT: '2',
    ...more,
  });
}

export function isCompleted(expected: Expected | undefined): boolean {
  return expected?.outcome === 'completed';
}

export function promptOf(name: string): string {
  return `[[shape:${name}]] Say something.`;
}

export function outcomeOf({ failure }: RequestRecord): string {
  return failure === null ? 'completed' : failure.kind;
}

/** What a record says about everything but time, as the table words it. */
export function seen(record: RequestRecord): object {
  const { failure, output_tokens, token_source, input_tokens, cached_tokens, finish_reason, chunks } = record;
  if (failure !== null) return { outcome: failure.kind };
  return { outcome: 'completed', output_tokens, token_source, input_tokens, cached_tokens, finish_reason, chunks };
}

export function wanted(name: string, expected: Expected, inOrder: Partial<Expected> = {}): object {
  if (expected.outcome !== 'completed') return { outcome: expected.outcome };
  const row = { ...IN_ORDER, ...inOrder, ...expected };
  return {
    outcome: 'completed',
    output_tokens: row.tokens,
    token_source: row.source,
    // The mock counts a quarter of the characters.
    input_tokens: row.input === null ? null : Math.ceil(promptOf(name).length / 4),
    cached_tokens: row.cached ?? null,
    finish_reason: row.finish,
    chunks: row.chunks,
  };
}
