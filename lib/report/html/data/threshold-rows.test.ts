import { describe, expect, it } from 'vitest';
import { listThresholds } from './threshold-rows.ts';

describe('listThresholds', () => {
  it('gives margins as a share of the limit, gates first', () => {
    const rows = listThresholds(
      [
        {
          gate: 'p99(ttft)<500',
          unit: 'ms',
          value: 400,
          operator: '<',
          limit: 500,
          margin: 100,
          ok: true,
          note: null,
        },
      ],
      [{ metric: 'llm_requests_failed', expression: 'count<1', ok: false, value: 3, limit: 1, margin: -2 }],
    );
    expect(rows.map(({ metric, margin_ratio, unit }) => [metric, margin_ratio, unit])).toEqual([
      [null, 0.2, 'ms'],
      ['llm_requests_failed', -2, null],
    ]);
  });

  it('has no margin at a limit of 0, nor where nobody tells what was compared', () => {
    const rows = listThresholds(
      [],
      [
        { metric: 'llm_requests_completed', expression: 'count>0', ok: true, value: 5, limit: 0, margin: 5 },
        { metric: 'llm_ttft', expression: 'p(95)<1', ok: true },
      ],
    );
    expect(rows.map(({ value, margin_ratio }) => [value, margin_ratio])).toEqual([
      [5, null],
      [null, null],
    ]);
  });
});
