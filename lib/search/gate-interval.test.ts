import { expect, it } from 'vitest';
import { exampleRecord } from '../../tests/fixtures/example-record.ts';
import { checkGates } from '../conditions/gates.ts';
import { collectRunData } from '../stats/run-data.ts';
import { estimateRunIntervals } from '../stats/run-intervals.ts';
import { findGateInterval } from './gate-interval.ts';

// 100 answers with four gaps each, of 10 ms, or of 30 ms in every other one.
const intervals = estimateRunIntervals(
  collectRunData(
    Array.from({ length: 100 }, (_, index) =>
      exampleRecord({ index, start_ms: index * 10, chunk_gaps_ms: Array(4).fill(index % 2 === 0 ? 10 : 30) }),
    ),
  ),
  'quick-start',
  { seed: 42, replicates: 100 },
);

function find(source: string) {
  const [gate] = checkGates([source], 'test', (right) => right).gates;
  return gate === undefined ? undefined : findGateInterval(gate, intervals);
}

it('is that of the number which the gate compares', () => {
  const { low, high } = intervals.timings.fluidity.mean;
  expect(find('fluidity>0.9')).toEqual({ low, high });
  expect(find('fluidity(25ms)>0.9')).toEqual({ low, high });
  expect(find('p50(ttft)<500')).toMatchObject({ low: 100, high: 100 });
});

it('is none of the number with another parameter, of its worst slice, or of a part of the requests', () => {
  // With 50 ms every deadline is met, so the interval of 25 ms is another number's.
  expect(find('fluidity(50ms)>0.9')).toBeNull();
  expect(find('worst_slice_p50(ttft)<500')).toBeNull();
  expect(find('adjusted_p50(ttft)<500')).toBeNull();
  expect(find('p50(ttft){model:m}<500')).toBeNull();
});
