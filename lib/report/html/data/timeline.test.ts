import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../../../tests/fixtures/example-record.ts';
import type { RequestRecord } from '../../../measure/request-record.ts';
import { collectRunData } from '../../../stats/run-data.ts';
import { assignLanes, describeTimeline } from './timeline.ts';

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

function timelineOf(...records: RequestRecord[]) {
  return describeTimeline(collectRunData(records));
}

describe('describeTimeline', () => {
  it('lists requests by their start, each with its first token and how it came out', () => {
    const failed = exampleFailure({ index: 1, start_ms: 1500, end_ms: 1550 });
    const cancelled = exampleRecord({ index: 2, start_ms: 1510, end_ms: 1520, outcome: 'cancelled' });
    expect(timelineOf(cancelled, failed, exampleRecord({ index: 0, warmup: true }))).toEqual({
      total: 3,
      from_ms: 1000,
      to_ms: 1550,
      windows: [
        {
          title: 'Every request',
          from_ms: 1000,
          to_ms: 1550,
          rows: 2,
          lane: [0, 0, 1],
          index: [0, 1, 2],
          start_ms: [1000, 1500, 1510],
          first_ms: [1100, null, 1610],
          end_ms: [1141, 1550, 1520],
          output_tokens: [5, null, 5],
          outcome: ['warm-up', 'http-status', 'cancelled'],
        },
      ],
    });
  });

  it('draws of many requests whole windows, in which none is missing and no row is empty', () => {
    const users = 24;
    const records = Array.from({ length: 20_000 }, (_, index) => {
      const start_ms = Math.floor(index / users) * 150 + (index % users);
      if (index === 9000) return exampleFailure({ index, start_ms, end_ms: start_ms + 50 });
      return exampleRecord({ index, start_ms, end_ms: start_ms + (index === 15_000 ? 1500 : 141) });
    });
    const { total, windows } = timelineOf(...records);
    expect([total, windows.map(({ title }) => title)]).toEqual([
      20_000,
      ['at the start', 'around the first failure', 'around the slowest one', 'at the end'].map(
        (place) => `Every request ${place}`,
      ),
    ]);
    for (const { from_ms, to_ms, index, lane, rows } of windows) {
      const underWay = records.filter(({ start_ms, end_ms }) => start_ms <= to_ms && end_ms >= from_ms);
      expect(new Set(index)).toEqual(new Set(underWay.map((record) => record.index)));
      expect(index.length).toBeGreaterThan(400);
      expect(index.length).toBeLessThanOrEqual(510);
      expect(Math.max(...lane) + 1).toBe(rows);
      expect(rows).toBeGreaterThanOrEqual(users);
      expect(rows).toBeLessThanOrEqual(users + 1);
    }
  });

  it('has nothing to draw of a run without requests', () => {
    expect(timelineOf()).toMatchObject({ total: 0, windows: [] });
  });
});
