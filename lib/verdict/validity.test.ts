import { describe, expect, it } from 'vitest';
import { QUICK_START_SUMMARY } from '../report/example-summary.ts';
import type { RunSummary } from '../stats/run-summary.ts';
import { judgeValidity, type MachineEvidence } from './validity.ts';

const judge = (summary: Partial<RunSummary>, machine: Partial<MachineEvidence> = {}) =>
  judgeValidity(
    { ...QUICK_START_SUMMARY, ...summary },
    { cpu_ratio: null, event_loop_delay_ms: null, lost_records: 0, ...machine },
  );

describe('judgeValidity', () => {
  it('finds nothing where there is no evidence', () => {
    expect(judge({})).toEqual({ verdict: 'VALID', reasons: [] });
    expect(judgeValidity(QUICK_START_SUMMARY).verdict).toBe('VALID');
  });

  it.each([
    ['client lag', { client_lag_p99_ms: 2.5 }, {}, 'SUSPECT', '2.5 ms'],
    ['much client lag', { client_lag_p99_ms: 25 }, {}, 'INVALID', '25.0 ms'],
    ['a late event loop', {}, { event_loop_delay_ms: 60 }, 'INVALID', '60.0 ms'],
    ['late starts', { late_p99_ms: 11 }, {}, 'SUSPECT', '11.0 ms'],
    ['one dropped iteration', { dropped_iterations: 1, total_requests: 100 }, {}, 'SUSPECT', '1.0 %'],
    ['many dropped iterations', { dropped_iterations: 10, total_requests: 100 }, {}, 'INVALID', '10.0 %'],
    ['a clock that was set', { clock_step_requests: 1, total_requests: 100 }, {}, 'SUSPECT', '1.0 %'],
    ['bundled chunks, which may be the server', { coalesced_ratio: 0.99 }, {}, 'SUSPECT', '99.0 %'],
    ['missing records', {}, { lost_records: 3 }, 'INVALID', 'records of 3 requests'],
    ['a busy machine', {}, { cpu_ratio: 0.85 }, 'SUSPECT', '85.0 %'],
    ['a machine at its limit', {}, { cpu_ratio: 0.99 }, 'INVALID', '99.0 %'],
  ] as const)('names %s', (_, summary, machine, verdict, text) => {
    const judged = judge(summary, machine);
    expect(judged.verdict).toBe(verdict);
    expect(judged.reasons).toHaveLength(1);
    expect(judged.reasons[0]).toContain(text);
  });

  it('is as bad as its worst reason, and lists them all', () => {
    expect(judge({ client_lag_p99_ms: 3 }, { cpu_ratio: 0.99 })).toMatchObject({
      verdict: 'INVALID',
      reasons: { length: 2 },
    });
  });
});
