import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openaiChat } from '../../lib/api/openai-chat.ts';
import { buildRecord } from '../../lib/measure/build-record.ts';
import { parseRecord } from '../../lib/records/parse-record.ts';
import { createRandom, type Random } from '../../lib/shared/random.ts';
import { collectRunData } from '../../lib/stats/run-data.ts';
import { summarizeData } from '../../lib/stats/summarize-data.ts';
import { toEventTexts } from '../../lib/stream/event-texts.ts';
import { splitEvents } from '../../lib/stream/split-events.ts';
import { exampleContext } from '../fixtures/example-context.ts';
import { describeEngines, runInEngine } from '../support/engines.ts';
import { STREAM_HEAD, startRawServer } from '../support/raw-server.ts';
import { readRecordedBody } from '../support/recorded-stream.ts';

const STREAMS = readdirSync(new URL('../fixtures/streams/', import.meta.url))
  .filter((name) => name.endsWith('.txt'))
  .map((name) => readRecordedBody(name));

/** A recorded stream with some of its bytes cut out, doubled, flipped or moved. */
function mutate(stream: string, random: Random): Buffer {
  let bytes = Buffer.from(stream);
  for (let i = random.integer(0, 4); i > 0 && bytes.length > 0; i--) {
    const at = random.integer(0, bytes.length - 1);
    const length = Math.min(bytes.length - at, random.integer(1, 40));
    const [head, piece, tail] = [
      bytes.subarray(0, at),
      Buffer.from(bytes.subarray(at, at + length)),
      bytes.subarray(at + length),
    ];
    const kind = random.integer(0, 3);
    if (kind === 0) bytes = Buffer.concat([head, tail]);
    else if (kind === 1) bytes = Buffer.concat([head, piece, piece, tail]);
    else if (kind === 2) bytes = Buffer.concat([head, piece.map((byte) => byte ^ random.integer(0, 255)), tail]);
    else bytes = Buffer.concat([head, tail, piece]);
  }
  return bytes;
}

describe('the record builder', () => {
  it('makes a record of any mutated stream, and the totals add up', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom(...STREAMS),
        fc.boolean(),
        fc.constantFrom(0, 200, 200, 200, 500),
        (seed, stream, streaming, status) => {
          const { data, done } = splitEvents(mutate(stream, createRandom(seed)).toString('utf8'), openaiChat.endOf);
          const record = buildRecord(
            {
              status,
              headers: {},
              error: status === 0 ? 'EOF' : '',
              times: data.map((_, i) => i),
              data: toEventTexts(data),
              done,
              text: stream,
              firstByteMs: null,
              endMs: data.length,
            },
            exampleContext({ totalTimeoutMs: 1e6, stream: streaming, keepText: 'always' }),
          );
          expect(parseRecord(JSON.stringify(record))).not.toHaveProperty('problem');
          expect(record.outcome === 'completed').toBe(record.failure === null);
          expect((record.failure?.detail ?? '').length).toBeLessThanOrEqual(500);
          const { total_requests, completed_requests, failed_requests } = summarizeData(collectRunData([record]), {
            concurrency: 1,
            expectedRequests: 1,
            percentileRule: 'quick-start',
          });
          expect(completed_requests + failed_requests).toBe(total_requests);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describeEngines('mutated streams in random pieces', (engine) => {
  it('end in records, every one of them, and in no hang', async () => {
    const NUMBER = 150;
    const server = await startRawServer((index, socket) => {
      const random = createRandom(index);
      const bytes = mutate(STREAMS[index % STREAMS.length] as string, random);
      socket.setNoDelay(true);
      socket.write(STREAM_HEAD);
      let at = 0;
      const next = (): void => {
        if (at >= bytes.length || socket.destroyed) {
          socket.end();
          return;
        }
        const piece = bytes.subarray(at, at + random.integer(1, 3000));
        at += piece.length;
        socket.write(piece, next);
      };
      next();
    });
    const run = await runInEngine(engine, 'openqa', {
      URL: server.url,
      MODEL: 'm',
      PROMPT: 'hi',
      NUMBER: String(NUMBER),
      PARALLEL: '8',
      TOTAL_TIMEOUT: '10',
      NO_TEST_CONNECTION: 'true',
    });
    server.close();
    expect(run.exitCode).toBe(0);
    expect(run.records.map(({ index }) => index)).toEqual(Array.from({ length: NUMBER }, (_, i) => i));
    const completed = run.records.filter(({ outcome }) => outcome === 'completed').length;
    expect(completed).toBeGreaterThan(NUMBER / 10);
    expect(run.stdout).toMatch(new RegExp(`\\| Succeed requests +\\| ${completed} `));
    expect(run.stdout).toMatch(new RegExp(`\\| Failed requests +\\| ${NUMBER - completed} `));
    expect(run.records.filter(({ failure }) => failure?.kind === 'timeout')).toEqual([]);
  });
});
