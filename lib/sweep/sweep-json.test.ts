import { expect, it } from 'vitest';
import { examplePoint } from '../../tests/fixtures/example-points.ts';
import { buildSweepFile } from './sweep-json.ts';

it('holds every point unrounded, with what is derived from it, and names the best ones', () => {
  const points = [
    examplePoint(1),
    examplePoint(4, { output_tokens_per_s: 900.123456, tpot_avg_ms: 5, latency_avg_ms: 1000 }),
  ];
  const file = buildSweepFile(points, {
    head: {
      version: 1,
      started_at: '2026-03-01T12:00:00.000Z',
      ended_at: '2026-03-01T12:01:00.000Z',
      state: 'complete',
      engine: 'node',
    },
    sleep_interval_s: 5,
    args: { model: 'qwen2.5', parallel: 1, number: 15 },
    planned: [
      { varies: 'parallel', load: '1', number: '15' },
      { varies: 'parallel', load: '4', number: null },
    ],
  });
  expect(file).toMatchObject({
    version: 1,
    started_at: '2026-03-01T12:00:00.000Z',
    state: 'complete',
    args: { model: 'qwen2.5', parallel: [1, 4], number: [15, null] },
    best: {
      throughput: { parallel: 4, folder: 'parallel_4_number_15' },
      latency: { parallel: 1, folder: 'parallel_1_number_15' },
      thresholds: null,
    },
  });
  expect(file.points[1]).toMatchObject({ success_ratio: 1, output_tokens_per_s_per_user: 200 });
  expect(file.points[1]?.summary.output_tokens_per_s).toBe(900.123456);
});
