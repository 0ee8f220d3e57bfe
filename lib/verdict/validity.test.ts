import { describe, expect, it } from 'vitest';
import { OPEN_LOOP, QUICK_START_SUMMARY } from '../../tests/fixtures/example-summary.ts';
import type { RunSummary } from '../stats/run-summary.ts';
import type { ClientWaits } from './client-waits.ts';
import { judgeRun, judgeValidity, type RunEvidence } from './validity.ts';

/** Every wait alike. */
const waits = (ms: number): ClientWaits => ({ mean_ms: ms, p50_ms: ms, p99_ms: ms });

const judge = (summary: Partial<RunSummary>, evidence: Partial<RunEvidence> = {}) => {
  const { client_errors, ...judged } = judgeValidity(
    { ...QUICK_START_SUMMARY, ...summary },
    { probes: waits(0.3), ...evidence },
  );
  return judged;
};

describe('judgeValidity', () => {
  it('finds nothing where nothing is wrong', () => {
    expect(judge({})).toEqual({ verdict: 'VALID', reasons: [] });
  });

  it('believes no client of which nothing is known, as where k6 was told to make no p(99)', () => {
    const unknown = { probes: null };
    const judged = judge({}, unknown);
    expect([judged.verdict, judged.reasons]).toEqual(['NOT JUDGED', [expect.stringContaining('is not known')]]);
    expect(judge({}, { ...unknown, cpu_ratio: 0.2 }).verdict).toBe('VALID');
    expect(judge({}, { ...unknown, lost_records: 3 }).verdict).toBe('INVALID');
    expect(judge({ late_p99_ms: 11, open_loop: OPEN_LOOP }, unknown).verdict).toBe('INVALID');
  });

  describe('in proportion', () => {
    // The quick start: TTFT 29 ms on average, 23.3 in the median, ITL 3 ms in 231 gaps, latency 696 ms.
    it('names the numbers of which the client is more than a twentieth and a millisecond', () => {
      const { verdict, reasons } = judge({}, { probes: { mean_ms: 2, p50_ms: 1, p99_ms: 2 } });
      expect(verdict).toBe('SUSPECT');
      // TTFT p99 is 46.3 ms, of which 2 are less than a twentieth; the p99 of ITL is 0.9 ms over its median.
      expect(reasons).toEqual(['TTFT: client delay may account for up to 2.0 of 29.0 ms (mean), 2.0 of 23.3 ms (p50)']);
    });

    it('has a line for each metric, three at most', () => {
      // Waits of 200 ms make ITL, TTFT and latency doubtful; of TPOT they are under a millisecond.
      const { reasons } = judge({}, { probes: waits(200) });
      expect(
        reasons.map((reason) => /^(\w+): client delay may account for up to [\d.]+ of /.exec(reason)?.[1]),
      ).toEqual(['TTFT', 'ITL', 'latency']);
    });

    it('takes the same lag for nothing beside longer times', () => {
      const slow = {
        ttft_avg_ms: 600,
        itl_p50_ms: 40,
        itl_p99_ms: 60,
        percentiles: QUICK_START_SUMMARY.percentiles.map((row) => ({ ...row, ttft_ms: 600, latency_ms: 9000 })),
      };
      expect(judge(slow, { probes: waits(2) }).verdict).toBe('VALID');
    });

    it('is INVALID where a mean or a median is off by more than a fifth, and not for a p99', () => {
      expect(judge({}, { probes: waits(7) }).verdict).toBe('INVALID');
      const rare = { mean_ms: 0.5, p50_ms: 0.1, p99_ms: 40 };
      expect(judge({}, { probes: rare }).verdict).toBe('SUSPECT');
    });
  });

  it.each([
    ['late starts', { late_p99_ms: 11, open_loop: OPEN_LOOP }, {}, 'INVALID', 'p99 11.0 ms'],
    ['one request that was not sent', { expected_requests: 100, total_requests: 99 }, {}, 'SUSPECT', '1.0 %'],
    ['many requests not sent', { expected_requests: 100, total_requests: 90 }, {}, 'INVALID', '10 of the 100'],
    [
      'dropped arrivals',
      { expected_requests: null, total_requests: 90, dropped_iterations: 10 },
      {},
      'INVALID',
      '10.0 %',
    ],
    [
      'a last line that is cut',
      {},
      { sample_faults: [{ makes: 'SUSPECT', text: 'a cut line' }] },
      'SUSPECT',
      'a cut line',
    ],
    [
      'lines that cannot be read',
      { expected_requests: null, total_requests: 9 },
      { sample_faults: [{ makes: 'INVALID', text: '6 lines of the samples' }] },
      'INVALID',
      '6 lines of the samples',
    ],
    [
      'a clock that was set',
      { clock_step_requests: 1, expected_requests: 100, total_requests: 100 },
      {},
      'SUSPECT',
      '1.0 %',
    ],
    ['bundled chunks, which may be the server', { coalesced_ratio: 0.99 }, {}, 'SUSPECT', '99.0 %'],
    ['missing records', {}, { lost_records: 3 }, 'INVALID', 'records of 3 requests'],
    ['a busy machine', {}, { cpu_ratio: 0.85 }, 'SUSPECT', '85.0 %'],
    ['a machine at its limit, whose waits are judged for themselves', {}, { cpu_ratio: 0.99 }, 'SUSPECT', '99.0 %'],
  ] as const)('names %s', (_, summary, machine, verdict, text) => {
    const judged = judge(summary, machine);
    expect(judged.verdict).toBe(verdict);
    expect(judged.reasons).toHaveLength(1);
    expect(judged.reasons[0]).toContain(text);
  });

  it('is as bad as its worst reason, and lists them all', () => {
    expect(judge({ late_p99_ms: 11, open_loop: OPEN_LOOP }, { lost_records: 2 })).toMatchObject({
      verdict: 'INVALID',
      reasons: { length: 2 },
    });
  });

  describe('of requests that were planned and not sent', () => {
    // A kill at 114 of 500 leaves 386 unsent: 77.2 %.
    const killed = { expected_requests: 500, total_requests: 114, completed_requests: 114 };

    it('makes INVALID however that came about, and names what ended the run', () => {
      expect(judge(killed, { cut_short_by: 'stopped by Ctrl-C' })).toEqual({
        verdict: 'INVALID',
        reasons: ['386 of the 500 planned requests never went out (77.2 %): stopped by Ctrl-C'],
      });
      expect(judge(killed).reasons[0]).toContain('nothing in it says why');
      expect(judge({ ...killed, dropped_iterations: 386 }).reasons[0]).toContain('did not suffice');
    });

    it('finds no fault in what a duration of the user left out, and does in a stop within it', () => {
      const cut = { expected_requests: 1000, total_requests: 45, dropped_iterations: 955 };
      expect(judge(cut, { bounded_by_time: true }).verdict).toBe('VALID');
      expect(judge({ ...cut, dropped_iterations: 0 }, { bounded_by_time: true }).verdict).toBe('INVALID');
    });

    it('never tells of more than all of them', () => {
      // 2122 dropped beside 100 sent was reported as 2122 % of those sent.
      const { reasons } = judge({ expected_requests: null, total_requests: 100, dropped_iterations: 2122 });
      expect(reasons[0]).toContain('2122 of the 2222 planned requests never went out (95.5 %)');
    });

    it('is of the part of a distributed run that was read', () => {
      expect(judge({ expected_requests: 30 }, { planned_requests: 15 }).verdict).toBe('VALID');
    });

    it('is reported by its end alone where a run is bounded by time', () => {
      const timed = judge({ expected_requests: null }, { cut_short_by: 'stopped by Ctrl-C' });
      expect(timed).toEqual({ verdict: 'SUSPECT', reasons: ['the run ended before its time: stopped by Ctrl-C'] });
    });
  });

  describe('of too little', () => {
    const none = { completed_requests: 0, total_requests: 3, failed_requests: 3, expected_requests: 3 };

    it('does not judge the client of a run under a second, and says how long one must be', () => {
      const { verdict, reasons } = judge({ time_taken_ms: 999.9 }, { cpu_ratio: 1, probes: waits(50) });
      expect(verdict).toBe('NOT JUDGED');
      expect(reasons).toEqual([expect.stringContaining('from one second on')]);
      expect(judge({ time_taken_ms: 1000 }).verdict).toBe('VALID');
    });

    it('does not judge it where no request completed, however long that took', () => {
      expect(judge({ ...none, time_taken_ms: 14 }, { cpu_ratio: 1 }).verdict).toBe('NOT JUDGED');
      expect(judge({ ...none, time_taken_ms: 60_000 }).reasons[0]).toContain('none of 3 requests completed');
    });

    it('still tells what is missing, which no length mends', () => {
      expect(judge({ time_taken_ms: 200, expected_requests: 500 }).verdict).toBe('INVALID');
      expect(judge({ ...none, time_taken_ms: 200 }, { lost_records: 2 }).verdict).toBe('INVALID');
      expect(judge({ time_taken_ms: 200, expected_requests: 15.1 }).verdict).toBe('NOT JUDGED');
    });
  });
});

describe('judgeRun', () => {
  it('has no verdict on the client where nothing was sent', () => {
    const nothing = { state: 'no-run', text: 'nothing was measured: connection refused' } as const;
    const summary = { ...QUICK_START_SUMMARY, completed_requests: 0, total_requests: 0, time_taken_ms: null };
    expect(judgeRun(summary, nothing, { cpu_ratio: 1 })).toEqual({
      verdict: 'NO RUN',
      reasons: [nothing.text],
      client_errors: [],
    });
    const sample_faults = [{ makes: 'INVALID', text: 'two lines' }] as const;
    expect(judgeRun(summary, nothing, { sample_faults })).toMatchObject({ verdict: 'INVALID' });
  });
});
