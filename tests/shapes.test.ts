import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RequestRecord } from '../lib/measure/request-record.ts';
import type { Shape } from '../lib/mock/shape-parts.ts';
import { SHAPES } from '../lib/mock/shapes.ts';
import { type BundleRun, describeEngines, type EngineName, runInEngine } from './support/engines.ts';
import { type MockProcess, startMockProcess } from './support/mock-process.ts';
import {
  API_SHAPE_TABLES,
  type Expected,
  IN_ORDER,
  SHAPE_TABLE,
  SHARED_SHAPES,
  SHOWN_ELSEWHERE,
  type ShapeRow,
} from './support/shape-table.ts';

const KEY = 'sk-shapes-4c1d77e09b';
const NAMES = Object.keys(SHAPE_TABLE);

/** Each shape is asked for so often; a busy machine delays a request, and hardly both. */
const LAPS = 2;

/** Shapes with times to hold against the table: few at once, apart from those that are silent for seconds. */
const TIMED = NAMES.filter((name) => [SHAPE_TABLE[name], SHAPE_TABLE[name]?.k6].some(isCompleted));
const TIMED_USERS = '4';
/** A run in which nothing completes ends otherwise, so one of the others is with them. */
const UNTIMED = [...NAMES.filter((name) => !TIMED.includes(name)), TIMED[0] as string];
const USERS = '10';

/** Room for a machine that is busy: every wrong answer that the table was made for is further off. */
const LATE_MS = 35;
const TPOT_OFF_MS = 3;

let mock: MockProcess;

beforeAll(async () => {
  mock = await startMockProcess(['--ttft-ms', '42', '--tpot-ms', '10', '--output-tokens', '12']);
});

afterAll(() => mock.stop());

function isCompleted(expected: Expected | undefined): boolean {
  return expected?.outcome === 'completed';
}

function promptOf(name: string): string {
  return `[[shape:${name}]] Say something.`;
}

function runTable(
  engine: EngineName,
  bundle: string,
  names: readonly string[],
  more: Readonly<Record<string, string>>,
): Promise<BundleRun> {
  const path = join(mkdtempSync(join(tmpdir(), 'k6-llm-perf-')), 'prompts.txt');
  writeFileSync(path, names.map((name) => `${promptOf(name)}\n`).join(''));
  return runInEngine(engine, bundle, {
    URL: `${mock.url}/v1/chat/completions`,
    MODEL: 'm',
    API_KEY: KEY,
    DATASET_PATH: path,
    NUMBER: String(names.length),
    MAX_TOKENS: '64',
    TOP_K: '5',
    NO_TEST_CONNECTION: 'true',
    READ_TIMEOUT: '1',
    TOTAL_TIMEOUT: '3',
    ...more,
  });
}

function outcomeOf({ failure }: RequestRecord): string {
  return failure === null ? 'completed' : failure.kind;
}

/** What a record says about everything but time, as the table words it. */
function seen(record: RequestRecord): object {
  const { failure, output_tokens, token_source, input_tokens, cached_tokens, finish_reason, chunks } = record;
  if (failure !== null) return { outcome: failure.kind };
  return { outcome: 'completed', output_tokens, token_source, input_tokens, cached_tokens, finish_reason, chunks };
}

function wanted(name: string, expected: Expected, inOrder: Partial<Expected> = {}): object {
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

function expectTimes(name: string, records: readonly RequestRecord[], expected: Expected): void {
  const { ttft, tpot, latency } = { ...IN_ORDER, ...expected };
  const times = (key: 'ttft_ms' | 'tpot_ms' | 'latency_ms') => records.map((record) => record[key] as number);
  const firstTokens = times('ttft_ms');
  const ends = times('latency_ms');
  expect(Math.min(...firstTokens), `${name}: TTFT`).toBeGreaterThanOrEqual(ttft - 0.5);
  expect(Math.min(...firstTokens), `${name}: TTFT`).toBeLessThan(ttft + LATE_MS);
  expect(Math.min(...ends), `${name}: latency`).toBeGreaterThanOrEqual(latency - 0.5);
  expect(Math.min(...ends), `${name}: latency`).toBeLessThan(latency + LATE_MS);
  const offBy = times('tpot_ms').map((time) => Math.abs(time - tpot));
  expect(Math.min(...offBy), `${name}: TPOT ${times('tpot_ms')} for ${tpot}`).toBeLessThan(TPOT_OFF_MS);
}

describe('the table of shapes', () => {
  it('has every shape that the mock makes, and no other', () => {
    expect([...NAMES, ...Object.keys(SHOWN_ELSEWHERE)].sort()).toEqual([...SHARED_SHAPES].sort());
    expect(NAMES.length).toBeGreaterThan(40);
  });

  it.each(API_SHAPE_TABLES)('has those of $api alone', ({ path, table }) => {
    expect(Object.keys(table)).toEqual(Object.keys(SHAPES).filter((name) => SHAPES[name]?.api === path));
  });
});

const outcomes = new Map<string, readonly object[]>();

describeEngines('a service that answers each shape to one request', (engine) => {
  const tables = [TIMED, UNTIMED].map((names) => Array.from({ length: LAPS }, () => names).flat());
  const runs: BundleRun[] = [];
  const recordsOf = (name: string): RequestRecord[] =>
    runs.flatMap(({ records }, table) => records.filter(({ index }) => tables[table]?.[index] === name));

  beforeAll(async () => {
    for (const [table, users] of [TIMED_USERS, USERS].entries()) {
      runs.push(await runTable(engine, 'line-by-line', tables[table] as string[], { PARALLEL: users }));
    }
  }, 120_000);

  it('leaves one record for each', () => {
    for (const [table, { records, exitCode, stderr }] of runs.entries()) {
      expect(records.map(({ index }) => index)).toEqual(tables[table]?.map((_, i) => i));
      expect(exitCode, stderr).toBe(0);
    }
  });

  it.each(Object.entries(SHAPE_TABLE))('%s', (name, row: ShapeRow) => {
    const expected = (engine === 'k6' ? row.k6 : undefined) ?? row;
    const records = recordsOf(name);
    expect(records.length).toBeGreaterThanOrEqual(LAPS);
    for (const record of records) {
      expect(seen(record), `${name}: ${JSON.stringify(record.failure)}`).toEqual(wanted(name, expected));
      if (record.failure !== null) expect(record.failure.detail).toContain(expected.detail ?? '');
    }
    if (expected.outcome === 'completed') expectTimes(name, records, expected);
  });

  it('shows the key of the run nowhere', () => {
    const all = JSON.stringify(runs);
    expect(all).not.toContain(KEY);
    expect(all).not.toContain(Buffer.from(KEY).toString('base64'));
  });

  it('gives the same in both engines', () => {
    const same = NAMES.filter((name) => SHAPE_TABLE[name]?.k6 === undefined);
    const here = same.map((name) => [name, ...recordsOf(name).map(seen)]);
    const there = outcomes.get('line-by-line');
    outcomes.set('line-by-line', here);
    if (there !== undefined) expect(here).toEqual(there);
  });
});

describeEngines('a service that answers each shape to one request, on plain HTTP', (engine) => {
  it('is told apart as well, as far as a body shows it', async () => {
    const run = await runTable(engine, 'http/line-by-line', NAMES, { PARALLEL: USERS });
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
        URL: `${mock.url}/v1/chat/completions`,
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
  it('is told apart as well', async () => {
    const run = await runTable(engine, 'line-by-line', NAMES, { STREAM: 'false', PARALLEL: USERS });
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
    const settings = { URL: mock.url + path, TOP_K: '', PARALLEL: USERS };
    const [stream, http, whole] = await Promise.all([
      runTable(engine, 'line-by-line', names, settings),
      runTable(engine, 'http/line-by-line', names, settings),
      runTable(engine, 'line-by-line', names, { ...settings, STREAM: 'false' }),
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
  const READ_TIMEOUT_S = 2;
  const TOTAL_TIMEOUT_S = 3;

  it('keeps none of them beyond the limit, and the others are in the tables', async () => {
    const prompts = join(mkdtempSync(join(tmpdir(), 'k6-llm-perf-')), 'prompts.txt');
    const silences = ['silent-arrival', 'silent-start', 'silent-middle', 'silent-unfinished'];
    const lines = Array.from({ length: MANY }, (_, i) =>
      i % 2 === 0 ? 'Say something.' : promptOf(silences[(i >> 1) % silences.length] as string),
    );
    writeFileSync(prompts, lines.join('\n'));
    const run = await runInEngine(engine, 'line-by-line', {
      URL: `${mock.url}/v1/chat/completions`,
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
