import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../../tests/fixtures/example-record.ts';
import { createRandom } from '../../shared/random.ts';
import { collectRunData } from '../../stats/run-data.ts';
import { findDrift, findLengthDrift } from '../../stats/run-drift.ts';
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
  describeDrift(findDrift(run, { streams }), run.firstStart, STARTED);

describe('describeDrift', () => {
  it('names a trend, without the beginning of the run', () => {
    const [line, ...others] = describeRun(runOf(800, (place) => 200 + 200 * place));
    expect(line).toMatch(/^TTFT rose from 2[12]\d ms to 39\d ms over the run \(trend, p < 0\.0001\)\.$/);
    expect(others).toEqual([]);
  });

  it('speaks of a long run of few requests, where few are under way at a time', () => {
    const few = runOf(300, (place) => 200 + 200 * place);
    // 40 for each stream, 240 at least: 270 after the first tenth, less the last ones.
    for (const streams of [1, 4, 6]) expect(describeRun(few, streams)[0]).toMatch(/^TTFT rose from 2[12]\d ms to /);
    for (const streams of [7, 16, null]) expect(findDrift(few, { streams }).state).toBe('too-short');
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
    expect(findDrift(short, { streams: null })).toEqual({ state: 'too-short', metrics: [] });
    expect(
      findDrift(
        runOf(800, (place) => 200 + 400 * place),
        { streams: 64 },
      ).metrics,
    ).not.toEqual([]);
    expect(
      findDrift(
        runOf(800, (place) => 200 + 400 * place),
        { streams: 128 },
      ),
    ).toMatchObject({ state: 'too-short' });
    expect(
      findDrift(
        runOf(800, (place) => 200 + 400 * place),
        { streams: 4 },
        true,
      ),
    ).toMatchObject({ state: 'changing-load' });
    expect(findDrift(collectRunData([]), { streams: 4 })).toMatchObject({ state: 'too-short' });
  });

  it('leaves out all of a ramp, in which fewer streams are there', () => {
    // 1,400 s of which the first 700 are the ramp: TTFT rises with the streams, and stays.
    const run = runOf(1400, (place) => (place < 0.5 ? 100 + 400 * place : 300));
    expect(describeRun(run)).not.toEqual([]);
    expect(describeDrift(findDrift(run, { streams: 4, rampUpMs: 700_000 }), run.firstStart, STARTED)).toEqual([]);
  });

  it('says where prompts became longer in the same way', () => {
    const records = Array.from({ length: 800 }, (_, index) =>
      exampleRecord({
        ...{ index, start_ms: 1000 * index, end_ms: 1000 * index + 900, tpot_ms: 10, latency_ms: 900 },
        ...{ ttft_ms: 200 + index, input_tokens: 100 + 2 * index, output_tokens: 50 },
      }),
    );
    const grown = collectRunData(records);
    const scope = { streams: 4 };
    const lines = describeDrift(findDrift(grown, scope), 0, STARTED, findLengthDrift(grown, scope));
    expect(lines[0]).toContain('TTFT rose from');
    // From request 80 (260 tokens) to 795 (1690), and the line goes through the means of batches of 12.
    expect(lines[1]).toMatch(
      /^Prompts became longer meanwhile, from 27\d to 16[78]\d tokens, which alone changes times\.$/,
    );
    expect(lines).toHaveLength(2);
    const still = collectRunData(records.map((record) => ({ ...record, ttft_ms: 200, latency_ms: 900 })));
    expect(describeDrift(findDrift(still, scope), 0, STARTED, findLengthDrift(still, scope))).toEqual([]);
  });

  it('is of the requests that were answered: failures between them are not values', () => {
    const records = Array.from({ length: 1600 }, (_, index) => {
      const times = { index, start_ms: 1000 * index, end_ms: 1000 * index + 900 };
      if (index % 2 === 1) return exampleFailure(times);
      return exampleRecord({ ...times, ttft_ms: 200 + index / 4, tpot_ms: 10, latency_ms: 900 });
    });
    expect(describeRun(collectRunData(records))[0]).toMatch(/^TTFT rose from 24\d ms to 59\d ms over the run/);
    // 260 answers among 520 are 234 after the first tenth, fewer than 240.
    expect(findDrift(collectRunData(records.slice(0, 520)), { streams: 4 }).state).toBe('too-short');
  });
});
