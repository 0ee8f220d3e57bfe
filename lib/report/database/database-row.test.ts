import { expect, it } from 'vitest';
import { exampleRecord } from '../../../tests/fixtures/example-record.ts';
import { buildDatabaseRow } from './database-row.ts';

it('tells of several choices when the first and the last output came, and not when each did', () => {
  // Outputs at 100, 120, 140 of one and at 110, 130, 150 of the other: 50 ms, where the gaps add up to 80.
  const several = exampleRecord({
    ...{ choices: 2, chunk_gaps_ms: [20, 20, 20, 20], chunks: 6, last_output_ms: 150 },
  });
  expect(buildDatabaseRow(several)).toMatchObject({
    chunk_times: null,
    chunk_time: 0.05,
    inter_token_latencies: '[0.02,0.02,0.02,0.02]',
  });
});
