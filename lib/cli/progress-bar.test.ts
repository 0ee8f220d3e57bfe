import { describe, expect, it } from 'vitest';
import { createProgressBar, formatProgress, type ProgressState } from './progress-bar.ts';

const STATE: ProgressState = { elapsedMs: 4000, done: 6, total: 15, durationMs: null, outputTokens: 1200, failed: 1 };

describe('formatProgress', () => {
  it('shows done and total, rates, failures and the time left', () => {
    // 6 in 4 s: 1.5 req/s; 1200/4 = 300 tok/s; 9 left at 1.5 a second: 6 s.
    expect(formatProgress(STATE)).toBe('[##########--------------]  6/15  1.5 req/s  300.0 tok/s  1 failed  ETA 6s');
  });

  it('goes by time where there is no number', () => {
    expect(formatProgress({ ...STATE, total: null, durationMs: 200_000 })).toMatch(/6 requests .* ETA 3m16s$/);
  });

  it('has no rate and no time left before anything happened', () => {
    expect(formatProgress({ ...STATE, elapsedMs: 0, done: 0, outputTokens: 0 })).toContain(
      '0.0 req/s  0.0 tok/s  1 failed  ETA –',
    );
  });
});

describe('createProgressBar', () => {
  const draw = (isTTY: boolean, times: number[]): string => {
    let text = '';
    const bar = createProgressBar({ write: (piece) => (text += piece), isTTY });
    for (const elapsedMs of times) bar.update({ ...STATE, elapsedMs });
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
