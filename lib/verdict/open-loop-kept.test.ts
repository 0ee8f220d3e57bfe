import { describe, expect, it } from 'vitest';
import { OPEN_LOOP, QUICK_START_SUMMARY } from '../../tests/fixtures/example-summary.ts';
import type { OpenLoopSummary } from '../stats/open-loop.ts';
import type { RunSummary } from '../stats/run-summary.ts';
import { describeUnkept } from './open-loop-kept.ts';

/** Of 20 requests/s, each of 696 ms. */
const tell = (
  open: Partial<OpenLoopSummary>,
  summary: Partial<RunSummary> = {},
  isBusy = false,
  behindMs = 0,
): string | null =>
  describeUnkept(
    {
      ...{ ...QUICK_START_SUMMARY, concurrency: null, late_p99_ms: 1.2, latency_avg_ms: 696 },
      open_loop: { ...OPEN_LOOP, ...open },
      ...summary,
    },
    { isBusy, behindMs },
  );

describe('describeUnkept', () => {
  it('finds nothing in a loop that was kept, nor in a closed one', () => {
    expect(tell({})).toBeNull();
    expect(tell({}, { open_loop: null, late_p99_ms: 50 })).toBeNull();
  });

  it('names the client where its starts are late, whatever the cap', () => {
    for (const concurrency of [null, 8]) {
      expect(tell({}, { late_p99_ms: 11, concurrency })).toBe(
        'the open loop was not kept: over 1 % of the requests started 10 ms or more late (p99 11.0 ms): the client is at its limit, so lower the rate or use more instances',
      );
    }
  });

  it('names how many places a run needs that ran out of them: rate × latency × 1.5, or more than there were', () => {
    // 20 × 0.696 × 1.5 = 20.88
    expect(tell({ queued_p99_ms: 40 })).toMatch(
      /waited 10 ms or more for a place \(p99 40\.0 ms\).*--max-in-flight 21 /,
    );
    expect(tell({ queued_p99_ms: 40, peak_in_flight: 100 })).toContain('--max-in-flight 101 ');
  });

  it('takes no wait under a cap of the user for lateness, but a rate that is 2 % too low', () => {
    expect(tell({ queued_p99_ms: 900, achieved_per_s: 19.7 }, { concurrency: 12 })).toBeNull();
    expect(tell({ queued_p99_ms: 900, achieved_per_s: 19.5 }, { concurrency: 12 })).toBe(
      'the open loop was not kept: 19.50 of 20.00 requests/s were reached: set --max-in-flight 21 (MAX_IN_FLIGHT), if the service can keep up',
    );
  });

  it('advises no places to a client at its limit, which holds them too long itself', () => {
    const late = tell({ queued_p99_ms: 40, achieved_per_s: 19 }, { late_p99_ms: 11 });
    expect(late).toBe(
      'the open loop was not kept: over 1 % of the requests started 10 ms or more late (p99 11.0 ms): the client is at its limit, so lower the rate or use more instances; over 1 % of the requests waited 10 ms or more for a place (p99 40.0 ms); 19.00 of 20.00 requests/s were reached',
    );
    expect(tell({ queued_p99_ms: 40 }, {}, true)).toBe(
      'the open loop was not kept: over 1 % of the requests waited 10 ms or more for a place (p99 40.0 ms): the client is at its limit, so lower the rate or use more instances',
    );
    expect(tell({ achieved_per_s: 19.5, queued_p99_ms: 900 }, { concurrency: 12 }, true)).toContain(
      '19.50 of 20.00 requests/s were reached: the client is at its limit',
    );
  });

  it('names START_AT where the load was ready after it, whatever the cap', () => {
    const burst = { late_p99_ms: 2900, concurrency: 12 };
    expect(tell({ queued_p99_ms: 900 }, burst, false, 3250)).toBe(
      'the open loop was not kept: over 1 % of the requests started 10 ms or more late (p99 2900.0 ms): the load was ready 3.250 s after --start-at: set it later (START_AT)',
    );
    // A start that is later by so little is no burst.
    expect(tell({}, { late_p99_ms: 11 }, false, 4)).toContain('the client is at its limit');
    expect(tell({}, {}, false, 3250)).toBeNull();
    // Starts that are later than the load was have another cause.
    expect(tell({}, { late_p99_ms: 2900 }, true, 11)).toContain('the client is at its limit');
    expect(tell({}, { late_p99_ms: 2900 }, true, 3250)).toContain('set it later (START_AT)');
  });

  it('judges no run that sends all at once', () => {
    expect(tell({ scheduled_per_s: null, queued_p99_ms: 500 }, { late_p99_ms: 60 })).toBeNull();
  });
});
