import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import { collectRunData } from '../stats/run-data.ts';
import { buildWorkloadThroughput, buildWorkloadTimeline, type WorkloadTimeline } from './workload-files.ts';

/** An answer of ten input tokens. */
function answer(startS: number, endS: number, output_tokens: number, cached_tokens: number | null) {
  return exampleRecord({
    ...{ start_ms: startS * 1000, end_ms: endS * 1000, latency_ms: (endS - startS) * 1000 },
    ...{ input_tokens: 10, output_tokens, cached_tokens },
  });
}

function timelineOf(...answers: Parameters<typeof answer>[]): WorkloadTimeline {
  return buildWorkloadTimeline(collectRunData(answers.map((numbers) => answer(...numbers))), 1_700_000_000_000);
}

/** What follows was worked out by evalscope 1.14's own `WorkloadTimeline`, fed with the same answers. */
describe('evalscope’s files of a workload', () => {
  const timeline = timelineOf([31, 81.5, 4, 4], [1, 11, 2, 4], [1, 26, 8, null], [20, 66, 5, 12], [50, 101, 3, 4]);

  it('add up to the end of each answer', () => {
    expect(timeline).toEqual({
      wall_start: 1_700_000_000,
      points: [
        { t: 10, cum_completion: 2, cum_new_prompt: 6, cum_cached_prompt: 4 },
        { t: 25, cum_completion: 10, cum_new_prompt: 16, cum_cached_prompt: 4 },
        // More of the cache than the prompt has.
        { t: 65, cum_completion: 15, cum_new_prompt: 16, cum_cached_prompt: 16 },
        { t: 80.5, cum_completion: 19, cum_new_prompt: 22, cum_cached_prompt: 20 },
        { t: 100, cum_completion: 22, cum_new_prompt: 28, cum_cached_prompt: 24 },
      ],
    });
  });

  it('take rates from one answer’s end to the last', () => {
    // The last 30 s begin at 65 s, and what comes after 20 s at 10 s, before which nothing ended.
    expect(buildWorkloadThroughput(timeline, 5)).toEqual({
      ...{ n_samples: 5, wall_time_s: 100, last_window_s: 30, warmup_frac: 0.2 },
      rows: [
        { metric: 'Total Prompt tok/s', overall: 0.52, last_window: 20 / 35, steady_state: 42 / 90 },
        { metric: 'New Prompt tok/s', overall: 0.28, last_window: 12 / 35, steady_state: 22 / 90 },
        { metric: 'Cached Prompt tok/s', overall: 0.24, last_window: 8 / 35, steady_state: 20 / 90 },
        { metric: 'Completion tok/s', overall: 0.22, last_window: 0.2, steady_state: 20 / 90 },
      ],
    });
  });

  it.each([
    ['one answer is all there is', [[1, 41, 8, 4]], { overall: 0.2, last_window: 0, steady_state: 0.2 }],
    [
      'none ended before the windows begin',
      [
        [1, 40, 8, 4],
        [2, 41, 8, 4],
      ],
      { overall: 0.4, last_window: 8, steady_state: 8 },
    ],
  ] as const)('take them from the first end where %s', (_, answers, rates) => {
    const { rows } = buildWorkloadThroughput(timelineOf(...(answers as unknown as Parameters<typeof answer>[])), 1);
    expect(rows.at(-1)).toEqual({ metric: 'Completion tok/s', ...rates });
  });

  it('round as evalscope does', () => {
    const odd = timelineOf([0.1, 1.333_333_3, 2, null]);
    expect(odd.points[0]?.t).toBe(1.233_333);
    expect(buildWorkloadThroughput(odd, 1).wall_time_s).toBe(1.2333);
  });

  it('have no point of a request that failed', () => {
    expect(buildWorkloadTimeline(collectRunData([exampleFailure()]), 0).points).toEqual([]);
  });
});
