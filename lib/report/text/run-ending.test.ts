import { describe, expect, it } from 'vitest';
import { QUICK_START_SUMMARY } from '../../../tests/fixtures/example-summary.ts';
import type { OpenLoopSummary } from '../../stats/open-loop.ts';
import type { RunIntervals } from '../../stats/run-intervals.ts';
import { renderEnding } from './run-ending.ts';

const TIME = { avg_ms: null, p50_ms: null, p99_ms: null };
const OPEN: OpenLoopSummary = {
  ...{ scheduled_per_s: 4.87, achieved_per_s: 4.86, queued_p99_ms: 0, peak_in_flight: 3 },
  ...{ ttft: TIME, latency: TIME },
};
const VERDICT = {
  ...{ thresholds: [], gates: [], requireValid: false, nothing: null },
  validity: { verdict: 'VALID', reasons: [] },
} as const;

function load(rate: unknown, concurrency: number | null, open_loop: OpenLoopSummary | null): string {
  const summary = { ...QUICK_START_SUMMARY, concurrency, open_loop };
  const [first = ''] = renderEnding({ summary, verdict: VERDICT, args: { rate }, page: 'a.html' }).split('\n');
  return first.split(' tok/s, ')[1] as string;
}

describe('the first of the last lines', () => {
  it('names the load: how many at a time, or the rate of an open loop', () => {
    expect(load(null, 4, null)).toMatch(/^parallel 4, /);
    expect(load(5, null, OPEN)).toMatch(/^rate 5\/s, /);
    expect(load(5, 8, OPEN)).toMatch(/^rate 5\/s, at most 8 in flight, /);
    // Ramps and schedules have no single rate, and evalscope's -1 is none.
    for (const rate of [null, -1, 'inf']) expect(load(rate, null, OPEN)).toMatch(/^4\.87\/s due, /);
    expect(load('inf', null, { ...OPEN, scheduled_per_s: null })).toMatch(/^all at once, /);
  });
});

describe('the lines of TTFT and TPOT', () => {
  const of = (low: number, high: number) => ({ mean: { state: 'ok', value: 29, low, high, block_requests: 1 } });
  const intervals = {
    timings: {
      ttft_ms: of(27.25, 31),
      tpot_ms: { mean: { ...of(3, 4).mean, state: 'too-few', low: null, high: null } },
    },
  } as unknown as RunIntervals;
  const linesOf = (columns: number): string[] =>
    renderEnding({ summary: QUICK_START_SUMMARY, verdict: VERDICT, intervals, page: 'a.html' }, { columns })
      .split('\n')
      .slice(1, 3);

  it('have the interval of the mean, where there are enough requests for one and room to show it', () => {
    const ttft = 'TTFT      mean 29.0 ms (95 %: 27.3 to 31.0), p50 23.3 ms, p99 46.3 ms';
    expect(linesOf(80)).toEqual([ttft, 'TPOT      mean 3.09 ms, p50 2.80 ms, p99 3.70 ms']);
    expect(linesOf(60)[0]).toBe('TTFT      mean 29.0 ms, p50 23.3 ms, p99 46.3 ms');
  });
});

describe('the verdict on a terminal', () => {
  const textOf = (reason: string): string[] => {
    const validity = { verdict: 'INVALID', reasons: [reason] } as const;
    const ending = renderEnding(
      { summary: QUICK_START_SUMMARY, verdict: { ...VERDICT, validity }, page: 'a.html' },
      { columns: 40 },
    );
    const lines = ending.trimEnd().split('\n');
    return lines.slice(
      lines.findIndex((line) => line.startsWith('Verdict')),
      -1,
    );
  };

  it('has its whole reason, in lines of its own', () => {
    expect(textOf('the open loop was not kept: set MAX_IN_FLIGHT=64')).toEqual([
      'Verdict   measurement INVALID: the open',
      '          loop was not kept: set',
      '          MAX_IN_FLIGHT=64',
    ]);
  });

  it('is cut where it fills a fourth line, and where a word has none wide enough', () => {
    const lines = textOf(`${'word '.repeat(40)}${'x'.repeat(90)}`);
    expect(lines).toHaveLength(4);
    expect(lines.at(-1)).toMatch(/…$/);
    for (const line of [...lines, ...textOf('x'.repeat(90))]) expect(line.length).toBeLessThanOrEqual(40);
  });
});
