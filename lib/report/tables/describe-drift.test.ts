import { describe, expect, it } from 'vitest';
import { exampleRecord } from '../../../tests/fixtures/example-record.ts';
import { createRandom } from '../../shared/random.ts';
import { collectRunData } from '../../stats/run-data.ts';
import { findDrift } from '../../stats/run-drift.ts';
import { describeDrift } from './describe-drift.ts';

const STARTED = Date.parse('2026-03-01T14:00:00.000Z');
const random = createRandom(3);

/** A request a second from 5 s on the records' clock, in an order of their own. */
function runOf(count: number, ttftAt: (place: number) => number) {
  const records = Array.from({ length: count }, (_, index) => {
    const ttft_ms = Math.round(ttftAt(index / count) * (0.9 + 0.2 * random.next()));
    const start_ms = 5000 + 1000 * index;
    return exampleRecord({ index, start_ms, end_ms: start_ms + 900, ttft_ms, tpot_ms: 10, latency_ms: 900 });
  });
  return collectRunData(records.reverse());
}
const describeRun = (run: ReturnType<typeof runOf>, streams: number | null = 4) =>
  describeDrift(findDrift(run, streams), run.firstStart, STARTED);

describe('describeDrift', () => {
  it('names a trend, without the beginning of the run', () => {
    const [line, ...others] = describeRun(runOf(800, (place) => 200 + 200 * place));
    expect(line).toMatch(/^TTFT rose from 2[12]\d ms to 39\d ms over the run \(trend, p < 0\.0001\)\.$/);
    expect(others).toEqual([]);
  });

  it('names a shift with its time', () => {
    // From request 533 of 800 on, which started 533 s after the first: batches of 12 lie around it.
    const [line] = describeRun(runOf(800, (place) => (place < 2 / 3 ? 300 : 200)));
    const [, clock, seconds] =
      /^TTFT fell from (?:299|30\d)(?:\.\d)? ms to (?:199|20\d)(?:\.\d)? ms at (14:0[89]:\d\d) UTC, (\d+) s into the run \(level shift, p [<=] 0\.000\d\)\.$/.exec(
        line ?? '',
      ) ?? [];
    expect(line).toContain('TTFT fell from');
    expect(Number(seconds)).toBeGreaterThan(520);
    expect(Number(seconds)).toBeLessThan(546);
    expect(clock).toBe(new Date(STARTED + Number(seconds) * 1000).toISOString().slice(11, 19));
  });

  it('says nothing of a change below a tenth, of a cold beginning, of a short run, and of a load that changes', () => {
    expect(describeRun(runOf(800, (place) => 200 + 10 * place))).toEqual([]);
    expect(describeRun(runOf(800, (place) => (place < 0.09 ? 900 : 200)))).toEqual([]);
    const short = runOf(660, (place) => 200 + 400 * place);
    expect(findDrift(short, null)).toEqual({ state: 'too-short', metrics: [] });
    expect(
      findDrift(
        runOf(800, (place) => 200 + 400 * place),
        64,
      ).metrics,
    ).not.toEqual([]);
    expect(
      findDrift(
        runOf(800, (place) => 200 + 400 * place),
        128,
      ),
    ).toMatchObject({ state: 'too-short' });
    expect(
      findDrift(
        runOf(800, (place) => 200 + 400 * place),
        4,
        true,
      ),
    ).toMatchObject({ state: 'changing-load' });
    expect(findDrift(collectRunData([]), 4)).toMatchObject({ state: 'too-short' });
  });
});
