import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import { createAnswerTally } from './answer-tally.ts';
import { collectRunData } from './run-data.ts';
import { summarizeData } from './summarize-data.ts';

describe('createAnswerTally', () => {
  it('counts finish reasons of failed requests too, the most frequent first', () => {
    const tally = createAnswerTally();
    for (const finish_reason of ['length', 'stop', 'stop', null]) tally.add(exampleRecord({ finish_reason }));
    tally.add(exampleFailure({ finish_reason: 'abort' }));
    expect(Object.entries(tally.finishReasons())).toEqual([
      ['stop', 2],
      ['abort', 1],
      ['length', 1],
    ]);
  });

  it('tells twenty words apart, and counts the others as one', () => {
    const tally = createAnswerTally();
    for (let i = 0; i < 30; i++) tally.add(exampleRecord({ finish_reason: `word ${i}` }));
    expect(tally.finishReasons()['other']).toBe(10);
  });

  it('counts each note by the requests that have it', () => {
    const tally = createAnswerTally();
    tally.add(exampleRecord({ notes: ['a', 'b'] }));
    tally.add(exampleRecord({ notes: ['b'] }));
    expect(tally.notes()).toEqual([
      { note: 'b', requests: 2 },
      { note: 'a', requests: 1 },
    ]);
  });
});

describe('a summary', () => {
  it('tells how much of the latency lies after the last output', () => {
    const run = collectRunData([640, 140].map((latency_ms) => exampleRecord({ last_output_ms: 140, latency_ms })));
    const summary = summarizeData(run, { concurrency: 1, expectedRequests: 2, percentileRule: 'quick-start' });
    // (500 + 0) / 2 of (640 + 140) / 2.
    expect(summary).toMatchObject({ after_output_avg_ms: 250, after_output_ratio: 250 / 390 });
  });
});
