import { expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../../../tests/fixtures/example-record.ts';
import { createRequestLister } from './request-list.ts';

it('lists the slowest requests first, and the failed ones that were sent first, whatever the order they came in', () => {
  const lister = createRequestLister();
  // 7 and 300 have no common factor, so every index comes once.
  for (let i = 0; i < 300; i++) {
    const index = (i * 7) % 300;
    lister.addCompleted(exampleRecord({ index, latency_ms: 1000 - index }));
    lister.addFailed(exampleFailure({ index, start_ms: index, end_ms: index + 50 }));
  }
  const { slowest, failed, failed_total } = lister.build();
  expect(slowest.map(({ index }) => index)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  expect(failed.map(({ index }) => index)).toEqual(Array.from({ length: 200 }, (_, i) => i));
  expect(failed[3]).toEqual({
    ...{ index: 3, start_ms: 3, lasted_ms: 50 },
    ...{ kind: 'http-status', status: 500, detail: 'HTTP 500' },
  });
  expect(failed_total).toBe(300);
});

it('leaves out what took no time that is known', () => {
  const lister = createRequestLister();
  lister.addCompleted(exampleRecord({ latency_ms: null }));
  expect(lister.build()).toEqual({ slowest: [], failed: [], failed_total: 0 });
});
