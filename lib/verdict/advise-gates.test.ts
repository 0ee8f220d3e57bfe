import { expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import { checkGates } from '../conditions/gates.ts';
import { collectRunData } from '../stats/run-data.ts';
import { adviseGates } from './advise-gates.ts';

// 700 requests in 70 s: enough for a p99 of the run, and not for one of its parts. One in ten is of another model, one failed.
const run = collectRunData([
  ...Array.from({ length: 700 }, (_, index) =>
    exampleRecord({
      ...{ index, start_ms: index * 100, end_ms: index * 100 + 50, latency_ms: 50 },
      model: index % 10 === 0 ? 'other' : 'qwen2.5',
    }),
  ),
  exampleFailure({ index: 700, start_ms: 60_000, end_ms: 60_010 }),
]);
const advise = (...sources: string[]) => adviseGates(checkGates(sources, 'test', (right) => right).gates, run, 10_000);

it('counts the requests that a gate takes its percentile of', () => {
  expect(advise('p99(ttft)<500', 'avg(ttft)<500', 'goodput(ttft<500)>0.9', 'max(latency)<9', 'p99(itl)<9')).toBeNull();
  expect(advise('p99(ttft){model:other}<500')).toBe(
    'p99 needs 368 requests before it has an interval, and 662 before no single outlier decides it; of those that the gate is about there are 70.',
  );
  // 100 starts in each slice of 10 s.
  expect(advise('worst_slice_p99(ttft)<500')).toContain('and 662 before');
  expect(advise('worst_slice_p99(ttft)<500')).toContain('the smallest slice has 100.');
  expect(advise('worst_slice_p90(ttft)<500')).toBeNull();
  expect(advise('p99.9(ttft)<500')).toContain('p99.9 needs 3688 requests before it has an interval, and 6636 before');
  expect(advise('p99.9(ttft)<500')).toContain('this run has 700.');
});

it('counts the requests of the light user, where a gate is about them', () => {
  const light = { probe: true, scenario: 'probe' } as const;
  const both = collectRunData([
    ...Array.from({ length: 700 }, (_, index) => exampleRecord({ index })),
    ...Array.from({ length: 30 }, (_, index) => exampleRecord({ index, ...light })),
  ]);
  const adviseBoth = (source: string) =>
    adviseGates(checkGates([source], 'test', (right) => right).gates, both, 10_000);
  expect(adviseBoth('p99(ttft)<500')).toBeNull();
  expect(adviseBoth('p99(ttft){scenario:probe}<500')).toContain('of those that the gate is about there are 30.');
  expect(advise('p99(ttft){scenario:probe}<500')).toBeNull();
});

it('speaks of the gate that lacks most, and of none that no request has', () => {
  expect(advise('p99.9(ttft)<500', 'worst_slice_p99(ttft)<500', 'p100(ttft)<500')).toContain('p99.9 needs');
  expect(advise('p99(ttft){model:none}<500', 'p99(queued)<5')).toBeNull();
});

it('does not count cancelled requests among the adjusted ones', () => {
  const some = collectRunData([
    ...Array.from({ length: 300 }, (_, index) => exampleRecord({ index })),
    ...Array.from({ length: 20 }, () => exampleFailure()),
    ...Array.from({ length: 400 }, () => exampleRecord({ outcome: 'cancelled' })),
  ]);
  const { gates } = checkGates(['adjusted_p99(ttft)<500'], 'test', (right) => right);
  // 300 + 20, of 720 that were sent.
  expect(adviseGates(gates, some, 10_000)).toContain('this run has 320.');
});
