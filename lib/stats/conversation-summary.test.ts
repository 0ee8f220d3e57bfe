import { describe, expect, it } from 'vitest';
import { exampleRecord } from '../../tests/fixtures/example-record.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { summarizeConversations } from './conversation-summary.ts';
import { choosePercentile } from './percentile-rule.ts';
import { collectRunData } from './run-data.ts';

type Turn = [start: number, end: number, ttft: number, input: number, output: number, cached: number | null];

/** Requests of one conversation, in seconds as evalscope's tests have them; latency is end minus start. */
function talk(id: string, turns: readonly Turn[], changes: Partial<RequestRecord> = {}): RequestRecord[] {
  return turns.map(([start, end, ttft, input_tokens, output_tokens, cached_tokens], place) =>
    exampleRecord({
      ...{ index: Number(id) * 10 + place, start_ms: start * 1000, end_ms: end * 1000, ttft_ms: ttft * 1000 },
      ...{ latency_ms: (end - start) * 1000, input_tokens, output_tokens, cached_tokens },
      conversation: { id, turn: place + 1, turns: turns.length },
      ...changes,
    }),
  );
}

const summarize = (records: RequestRecord[]) =>
  summarizeConversations(collectRunData(records), choosePercentile('linear'));

// evalscope's tests/perf/test_trace_metrics.py: three turns and what is made of them.
const THREE = talk('1', [
  [0, 2, 0.5, 100, 51, 0],
  [3, 4.5, 0.3, 200, 21, 130],
  [5, 7, 0.4, 400, 31, 200],
]);

describe('a run of conversations', () => {
  it('has the numbers of evalscope, whatever the order of the records', () => {
    const summary = summarize([...THREE].reverse());
    const means = Object.fromEntries((summary?.rows ?? []).map(({ number, mean }) => [number, mean]));
    expect(means['latency_ms']).toBe(7000);
    expect(means['first_ttft_ms']).toBe(500);
    expect(means['ttfat_ms']).toBe(5400);
    expect(means['decode_per_s']).toBeCloseTo((50 / 1.5 + 20 / 1.2 + 30 / 1.6) / 3, 2);
    // The columns keep thousandths.
    expect(means['cached']).toBeCloseTo(330 / 700, 3);
    expect(means['eligible_cached']).toBeCloseTo(330 / 372, 3);
    expect(summary).toMatchObject({ conversations: 1, completed: 1, abandoned_turns: 0, turns_avg: 3 });
    expect(summary).toMatchObject({ first_ttft_avg_ms: 500, later_ttft_avg_ms: 350 });
    expect(summary?.turns.map(({ from, requests, ttft_avg_ms }) => [from, requests, ttft_avg_ms])).toEqual([
      [1, 1, 500],
      [2, 1, 300],
      [3, 1, 400],
    ]);
  });

  it('has its turns where a server names a new finish reason every time', () => {
    // More than a call takes as arguments.
    const [turn] = talk('1', [[0, 1, 0.1, 1, 1, 0]]) as [RequestRecord];
    const records = Array.from({ length: 150_000 }, (_, index) => ({ ...turn, index, finish_reason: `${index}` }));
    expect(summarize(records)?.turns).toMatchObject([{ from: 1, to: 1, requests: 150_000 }]);
  });

  it('takes minimum, maximum and mean over conversations', () => {
    const latency = summarize([...talk('1', [[0, 1, 0.1, 1, 1, 0]]), ...talk('2', [[0, 3, 0.1, 1, 1, 0]])])?.rows[0];
    expect(latency).toMatchObject({ number: 'latency_ms', min: 1000, max: 3000, mean: 2000, p50: 2000 });
  });

  it('has no time from one turn to another where the clock was set within one', () => {
    const [first, second, third] = THREE as [RequestRecord, RequestRecord, RequestRecord];
    // The third turn begins an hour later on the clock that was set within the second.
    const later = { ...third, start_ms: third.start_ms + 3_600_000, end_ms: third.end_ms + 3_600_000 };
    const rows = summarize([first, { ...second, clock_steps: 1 }, later])?.rows ?? [];
    const means = Object.fromEntries(rows.map(({ number, mean }) => [number, mean]));
    expect(means).not.toHaveProperty('latency_ms');
    expect(means).not.toHaveProperty('ttfat_ms');
    expect(means['first_ttft_ms']).toBe(500);
    expect(means['decode_per_s']).toBeCloseTo((50 / 1.5 + 30 / 1.6) / 2, 2);
  });

  it('takes a conversation whose length nobody said for as long as it became, a turn that was said again among it', () => {
    const ofScript = THREE.map((record, place) => ({
      ...record,
      conversation: { id: '1', turn: place + 1, turns: null },
    }));
    const failure = { kind: 'http-status' as const, status: 500, detail: '' };
    const [, second] = ofScript as [RequestRecord, RequestRecord];
    const failed = { ...second, start_ms: 2000, end_ms: 2500, outcome: 'failed' as const, failure };
    expect(summarize([...ofScript, failed])).toMatchObject({ conversations: 1, completed: 1, abandoned_turns: 0 });
    expect(summarize([ofScript[0] as RequestRecord, failed])).toMatchObject({ completed: 0, abandoned_turns: 0 });
  });

  it('counts the turns after one that failed as abandoned, and no others', () => {
    const failure = { kind: 'http-status' as const, status: 500, detail: '' };
    const failed = talk('1', [[0, 1, 0.1, 1, 1, 0]], {
      outcome: 'failed',
      failure,
      conversation: { id: '1', turn: 1, turns: 4 },
    });
    const cut = talk('2', [[0, 1, 0.1, 1, 1, 0]], { conversation: { id: '2', turn: 1, turns: 4 } });
    expect(summarize([...failed, ...cut])).toMatchObject({
      conversations: 2,
      completed: 0,
      abandoned_turns: 3,
      turns_avg: 0.5,
    });
  });

  it('is none where every request is a prompt of its own, and puts late turns together', () => {
    expect(summarize([exampleRecord()])).toBe(null);
    const twelve = talk(
      '1',
      Array.from({ length: 12 }, (_, i): Turn => [i, i + 0.5, 0.1, 1, 2, null]),
    );
    const rows = summarize(twelve)?.turns ?? [];
    expect(rows.map(({ from, to, requests }) => [from, to, requests]).slice(-2)).toEqual([
      [9, 9, 1],
      [10, null, 3],
    ]);
    expect(rows[0]?.cached).toBe(null);
  });
});
