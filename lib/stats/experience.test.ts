import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { computeCost, explainNoCost } from './cost.ts';
import { summarizeExperience } from './experience.ts';
import { createRunDataBuilder, readWithParameter } from './run-data.ts';
import { cutByStart, summarizeSlices } from './run-slices.ts';

const runOf = (records: readonly RequestRecord[]) => {
  const builder = createRunDataBuilder();
  for (const record of records) builder.add(record);
  return builder.build();
};
const answer = (index: number, startMs: number, ttftMs: number, gaps: readonly number[], tokens = gaps.length + 1) => {
  const latency_ms = ttftMs + gaps.reduce((sum, gap) => sum + gap, 0);
  return exampleRecord({
    ...{ index, start_ms: startMs, end_ms: startMs + latency_ms, latency_ms, ttft_ms: ttftMs, first_output_ms: ttftMs },
    ...{ chunk_gaps_ms: gaps, chunks: gaps.length + 1, output_tokens: tokens, input_tokens: 10, cached_tokens: 4 },
  });
};

describe('what users feel', () => {
  it('is recognised by the gaps', () => {
    const run = runOf([
      answer(0, 0, 100, [90, 10, 20, 30]),
      answer(1, 0, 50, [10, 600, 10, 10]),
      exampleFailure({ index: 2 }),
    ]);
    expect(summarizeExperience(run, null)).toEqual({
      stalled_ratio: 0.5,
      // 600 ms behind two outputs, of which a reader has 290 ms.
      reader_waits_ratio: 0.5,
      hand_over_avg_ms: 50,
      // 90 beyond the median 20; 10 is not beyond 10.
      hand_over_overhead_avg_ms: 35,
      steady_itl_avg_ms: (10 + 20 + 30 + 600 + 10 + 10) / 6,
      // A chunk is a token.
      tokens_per_step: 1,
      speculative_acceptance: null,
      time_to_output: [{ output: 2, answers: 2, mean_ms: (190 + 60) / 2 }],
    });
  });

  it('has the tokens of a step where chunks hold several', () => {
    // L = (8 + 4 + 2) / (2 + 2 + 2): an answer without drafts counts as well. evalscope 1.14: acceptance 1 - 1/L.
    const run = runOf([answer(0, 0, 10, [5, 5], 9), answer(1, 0, 10, [5, 5], 5), answer(2, 0, 10, [5, 5])]);
    const told = summarizeExperience(run, null);
    expect(told.tokens_per_step).toBeCloseTo(14 / 6, 12);
    expect(told.speculative_acceptance).toBeCloseTo(1 - 6 / 14, 12);
  });

  it('has a first chunk for each choice of a request', () => {
    // Two choices of a token and two chunks of two: (10 - 2) / (6 - 2).
    const several = { ...answer(0, 0, 10, [5, 5, 5, 5], 10), choices: 2, chunks: 6 };
    expect(summarizeExperience(runOf([several]), null).tokens_per_step).toBe(2);
  });

  it('gives a reader time for all tokens of a chunk, with a gate’s own pace as well', () => {
    // A step of four tokens every 500 ms: 8 tokens/s, and a reader of 5 words/s takes 6.7.
    const run = runOf([answer(0, 0, 10, [500, 500], 12), answer(1, 0, 10, [500, 500])]);
    expect(summarizeExperience(run, null).reader_waits_ratio).toBe(0.5);
    expect([...readWithParameter(run, 'reader_waits', 100)]).toEqual([1, 1]);
    expect([...readWithParameter(run, 'reader_waits', 130)]).toEqual([0, 1]);
  });

  it('takes no drafts from chunks where the server counts them, or where a chunk is hardly more than a token', () => {
    // A parser of tool calls holds chunks back: vLLM 0.32 took 14.6 % of its drafts where chunks would say 41 %.
    const held = runOf([answer(0, 0, 10, [5, 5], 9)]);
    expect(summarizeExperience(held, 0)).toMatchObject({ tokens_per_step: 4, speculative_acceptance: null });
    // llama.cpp without drafts: 15 chunks for 16 tokens, of which one was half a character.
    const whole = runOf([answer(0, 0, 10, new Array<number>(14).fill(5), 16)]);
    expect(summarizeExperience(whole, null)).toMatchObject({ tokens_per_step: 15 / 14, speculative_acceptance: null });
  });

  it('is of answers that came to their end: one that was cut, or left, is a failure, whatever came of it', () => {
    const gaps = { chunk_gaps_ms: [900, 900], chunks: 3, ttft_ms: 50, first_output_ms: 50 };
    const cut = exampleFailure({ index: 1, start_ms: 0, end_ms: 2000, ...gaps });
    const left = { ...cut, index: 2, outcome: 'cancelled', failure: null } as const;
    // 100 ms to the first output, 40 to the second, and nothing slower than 150 ms; a single output has no gap.
    const told = summarizeExperience(runOf([answer(0, 0, 100, [40, 20]), cut, left, answer(3, 0, 70, [])]), null);
    expect(told).toMatchObject({
      ...{ stalled_ratio: 0, reader_waits_ratio: 0, hand_over_avg_ms: 40, steady_itl_avg_ms: 20 },
      time_to_output: [{ output: 2, answers: 1, mean_ms: 140 }],
    });
  });

  it('has the time to the n-th output, of the answers that are so long', () => {
    const gaps = (count: number, gap: number) => new Array<number>(count).fill(gap);
    const told = summarizeExperience(runOf([answer(0, 0, 100, gaps(99, 10)), answer(1, 0, 300, gaps(9, 20))]), null);
    // 100 + (n - 1) · 10 and 300 + (n - 1) · 20 ms.
    expect(told.time_to_output).toEqual([
      { output: 2, answers: 2, mean_ms: (110 + 320) / 2 },
      { output: 10, answers: 2, mean_ms: (190 + 480) / 2 },
      { output: 50, answers: 1, mean_ms: 590 },
      { output: 100, answers: 1, mean_ms: 1090 },
    ]);
  });

  it('is null without answers', () => {
    expect(
      Object.values(summarizeExperience(runOf([exampleFailure()]), null)).filter((value) => value !== null),
    ).toEqual([[]]);
  });
});

describe('slices of a run', () => {
  const run = runOf([
    answer(0, 1000, 100, [10]),
    answer(1, 1900, 300, [10]),
    answer(2, 3100, 500, [10]),
    exampleFailure({ index: 3, start_ms: 3200, end_ms: 3300 }),
  ]);

  it('are cut by the starts, empty ones among them', () => {
    expect(cutByStart(run, 1000).map(({ requests }) => [...requests])).toEqual([[0, 1], [], [2, 3]]);
    // 0, 900, 2100 and 2200 ms since the first start, of a run of 2.6 s.
    expect(cutByStart(run, 500).map(({ requests }) => [...requests])).toEqual([[0], [1], [], [], [2, 3]]);
    expect(cutByStart(runOf([]), 1000)).toEqual([]);
  });

  it('end with the run, so that no rate is over a time in which nothing was to come', () => {
    // A run of 2 s in slices of 10 s; and one whose last slice has three quarters of its length.
    const short = runOf([answer(0, 0, 100, [100]), answer(1, 1500, 400, [100])]);
    expect(cutByStart(short, 10_000)).toMatchObject([{ from_ms: 0, to_ms: 2000 }]);
    expect(summarizeSlices(short, 10_000, 'linear')[0]?.output_tokens_per_s).toBe(2);
    const long = runOf([0, 500, 1000, 1500].map((start, index) => answer(index, start, 200, [50])));
    expect(summarizeSlices(long, 1000, 'linear')).toMatchObject([
      { from_s: 0, to_s: 1, output_tokens_per_s: 4 },
      { from_s: 1, to_s: 1.75, output_tokens_per_s: 4 / 0.75 },
    ]);
  });

  it('have their own numbers', () => {
    expect(summarizeSlices(run, 1000, 'nearest-rank')).toMatchObject([
      { from_s: 0, requests: 2, completed: 2, failed: 0, ttft_p50_ms: 100, ttft_p99_ms: 300, output_tokens_per_s: 2 },
      // The second answer began in the first slice, and its tokens came at 1.2 s; the run ends at 2.61 s.
      { from_s: 1, to_s: 2, requests: 0, completed: 0, failed: 0, ttft_p50_ms: null, output_tokens_per_s: 2 },
      {
        from_s: 2,
        to_s: 2.61,
        requests: 2,
        completed: 1,
        failed: 1,
        ttft_p50_ms: 500,
        output_tokens_per_s: (2 / 610) * 1000,
      },
    ]);
  });

  it('have the tokens that came in them, and go on until the last answer is over', () => {
    // A token at 0.5, 1.5, 2.5 and 3.5 s, and one answer at 4 s that nobody saw coming: ten tokens.
    const whole = { stream: false, first_output_ms: null, chunk_gaps_ms: [], chunks: null, output_tokens: 10 };
    const slow = [answer(0, 0, 500, [1000, 1000, 1000]), answer(1, 0, 4000, [])];
    const told = summarizeSlices(
      runOf([slow[0] as RequestRecord, { ...(slow[1] as RequestRecord), ...whole }]),
      1000,
      'linear',
    );
    expect(
      told.map(({ from_s, to_s, requests, output_tokens_per_s }) => [from_s, to_s, requests, output_tokens_per_s]),
    ).toEqual([
      [0, 1, 2, 1],
      [1, 2, 0, 1],
      [2, 3, 0, 1],
      [3, 4, 0, 11],
    ]);
    // Of two answers in one request nobody knows the order: three chunks from 500 to 2500 ms.
    const two = { choices: 2, chunks: 4, last_output_ms: 2500, output_tokens: 3, chunk_gaps_ms: [1500, 2000] };
    expect(
      summarizeSlices(runOf([{ ...answer(0, 0, 500, [2000]), ...two }]), 1000, 'linear').map(
        (slice) => slice.output_tokens_per_s,
      ),
    ).toEqual([1, 1, 1 / 0.5]);
  });

  it('keep their length to the end of the run, which the last one can have half as much of again', () => {
    // Starts up to 4.88 s and an end at 6.35 s, in slices of 2 s.
    const starts = [0, 1500, 2100, 3900, 4880];
    const six = runOf(starts.map((start, index) => answer(index, start, 470, [1000])));
    expect(summarizeSlices(six, 2000, 'linear').map(({ from_s, to_s, requests }) => [from_s, to_s, requests])).toEqual([
      [0, 2, 2],
      [2, 4, 2],
      [4, 6.35, 1],
    ]);
  });

  it('have 0 tokens/s where none came, and no rate where nobody counts', () => {
    const pause = runOf([answer(0, 0, 100, [10]), answer(1, 3000, 100, [10])]);
    expect(summarizeSlices(pause, 1000, 'linear').map((slice) => slice.output_tokens_per_s)).toEqual([
      2,
      0,
      (2 / 1110) * 1000,
    ]);
    const uncounted = runOf([{ ...answer(0, 0, 100, [10]), output_tokens: null }]);
    expect(summarizeSlices(uncounted, 1000, 'linear')[0]?.output_tokens_per_s).toBeNull();
  });

  it('are never more than 10,000, of which the last ends with the run', () => {
    const told = summarizeSlices(runOf([answer(0, 0, 100, [59_900])]), 1, 'linear');
    expect([told.length, told.at(-1)?.to_s]).toEqual([10_000, 60]);
  });
});

describe('the cost of a run', () => {
  const summary = {
    input_tokens_total: 2_000_000,
    input_tokens_requests: 1000,
    output_tokens_total: 500_000,
    output_tokens_requests: 1000,
    completed_requests: 1000,
    time_taken_ms: 1_800_000,
  };

  it('is that of its tokens, and of its time', () => {
    // 2 million at 0.5 and half a million at 2.
    expect(computeCost(summary, { input: 0.5, output: 2, hour: null }, null)).toEqual({
      total: 2,
      per_answer: 0.002,
      per_million_output_tokens: 4,
      per_million_tokens: 0.8,
      per_good_answer: null,
    });
    // Half an hour at 4; 800 were good.
    expect(computeCost(summary, { input: null, output: null, hour: 4 }, 800)).toMatchObject({
      total: 2,
      per_good_answer: 0.0025,
    });
  });

  it('is null without a price, and without the count that a price is for', () => {
    expect(computeCost(summary, { input: null, output: null, hour: null }, null)).toBeNull();
    const uncounted = { ...summary, input_tokens_total: null, input_tokens_requests: null };
    const prices = { input: 1, output: 1, hour: null };
    expect(computeCost(uncounted, prices, null)).toBeNull();
    expect(explainNoCost(uncounted, prices)).toBe(
      'Cost: not known, since 1000 of 1000 answers have no count of their input tokens.',
    );
    expect(computeCost(uncounted, { ...prices, input: null }, null)).toMatchObject({
      ...{ total: 0.5, per_answer: 0.0005, per_million_output_tokens: 1, per_million_tokens: null },
    });
  });

  it('is null where some answers alone were counted: their tokens are not those of the run', () => {
    const partly = { ...summary, output_tokens_requests: 998 };
    expect(computeCost(partly, { input: null, output: 2, hour: null }, null)).toBeNull();
    expect(explainNoCost(partly, { input: null, output: 2, hour: null })).toContain('2 of 1000 answers');
    expect(computeCost(partly, { input: null, output: null, hour: 4 }, null)).toMatchObject({
      ...{ total: 2, per_answer: 0.002, per_million_output_tokens: null, per_million_tokens: null },
    });
  });

  it('of a run without an answer is that of its time', () => {
    const none = { input_tokens_total: null, input_tokens_requests: null, output_tokens_total: null };
    const dead = { ...none, output_tokens_requests: null, completed_requests: 0, time_taken_ms: 900_000 };
    const nothing = { per_answer: null, per_million_output_tokens: null, per_million_tokens: null };
    expect(computeCost(dead, { input: 1, output: 1, hour: 4 }, 0)).toEqual({
      ...{ total: 1, ...nothing, per_good_answer: null },
    });
  });
});
