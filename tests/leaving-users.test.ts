import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isLeaving } from '../lib/load/leaving-users.ts';
import type { RequestRecord } from '../lib/measure/request-record.ts';
import { describeEngines, runInEngine } from './support/engines.ts';
import { type RawServer, STREAM_HEAD, startRawServer } from './support/raw-server.ts';

const CHUNK = 'data: {"choices":[{"index":0,"delta":{"content":"word"}}]}\n\n';
const END = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
const LEAVES_AFTER_MS = 2000;
/** On an idle machine; on a busy one, the longest time that this process waited for its CPU comes on top. */
const TOLERANCE_MS = 20;

/** By the position of a request: no headers, headers alone, chunks without an end, a whole answer, an error. */
const ANSWERS = [
  '',
  STREAM_HEAD,
  STREAM_HEAD + CHUNK.repeat(3),
  STREAM_HEAD + CHUNK.repeat(2) + END,
  'HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
] as const;

let server: RawServer;
/** How long each connection was open after its request came; those that the client ended. */
let closedAfter: number[] = [];
let requests = 0;
/** Of this process, since the first request of a run. */
const machineLag = monitorEventLoopDelay({ resolution: 1 });
beforeAll(async () => {
  machineLag.enable();
  server = await startRawServer((_, socket) => {
    const began = performance.now();
    if (requests === 0) machineLag.reset();
    const position = requests++ % ANSWERS.length;
    const answer = ANSWERS[position] as string;
    if (position >= 3) {
      socket.end(answer);
      return;
    }
    socket.write(answer);
    socket.on('close', () => closedAfter.push(performance.now() - began));
  });
});
afterAll(() => {
  machineLag.disable();
  server.close();
});

/** What a request shows: no headers and no token have come of a cancelled one that is without either. */
const show = ({ outcome, status, ttft_ms, output_tokens, failure }: RequestRecord): string =>
  [outcome, status, ttft_ms === null ? 'no token' : 'a token', output_tokens, failure?.kind ?? null].join(', ');

/** The value of a row of the tables as they are printed. */
function row(text: string, key: string): string | undefined {
  return new RegExp(`\\| ${key} +\\| (\\S+) `).exec(text)?.[1];
}

describeEngines('users who leave', (engine) => {
  const run = (settings: Readonly<Record<string, string>>) => {
    closedAfter = [];
    requests = 0;
    return runInEngine(engine, 'openqa', {
      ...{ URL: server.url, MODEL: 'm', NO_TEST_CONNECTION: 'true', CONNECT_PROBES: 'false', CANCEL_RATE: '1' },
      ...settings,
    });
  };

  it('end a request before its headers, before its first token and in mid-stream, all at their time', async () => {
    // All at once, so that their order is not that of the answers.
    const settings = { NUMBER: '5', PARALLEL: '5', CANCEL_AFTER: `${LEAVES_AFTER_MS}ms` };
    const { records, stdout, exitCode } = await run(settings);
    const toleranceMs = TOLERANCE_MS + machineLag.max / 1e6;
    expect(records.map(show).toSorted()).toEqual([
      'cancelled, , no token, , ',
      'cancelled, 200, a token, 3, ',
      'cancelled, 200, no token, , ',
      'completed, 200, a token, 2, ',
      'failed, 500, no token, , http-status',
    ]);
    const left = records.filter(({ outcome }) => outcome === 'cancelled').map((r) => r.end_ms - r.start_ms);
    // The server sees each of them go.
    expect(closedAfter).toHaveLength(3);
    for (const ms of [...left, ...closedAfter]) expect(Math.abs(ms - LEAVES_AFTER_MS)).toBeLessThan(toleranceMs);
    // Sent = completed + failed + cancelled, and what was cancelled is in rows of its own alone.
    const rows = ['Total requests', 'Succeed requests', 'Failed requests', 'Cancelled on purpose'];
    expect(rows.map((key) => row(stdout, key))).toEqual(['5', '1', '1', '3']);
    expect(row(stdout, 'Total output tokens')).toBe('2');
    expect(row(stdout, 'Output tokens of cancelled requests')).toBe('3');
    expect(row(stdout, 'TTFT of cancelled requests, mean \\(ms\\)')).toMatch(/^\d+\.\d+$/);
    expect(exitCode).toBe(0);
  });

  it('go with the first token where there is one', async () => {
    const { records } = await run({ NUMBER: '3', CANCEL_AFTER: 'first-token', TOTAL_TIMEOUT: '200ms' });
    // Their patience has no other end: the limit of a request is a failure as ever.
    expect(records.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'cancelled']);
    expect(records[2]).toMatchObject({ failure: null, status: 200, output_tokens: 1, chunks: 1 });
    expect(closedAfter).toHaveLength(3);
  });

  it('go with the first token of lines of JSON', async () => {
    const head = STREAM_HEAD.replace('text/event-stream', 'application/x-ndjson');
    const line = '{"model":"m","message":{"role":"assistant","content":"word"},"done":false}\n';
    const lines = await startRawServer((_, socket) => void socket.write(head + line));
    const { records } = await run({ URL: `${lines.url}/api/chat`, NUMBER: '1', CANCEL_AFTER: 'first-token' });
    lines.close();
    expect(records.map(show)).toEqual(['cancelled, 200, a token, 1, ']);
  });

  it('are chosen by seed and index, and no warm-up request is', async () => {
    const settings = { NUMBER: '8', WARMUP_NUM: '5', CANCEL_RATE: '0.5', CANCEL_AFTER: '20ms', SEED: '3' };
    const { records } = await run({ ...settings, TOTAL_TIMEOUT: '50ms' });
    // One after the other, so requests 0, 1 and 2 of every five get no whole answer.
    const outcomes = records.map(({ index }) => {
      if (index % 5 >= 3) return index % 5 === 3 ? 'completed' : 'failed';
      return index >= 5 && isLeaving(index, 3, 0.5) ? 'cancelled' : 'failed';
    });
    expect(records.map(({ outcome }) => outcome)).toEqual(outcomes);
    expect(new Set(outcomes).size).toBe(3);
  });
});

describeEngines('users who leave, of k6/http', (engine) => {
  it('cannot know a first token', async () => {
    const settings = { URL: server.url, MODEL: 'm', CANCEL_RATE: '0.1', CANCEL_AFTER: 'first-token' };
    const { exitCode, stderr, stdout } = await runInEngine(engine, 'http/openqa', settings);
    expect(stdout + stderr).toContain('k6/http shows no events');
    expect(exitCode).toBe(104);
  });
});
