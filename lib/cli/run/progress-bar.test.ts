import { describe, expect, it } from 'vitest';
import { createProgressBar, formatProgress, type ProgressState } from './progress-bar.ts';

const STATE: ProgressState = {
  elapsedMs: 4000,
  countedMs: 4000,
  measuredMs: 4000,
  done: 6,
  total: 15,
  durationMs: null,
  outputTokens: 1200,
  inputs: null,
  failed: 1,
  ttftMs: null,
  warmup: { done: 0, total: 0 },
  overdue: [],
};

describe('formatProgress', () => {
  it('shows done and total, rates, failures and the time left', () => {
    // 6 in 4 s: 1.5 req/s; 1200/4 = 300 tok/s; 9 left at 1.5 a second: 6 s.
    expect(formatProgress(STATE)).toBe('[##########--------------]  6/15  1.5 req/s  300.0 tok/s  1 failed  ETA 6s');
  });

  it('has the time left by the last request that ended, which the time since does not raise', () => {
    expect(formatProgress({ ...STATE, elapsedMs: 5500 })).toMatch(/1\.5 req\/s .* ETA 6s$/);
  });

  it('shows inputs where answers are vectors or ranks', () => {
    expect(formatProgress({ ...STATE, outputTokens: 0, inputs: 60 })).toContain(
      '  1.5 req/s  15.0 inputs/s  1 failed  ',
    );
  });

  it('shows the TTFT so far, with the digits of a glance', () => {
    expect(formatProgress({ ...STATE, ttftMs: { p50: 9.96, p99: 12_345 } })).toContain(
      '  TTFT p50 10.0 ms p99 12.3 s  ',
    );
    expect(formatProgress({ ...STATE, ttftMs: { p50: 21.4, p99: 480 } })).toContain('  TTFT p50 21 ms p99 480 ms  ');
  });

  it('shows the warm-up while it lasts, and takes its time out of the rates', () => {
    const warming = { ...STATE, done: 0, outputTokens: 0, measuredMs: 0, warmup: { done: 3, total: 5 } };
    // 3 of 20 requests in 4 s: 22.7 s for the other 17.
    expect(formatProgress(warming)).toBe(
      '[####--------------------]  warm-up 3/5  0/15  0.0 req/s  0.0 tok/s  1 failed  ETA 23s',
    );
    const after = { ...STATE, measuredMs: 2000, warmup: { done: 5, total: 5 } };
    expect(formatProgress(after)).toContain('  6/15  3.0 req/s  600.0 tok/s  ');
  });

  it('counts the requests that take too long', () => {
    expect(formatProgress({ ...STATE, overdue: [3, 7] })).toContain('  1 failed  2 overdue  ETA 6s');
  });

  it('stays below the width of a terminal: the bar gives way, and then the end', () => {
    const state = { ...STATE, ttftMs: { p50: 21, p99: 40 } };
    const whole = formatProgress(state);
    for (const columns of [10, 40, 60, 80, 90, 100, 200]) {
      const line = formatProgress(state, columns);
      expect(line.length).toBeLessThan(columns);
      if (line.startsWith('[')) expect(line).toContain('ETA 6s');
      else expect(whole).toContain(line);
    }
    expect(formatProgress(state, 200)).toBe(whole);
  });

  it('goes by time where there is no number', () => {
    expect(formatProgress({ ...STATE, total: null, durationMs: 200_000 })).toMatch(/6 requests .* ETA 3m16s$/);
  });

  it('has no rate and no time left before anything happened', () => {
    expect(formatProgress({ ...STATE, elapsedMs: 0, countedMs: 0, measuredMs: 0, done: 0, outputTokens: 0 })).toContain(
      '0.0 req/s  0.0 tok/s  1 failed  ETA –',
    );
  });
});

describe('createProgressBar', () => {
  const draw = (isTTY: boolean, times: number[]): string => {
    let text = '';
    let time = 0;
    const bar = createProgressBar({ write: (piece) => (text += piece), isTTY }, () => time);
    for (time of times) bar.update(STATE);
    bar.finish();
    return text;
  };

  it('redraws one line of a terminal and leaves it at the end', () => {
    expect(draw(true, [100, 200])).toMatch(/^\r\[.*\r\[.*\n$/);
  });

  it('gives way to a line of the log', () => {
    let text = '';
    const bar = createProgressBar({ write: (piece) => (text += piece), isTTY: true });
    bar.update(STATE);
    bar.log('request 3 failed\n');
    bar.finish();
    expect(text.endsWith('\r\u001b[Krequest 3 failed\n')).toBe(true);
  });

  it('writes a line every ten seconds elsewhere', () => {
    expect(draw(false, [100, 9_000, 10_500, 12_000, 21_000]).split('\n')).toHaveLength(3);
  });
});
