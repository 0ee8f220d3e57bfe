import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../../../tests/fixtures/example-record.ts';
import { assignLanes, createTimelineCollector } from './timeline.ts';

describe('assignLanes', () => {
  it('takes the lowest row that is free', () => {
    const spans = [
      [0, 10],
      [1, 5],
      [5, 7],
      [6, 8],
      [10, 12],
    ].map(([start_ms, end_ms]) => ({ start_ms: start_ms as number, end_ms: end_ms as number }));
    expect(assignLanes(spans)).toEqual([0, 1, 1, 2, 0]);
  });

  it('lets no two spans of a row overlap', () => {
    const span = fc.record({ start_ms: fc.nat(1000), length: fc.nat(200) });
    fc.assert(
      fc.property(fc.array(span), (given) => {
        const spans = given
          .map(({ start_ms, length }) => ({ start_ms, end_ms: start_ms + length }))
          .sort((a, b) => a.start_ms - b.start_ms);
        const ends: number[] = [];
        for (const [i, lane] of assignLanes(spans).entries()) {
          const { start_ms, end_ms } = spans[i] as { start_ms: number; end_ms: number };
          expect(start_ms).toBeGreaterThanOrEqual(ends[lane] ?? 0);
          ends[lane] = end_ms;
        }
      }),
    );
  });
});

describe('createTimelineCollector', () => {
  it('lists requests by their start, each with its first token and its failure', () => {
    const collector = createTimelineCollector();
    collector.add(exampleFailure({ index: 1, start_ms: 1500, end_ms: 1550 }));
    collector.add(exampleRecord({ index: 0, warmup: true }));
    expect(collector.build()).toEqual({
      total: 2,
      sampled: false,
      lane: [0, 0],
      index: [0, 1],
      start_ms: [1000, 1500],
      first_ms: [1100, null],
      end_ms: [1141, 1550],
      ttft_ms: [100, null],
      input_tokens: [20, null],
      output_tokens: [5, null],
      failure: [null, 'http-status'],
      warmup: [1, 0],
      cancelled: [0, 0],
    });
  });

  it('tells a cancelled request from a completed one', () => {
    const collector = createTimelineCollector();
    collector.add(exampleRecord({ index: 0 }));
    collector.add(exampleRecord({ index: 1, outcome: 'cancelled' }));
    expect(collector.build()).toMatchObject({ failure: [null, null], cancelled: [0, 1] });
  });

  it('keeps failures although they are rare among many requests', () => {
    const collector = createTimelineCollector();
    for (let index = 0; index < 10_000; index++) {
      collector.add(index % 1000 === 0 ? exampleFailure({ index }) : exampleRecord({ index }));
    }
    const { failure, total, sampled } = collector.build();
    expect(failure.filter((kind) => kind !== null)).toHaveLength(10);
    expect([total, sampled]).toEqual([10_000, true]);
    expect(failure.length).toBeLessThanOrEqual(2500);
  });
});
