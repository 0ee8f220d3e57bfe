import fc from 'fast-check';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { FAILURE_KINDS, TOKEN_SOURCES } from '../shared/failure-kinds.ts';

const time = fc.integer({ min: 0, max: 100_000_000 }).map((microseconds) => microseconds / 1000);
const count = fc.nat(5000);

const anyCompleted = fc
  .record({
    start_ms: time,
    end_ms: time,
    ttft_ms: fc.option(time),
    tpot_ms: fc.option(time),
    latency_ms: fc.option(time),
    last_output_ms: fc.option(time),
    chunk_gaps_ms: fc.array(fc.oneof(time, fc.constantFrom(0, 0.049, 0.05)), { maxLength: 8 }),
    chunks: fc.option(count),
    input_tokens: fc.option(count),
    output_tokens: fc.option(count),
    cached_tokens: fc.option(count),
    token_source: fc.constantFrom(...TOKEN_SOURCES),
    finish_reason: fc.constantFrom(null, 'stop', 'length'),
  })
  .map(exampleRecord);

const anyFailed = fc
  .record({ start_ms: time, end_ms: time, kind: fc.constantFrom(...FAILURE_KINDS) })
  .map(({ kind, ...times }) => exampleFailure({ ...times, failure: { kind, status: null, detail: '' } }));

/** With timings, none of which may count. */
const anyCancelled = anyCompleted.map((record): RequestRecord => ({ ...record, outcome: 'cancelled' }));

/** Any set of records, for property tests: fields need not fit together, since statistics read each for itself. */
export const anyRecords: fc.Arbitrary<RequestRecord[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: anyCompleted },
    { weight: 1, arbitrary: anyFailed },
    { weight: 1, arbitrary: anyCancelled },
  ),
  { maxLength: 40 },
);
