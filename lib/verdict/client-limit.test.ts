import { describe, expect, it } from 'vitest';
import { OPEN_LOOP } from '../../tests/fixtures/example-summary.ts';
import { isClientAtLimit, isCrossedDespiteLate } from './client-limit.ts';
import type { GateResult } from './judge-gates.ts';
import type { Validity } from './validity.ts';

const INVALID: Validity = { verdict: 'INVALID', reasons: ['as told'], client_errors: [] };
const error = (statistic: 'p50' | 'p99', error_ms: number): Validity['client_errors'][number] => ({
  ...{ metric: 'ttft', statistic, value_ms: 100, error_ms },
});

describe('isClientAtLimit', () => {
  // 10 ms is what a start may be late (docs/verdict.md), 20 % what may be the client's of a median, 98 % of a rate that rate.
  it.each([
    ['starts that were late', { late_p99_ms: 10.1, open_loop: OPEN_LOOP }, INVALID, true],
    ['starts in time', { late_p99_ms: 10, open_loop: OPEN_LOOP }, INVALID, false],
    [
      'late starts that leave the run VALID',
      { late_p99_ms: 11, open_loop: OPEN_LOOP },
      { ...INVALID, verdict: 'VALID' },
      false,
    ],
    [
      '21 ms of a median of 100',
      { late_p99_ms: null, open_loop: null },
      { ...INVALID, client_errors: [error('p50', 21)] },
      true,
    ],
    ['20 ms of it', { late_p99_ms: null, open_loop: null }, { ...INVALID, client_errors: [error('p50', 20)] }, false],
    ['all of a p99', { late_p99_ms: null, open_loop: null }, { ...INVALID, client_errors: [error('p99', 100)] }, false],
    [
      '19 of 20 requests/s, with places to spare',
      { late_p99_ms: 0, open_loop: { ...OPEN_LOOP, achieved_per_s: 19 } },
      INVALID,
      true,
    ],
    [
      '19 of 20 requests/s, of a service that keeps all places busy',
      { late_p99_ms: 0, open_loop: { ...OPEN_LOOP, achieved_per_s: 19, queued_p99_ms: 10.1 } },
      ...([INVALID, false] as const),
    ],
  ] as const)('%s', (_, summary, validity, isAtLimit) => {
    expect(isClientAtLimit(summary, validity)).toBe(isAtLimit);
  });
});

describe('isCrossedDespiteLate', () => {
  const gate = (changes: Partial<GateResult>): GateResult => ({
    ...{ gate: 'p99(ttft)<500', unit: 'ms', operator: '<', limit: 500, value: 530, margin: -30, ok: false, note: null },
    ...changes,
  });
  const latestMs = 29;
  it.each([
    ['by more than the latest start', [gate({})], true],
    ['by as much', [gate({ value: 529, margin: -29 })], false],
    ['not at all', [gate({ value: 400, margin: 100, ok: true })], false],
    ['by one of two', [gate({ value: 400, margin: 100, ok: true }), gate({ operator: '<=' })], true],
    ['by a failed request, which has no number', [gate({ value: null, margin: null })], false],
    ['by tokens', [gate({ unit: 'tokens' })], false],
    ['from below', [gate({ operator: '>=', value: 470 })], false],
    ['by none', [], false],
  ] as const)('%s', (_, gates, isCrossed) => {
    expect(isCrossedDespiteLate(gates, latestMs)).toBe(isCrossed);
  });

  it('leaves what else is the client’s', () => {
    const late = { late_p99_ms: 29, open_loop: OPEN_LOOP };
    expect(isClientAtLimit(late, INVALID)).toBe(true);
    expect(isClientAtLimit(late, INVALID, true)).toBe(false);
    expect(isClientAtLimit(late, { ...INVALID, client_errors: [error('p50', 21)] }, true)).toBe(true);
  });
});
