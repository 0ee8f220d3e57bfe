import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RequestRecord } from '../lib/measure/request-record.ts';
import { SHAPES } from '../lib/mock/shapes.ts';
import { type BundleRun, describeEngines } from './support/engines.ts';
import type { MockProcess } from './support/mock-process.ts';
import { isCompleted, KEY, NAMES, runTable, seen, startShapeMock, USERS, wanted } from './support/shape-runs.ts';
import {
  API_SHAPE_TABLES,
  type Expected,
  IN_ORDER,
  SHAPE_TABLE,
  SHARED_SHAPES,
  SHOWN_ELSEWHERE,
  type ShapeRow,
} from './support/shape-table.ts';

/** Each shape is asked for so often; a busy machine delays a request, and hardly both. */
const LAPS = 2;

/** Shapes with times to hold against the table: few at once, apart from those that are silent for seconds. */
const TIMED = NAMES.filter((name) => [SHAPE_TABLE[name], SHAPE_TABLE[name]?.k6].some(isCompleted));
const TIMED_USERS = '4';
/** A run in which nothing completes ends otherwise, so one of the others is with them. */
const UNTIMED = [...NAMES.filter((name) => !TIMED.includes(name)), TIMED[0] as string];

/** Room for a machine that is busy: every wrong answer that the table was made for is further off. */
const LATE_MS = 35;
const TPOT_OFF_MS = 3;

let mock: MockProcess;

beforeAll(async () => {
  mock = await startShapeMock();
});

afterAll(() => mock.stop());

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
      runs.push(
        await runTable(engine, 'line-by-line', `${mock.url}/v1/chat/completions`, tables[table] as string[], {
          PARALLEL: users,
        }),
      );
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
