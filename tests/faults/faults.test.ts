import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RequestRecord } from '../../lib/measure/request-record.ts';
import { type MockServer, startMockServer } from '../../lib/mock/server.ts';
import type { FailureKind } from '../../lib/shared/failure-kinds.ts';
import { createFolder } from '../support/cli.ts';
import { type BundleRun, describeEngines, type EngineName, runInEngine } from '../support/engines.ts';
import { listCases, startKnobGate } from '../support/knob-gate.ts';
import { reserveRefusedPort } from '../support/refused-port.ts';

/** A fault must not hang a VU, or the run would not end. */
const LOAD = {
  MODEL: 'm',
  PARALLEL: '4',
  NUMBER: '4',
  MAX_TOKENS: '8',
  NO_TEST_CONNECTION: 'true',
  TOTAL_TIMEOUT: '2',
};

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 5, tpotMs: 1 });
});
afterAll(() => mock.close());

/** Per-request knobs of the mock, what they must be classified as, and what the detail must say. */
const FAULTS: readonly (readonly [name: string, knobs: object, kind: FailureKind, detail: RegExp])[] = [
  ['a reset in mid-stream', { 'x-mock-reset-at': '3' }, 'reset', /connection reset/],
  ['a reset before the headers', { 'x-mock-reset-at': 'arrival' }, 'reset', /reset|EOF/],
  ['a reset right after the headers', { 'x-mock-reset-at': 'headers' }, 'reset', /connection reset/],
  ['a stream that ends early', { 'x-mock-cut-at': '3' }, 'cut', /ended before \[DONE\]/],
  ['a truncated chunked body', { 'x-mock-truncate-at': '3' }, 'cut', /unexpected EOF/],
  ['a stall in mid-stream', { 'x-mock-stall-at': '3', 'x-mock-stall-ms': '60000' }, 'timeout', /deadline exceeded/],
  ['headers that never come', { 'x-mock-slow-headers-ms': '60000' }, 'timeout', /awaiting headers/],
  ['malformed JSON in one chunk', { 'x-mock-malformed-at': '3' }, 'bad-payload', /^not JSON: /],
  ['an error object in the stream', { 'x-mock-error-at': '3' }, 'api-error', /planned fault/],
  [
    '429 with Retry-After',
    { 'x-mock-status': '429', 'x-mock-retry-after': '2' },
    'rate-limited',
    /^HTTP 429; Retry-After: 2/,
  ],
  ['500 with HTML', { 'x-mock-status': '500', 'x-mock-error-body': 'html' }, 'http-status', /^HTTP 500/],
  [
    '503 with a JSON line',
    { 'x-mock-status': '503', 'x-mock-error-newline': 'on' },
    'http-status',
    /^HTTP 503; \{"error"/,
  ],
  ['401', { 'x-mock-status': '401' }, 'http-status', /^HTTP 401/],
  [
    'JSON in place of a stream',
    { 'x-mock-json-instead-of-stream': 'on' },
    'bad-payload',
    /application\/json in place of an event stream/,
  ],
  ['HTML with status 200', { 'x-mock-html-200': 'on' }, 'bad-payload', /text\/html in place of an event stream/],
  ['an answer without output', { 'x-mock-output-tokens': '0' }, 'empty', /without any output/],
];

/** Oddities that are not faults: 8 tokens, all of them counted. */
const ODDITIES: readonly (readonly [name: string, knobs: object, expected?: Partial<RequestRecord>])[] = [
  ['no [DONE]', { 'x-mock-no-done': 'on' }],
  ['no blank line at the end', { 'x-mock-no-final-newline': 'on' }],
  ['CRLF line ends', { 'x-mock-crlf': 'on' }],
  ['characters split over writes', { 'x-mock-split': 'on' }],
  ['JSON over several data lines', { 'x-mock-multi-line-data': 'on' }],
  ['comments and blank events', { 'x-mock-ping-before-first': '2', 'x-mock-ping-every-ms': '2' }],
  ['event and id lines', { 'x-mock-event-lines': 'on' }],
  ['[DONE] twice and data after it', { 'x-mock-done-twice': 'on', 'x-mock-data-after-done': 'on' }],
  ['a connection kept open after [DONE]', { 'x-mock-keep-open-after-done-ms': '60000' }],
  ['a redirect', { 'x-mock-redirect': 'on' }],
  ['usage in every chunk', { 'x-mock-usage': 'every-chunk' }],
  ['usage in the last choices chunk', { 'x-mock-usage': 'last-choices' }],
  ['finish reason and usage in one event', { 'x-mock-finish-with-usage': 'on' }],
  ['no usage', { 'x-mock-usage': 'off' }, { token_source: 'chunks', input_tokens: null }],
  ['usage as strings', { 'x-mock-usage': 'string' }, { token_source: 'chunks' }],
  ['no role chunk', { 'x-mock-role-chunk': 'off' }],
  ['repeated role chunks', { 'x-mock-repeat-role': '3' }],
  ['two tokens a chunk', { 'x-mock-tokens-per-chunk': '2' }, { chunks: 4 }],
  ['cached tokens', { 'x-mock-cached-tokens': '1' }, { cached_tokens: 1 }],
];

/** How often each of them is asked for. */
const TIMES = 4;

/** One run that asks for each case so often, and the records of each. */
async function runCases(engine: EngineName, knobs: readonly object[]) {
  const gate = await startKnobGate(mock.port, knobs);
  const prompts = join(createFolder(), 'prompts.txt');
  writeFileSync(prompts, listCases(knobs, TIMES));
  const run: BundleRun = await runInEngine(engine, 'line-by-line', {
    ...LOAD,
    URL: gate.url,
    DATASET_PATH: prompts,
    NUMBER: String(knobs.length * TIMES),
  });
  gate.close();
  const recordsOf = (index: number): RequestRecord[] =>
    run.records.filter((record) => Math.floor(record.index / TIMES) === index);
  return { run, recordsOf };
}

type Cases = Awaited<ReturnType<typeof runCases>>;

describeEngines('faults', (engine) => {
  describe('of every kind in one run', () => {
    let cases: Cases;
    beforeAll(async () => {
      cases = await runCases(
        engine,
        FAULTS.map(([, knobs]) => knobs),
      );
    });

    it.each(FAULTS.map(([name, , ...expected], index) => [name, index, ...expected] as const))(
      'classifies %s',
      (_, index, kind, detail) => {
        const records = cases.recordsOf(index);
        expect(records.map(({ failure }) => failure?.kind)).toEqual(Array(TIMES).fill(kind));
        for (const { failure } of records) expect(failure?.detail).toMatch(detail);
      },
    );

    it('goes on, and counts them in its tables', () => {
      const { exitCode, stdout } = cases.run;
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(new RegExp(`\\| Total requests +\\| ${FAULTS.length * TIMES} `));
      expect(stdout).toMatch(new RegExp(`\\| Failed requests +\\| ${FAULTS.length * TIMES} `));
      expect(stdout).toMatch(/\| Average latency \(s\) +\| – /);
      const kinds = FAULTS.map(([, , kind]) => kind);
      for (const kind of new Set(kinds)) {
        const count = kinds.filter((other) => other === kind).length * TIMES;
        expect(stdout).toMatch(new RegExp(`\\| Failed: ${kind} +\\| ${count} `));
      }
    });
  });

  it('classifies a port where nothing listens', async () => {
    const port = await reserveRefusedPort();
    const run = await runInEngine(engine, 'openqa', { ...LOAD, URL: `http://127.0.0.1:${port}/v1/chat/completions` });
    expect(run.records.map(({ failure, status }) => [failure?.kind, status])).toEqual(Array(4).fill(['refused', null]));
  });

  it('classifies a host that does not exist', async () => {
    const run = await runInEngine(engine, 'openqa', {
      ...LOAD,
      URL: 'http://no-such-host.invalid:1/v1/chat/completions',
    });
    expect(run.records.map(({ failure }) => failure?.kind)).toEqual(Array(4).fill('refused'));
    expect(run.records[0]?.failure?.detail).toContain('no-such-host.invalid');
  });

  describe('that are none', () => {
    let cases: Cases;
    beforeAll(async () => {
      cases = await runCases(
        engine,
        ODDITIES.map(([, knobs]) => knobs),
      );
    });

    it.each(ODDITIES.map(([name, , expected = {}], index) => [name, index, expected] as const))(
      'are measured: %s',
      (_, index, expected) => {
        const records = cases.recordsOf(index);
        expect(records.map(({ failure }) => failure)).toEqual(Array(TIMES).fill(null));
        for (const record of records) {
          expect(record).toMatchObject({
            outcome: 'completed',
            output_tokens: 8,
            chunks: 8,
            token_source: 'usage',
            ...(expected as Partial<RequestRecord>),
          });
          expect(record.chunk_gaps_ms).toHaveLength((record.chunks as number) - 1);
        }
      },
    );
  });
});
