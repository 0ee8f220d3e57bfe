import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import { checkGates } from '../conditions/gates.ts';
import type { Stage } from '../load/rate-profile.ts';
import { markStage } from '../load/stage-at.ts';
import { judgeGates } from '../verdict/judge-gates.ts';
import { choosePercentile } from './percentile-rule.ts';
import { collectRunData } from './run-data.ts';
import { readStages, summarizeStages } from './run-stages.ts';

const STAGES = [
  { target: 1, durationS: 2 },
  { target: 3, durationS: 4 },
  { target: 0, durationS: 0 },
];

/** The load began at 500 ms. Two requests in stage 1, of which one goes on into stage 2, two in stage 2, one after. */
const RUN = collectRunData(
  [
    exampleRecord({ index: 0, stage: 1, start_ms: 500, end_ms: 1500, ttft_ms: 100, latency_ms: 1000 }),
    exampleRecord({ index: 1, stage: 1, start_ms: 1500, end_ms: 3500, ttft_ms: 300, latency_ms: 2000 }),
    exampleRecord({ index: 2, stage: 2, start_ms: 2500, end_ms: 4500, ttft_ms: 500, latency_ms: 2000 }),
    exampleFailure({ index: 3, stage: 2, start_ms: 4500, end_ms: 6500 }),
    exampleRecord({ index: 4, start_ms: 6600, end_ms: 7000, ttft_ms: 5, latency_ms: 400 }),
  ],
  1,
);

describe('the stages of a run', () => {
  it('have the numbers of the requests that started in them, and add up with those outside', () => {
    const staged = readStages({ stages: STAGES });
    const found = summarizeStages(RUN, staged as NonNullable<typeof staged>, 500, 'nearest-rank');
    // Stage 1 is 500 to 2500: 1000 + 1000 ms of requests over 2000. Stage 2 to 6500: 1000 + 2000 + 2000 over 4000.
    expect(found?.stages).toEqual([
      ...[{ stage: 1, from: 1, to: 1, duration_s: 2, requests: 2, requests_per_s: 1, in_flight: 1 }].map((row) => ({
        ...row,
        ...{ ttft_avg_ms: 200, ttft_p99_ms: 300, latency_p99_ms: 2000, success_ratio: 1 },
      })),
      ...[{ stage: 2, from: 1, to: 3, duration_s: 4, requests: 2, requests_per_s: 0.5, in_flight: 1.25 }].map(
        (row) => ({
          ...row,
          ...{ ttft_avg_ms: 500, ttft_p99_ms: 500, latency_p99_ms: 2000, success_ratio: 0.5 },
        }),
      ),
      ...[{ stage: 3, from: 3, to: 0, duration_s: 0, requests: 0, requests_per_s: null, in_flight: null }].map(
        (row) => ({
          ...row,
          ...{ ttft_avg_ms: null, ttft_p99_ms: null, latency_p99_ms: null, success_ratio: null },
        }),
      ),
    ]);
    // One after the last stage, and one without a record.
    expect(found?.outside_requests).toBe(2);
  });

  it('have no rate and none in flight where the warm-up is in them, whose requests are not known', () => {
    const staged = { of: 'rate', stages: STAGES } as const;
    const rates = (warmUpMs: number | null): unknown =>
      summarizeStages(RUN, staged, 500, 'linear', { warmUpMs })?.stages.map((row) => [
        row.requests_per_s,
        row.in_flight,
      ]);
    expect(rates(0)).toEqual(expect.arrayContaining([[1, 1]]));
    expect(rates(300)).toEqual([
      [null, null],
      [0.5, 1.25],
      [null, null],
    ]);
    // Stage 1 is over with the warm-up.
    expect(rates(2000)).toEqual(rates(300));
    // The first measured request starts when the load begins.
    expect(rates(null)).toEqual(rates(0));
  });

  it('have no rate and none in flight where the load did not get to their end', () => {
    const stages = [...STAGES, { target: 5, durationS: 10 }];
    const cut = (staged: readonly Stage[], wasCut: boolean) =>
      summarizeStages(RUN, { of: 'rate', stages: staged }, 500, 'linear', { wasCut });
    // The last end is 6500 ms after the beginning: stage 4, from 6000 to 16000, was cut.
    const found = cut(stages, true);
    expect(found?.stages.map((row) => [row.requests, row.requests_per_s, row.in_flight])).toEqual([
      ...[
        [2, 1, 1],
        [2, 0.5, 1.25],
        [0, null, null],
        [0, null, null],
      ],
    ]);
    expect(found?.cut_stages).toEqual([4]);
    // As planned: one request was under way for 400 of the 10,000 ms.
    expect(cut(stages, false)?.stages[3]).toMatchObject({ requests_per_s: 0, in_flight: 0.04 });
    // Not reached, and cut in its third second.
    const early = cut(
      [
        { target: 1, durationS: 4 },
        { target: 1, durationS: 60 },
        { target: 9, durationS: 9 },
      ],
      true,
    );
    expect(early?.stages.map(({ requests_per_s }) => requests_per_s)).toEqual([0.5, null, null]);
    expect(early?.cut_stages).toEqual([2, 3]);
  });

  it('of users who fell silent long before their end are cut, whoever knows that the run was stopped', () => {
    const cutBy = (seconds: number, target = 1) =>
      summarizeStages(RUN, { of: 'parallel', stages: [{ target, durationS: seconds }] }, 500, 'linear')?.cut_stages;
    // The last end is 6.5 s after the beginning; the longest request and the longest pause took 2.1 s; and a second.
    expect([cutBy(9.5), cutBy(9.7)]).toEqual([[], [1]]);
    expect(cutBy(60, 0)).toEqual([]);
  });

  it('are not there without stages, or in records that do not name them', () => {
    const staged = { of: 'rate', stages: STAGES } as const;
    expect(summarizeStages(collectRunData([exampleRecord()]), staged, null, 'linear')).toBeNull();
    expect(summarizeStages(RUN, staged, null, 'linear')?.stages[0]?.in_flight).toBeNull();
    expect([readStages({}), readStages({ stages: null }), readStages({ stages: [{ target: 'x' }] })]).toEqual([
      null,
      null,
      null,
    ]);
    expect(readStages({ stages: null, rate_stages: STAGES })?.of).toBe('rate');
  });

  it('can be picked by gates', () => {
    const texts = ['max(ttft){stage:1}<400', 'success_rate{stage:2}>=0.9', 'max(ttft){stage:3}<1'];
    const context = { percentile: choosePercentile('linear'), unfinishedRequests: 0, droppedIterations: 0 };
    const { gates } = checkGates(texts, '', (gate) => gate);
    expect(judgeGates(gates, RUN, context).map(({ value, ok }) => [value, ok])).toEqual([
      [300, true],
      [0.5, false],
      [null, false],
    ]);
  });

  it.each([
    [0, 1],
    [1999.9, 1],
    [2000, 2],
    [5999, 2],
    [6000, undefined],
  ])('begin at their second: %d ms are in %s', (ms, stage) => {
    expect(markStage(STAGES, ms).stage).toBe(stage);
    expect(markStage(null, ms)).toEqual({});
  });
});
