import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Shape } from '../lib/mock/shape-parts.ts';
import { SHAPES } from '../lib/mock/shapes.ts';
import { createFolder } from './support/cli.ts';
import { type BundleRun, describeEngines, runInEngine } from './support/engines.ts';
import type { MockProcess } from './support/mock-process.ts';
import {
  isCompleted,
  NAMES,
  outcomeOf,
  promptOf,
  runTable,
  seen,
  startShapeMock,
  USERS,
  wanted,
} from './support/shape-runs.ts';
import { API_SHAPE_TABLES, IN_ORDER, SHAPE_TABLE, type ShapeRow } from './support/shape-table.ts';

let mock: MockProcess;
beforeAll(async () => {
  mock = await startShapeMock();
});
afterAll(() => mock.stop());

const url = (): string => `${mock.url}/v1/chat/completions`;

describeEngines('a service that answers each shape to one request, on plain HTTP', (engine) => {
  it('is recognised as well, as far as a body shows it', async () => {
    const run = await runTable(engine, 'http/line-by-line', url(), NAMES, { PARALLEL: USERS });
    const outcome = Object.fromEntries(run.records.map((record) => [NAMES[record.index], outcomeOf(record)]));
    const expected = Object.entries(SHAPE_TABLE).map(([name, row]) => [name, (row.http ?? row).outcome]);
    expect(outcome).toEqual(Object.fromEntries(expected));
  }, 120_000);
});

describeEngines('a service that sends a token of nine million characters', (engine) => {
  it.each(['openqa', 'http/openqa'])(
    'is measured by %s',
    async (bundle) => {
      const run = await runInEngine(engine, bundle, {
        URL: url(),
        MODEL: 'm',
        PROMPT: promptOf('huge-chunk'),
        NUMBER: '1',
        MAX_TOKENS: '64',
        NO_TEST_CONNECTION: 'true',
      });
      expect(run.records.map(seen)).toEqual([
        wanted('huge-chunk', { outcome: 'completed', why: '', ...(bundle === 'openqa' ? {} : { chunks: 12 }) }),
      ]);
    },
    60_000,
  );
});

/** Shapes that an answer without streaming has as well, and what becomes of it where that is not the same. */
const WITHOUT_STREAM: Readonly<Record<string, string>> = {
  'finish-empty-cut': 'bad-payload',
  'silent-finished': 'timeout',
  'silent-done': 'timeout',
  'cr-only': 'completed',
  'status-204': 'empty',
  'refuses-stream-options': 'completed',
  'stream-only': 'http-status',
  'no-stream': 'completed',
};

function noChunks(row: ShapeRow | undefined): object {
  if (!isCompleted(row)) return {};
  return { chunks: null, ...(row?.source === 'chunks' ? { output_tokens: null, token_source: null } : {}) };
}

function changesWholeAnswers(name: string): boolean {
  const { chunk, reply, whole, status, headers, silent } = SHAPES[name] as Shape;
  return [chunk, reply, whole, status, headers, silent].some((part) => part !== undefined);
}

describeEngines('a service that answers each shape to one request, without streaming', (engine) => {
  it('is recognised as well', async () => {
    const run = await runTable(engine, 'line-by-line', url(), NAMES, { STREAM: 'false', PARALLEL: USERS });
    const records = run.records.filter(({ index }) => changesWholeAnswers(NAMES[index] as string));
    const told = records.map((record) => {
      const { failure, output_tokens, token_source, cached_tokens } = record;
      const counts = [output_tokens, token_source, cached_tokens];
      return [NAMES[record.index], failure === null ? `completed ${counts.join(' ')}` : failure.kind];
    });
    const expected = NAMES.filter(changesWholeAnswers).map((name) => {
      const row = { ...IN_ORDER, ...SHAPE_TABLE[name] };
      const outcome = WITHOUT_STREAM[name] ?? row.outcome;
      // There are no chunks to count.
      const counts = [...(row.source === 'chunks' ? [null, null] : [row.tokens, row.source]), row.cached];
      return [name, outcome === 'completed' ? `completed ${counts.join(' ')}` : outcome];
    });
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(expected));
  }, 120_000);
});

describeEngines('a service that speaks another API and answers each of its shapes to one request', (engine) => {
  it.each(API_SHAPE_TABLES)('$api', async ({ path, inOrder, table }) => {
    const names = Object.keys(table);
    const url = mock.url + path;
    const settings = { TOP_K: '', PARALLEL: USERS };
    const [stream, http, whole] = await Promise.all([
      runTable(engine, 'line-by-line', url, names, settings),
      runTable(engine, 'http/line-by-line', url, names, settings),
      runTable(engine, 'line-by-line', url, names, { ...settings, STREAM: 'false' }),
    ]);
    const expected = Object.entries(table).map(([name, row]) => [name, wanted(name, row, inOrder)]);
    const told = ({ records }: BundleRun) => records.map((record) => [names[record.index], seen(record)]);
    expect(told(stream)).toEqual(expected);
    expect(told(http)).toEqual(expected);
    for (const { records } of [stream, http]) {
      for (const { index, failure } of records) {
        expect(failure?.detail ?? '').toContain(table[names[index] as string]?.detail ?? '');
      }
    }
    for (const { index, failure, ttft_ms } of stream.records) {
      const { ttft } = { ...IN_ORDER, ...table[names[index] as string] };
      if (failure === null) expect(ttft_ms, names[index]).toBeGreaterThanOrEqual(ttft - 0.5);
    }
    const changed = Object.keys(table).filter(changesWholeAnswers);
    const toldWhole = whole.records.map((record) => [names[record.index] as string, seen(record)] as const);
    expect(toldWhole.filter(([name]) => changed.includes(name))).toEqual(
      // There are no chunks, neither to see nor to count.
      changed.map((name) => [name, { ...wanted(name, table[name] as ShapeRow, inOrder), ...noChunks(table[name]) }]),
    );
  });
});

describeEngines('a service that is silent to half of its users', (engine) => {
  const MANY = 100;
  const READ_TIMEOUT_S = 1;
  const TOTAL_TIMEOUT_S = 2;

  it('keeps none of them beyond the limit, and the others are in the tables', async () => {
    const prompts = join(createFolder(), 'prompts.txt');
    const silences = ['silent-arrival', 'silent-start', 'silent-middle', 'silent-unfinished'];
    const lines = Array.from({ length: MANY }, (_, i) =>
      i % 2 === 0 ? 'Say something.' : promptOf(silences[(i >> 1) % silences.length] as string),
    );
    writeFileSync(prompts, lines.join('\n'));
    const run = await runInEngine(engine, 'line-by-line', {
      URL: url(),
      MODEL: 'm',
      DATASET_PATH: prompts,
      PARALLEL: String(MANY),
      NUMBER: String(MANY),
      MAX_TOKENS: '64',
      NO_TEST_CONNECTION: 'true',
      READ_TIMEOUT: String(READ_TIMEOUT_S),
      TOTAL_TIMEOUT: String(TOTAL_TIMEOUT_S),
    });
    const details = JSON.stringify(run.records.map(({ failure }) => failure?.detail));
    expect(run.records.map(outcomeOf), details).toEqual(
      Array.from({ length: MANY }, (_, i) => (i % 2 === 0 ? 'completed' : 'timeout')),
    );
    const lastStart = Math.max(...run.records.map(({ start_ms }) => start_ms));
    const lastEnd = Math.max(...run.records.map(({ end_ms }) => end_ms));
    const limitS = engine === 'node' ? READ_TIMEOUT_S : TOTAL_TIMEOUT_S;
    expect(lastEnd - lastStart).toBeLessThan((limitS + 1) * 1000);
    expect(run.stdout).toMatch(/\| Succeed requests +\| 50 /);
    expect(run.stdout).toMatch(/\| Failed requests +\| 50 /);
    expect(run.stdout).toMatch(/Failed: timeout +\| 50 /);
  }, 60_000);
});
