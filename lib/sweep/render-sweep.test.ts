import { describe, expect, it } from 'vitest';
import { examplePoint } from '../../tests/fixtures/example-points.ts';
import { renderPointLine, renderSweep } from './render-sweep.ts';

const POINTS = [
  examplePoint(1, {}, { meets_thresholds: true }),
  examplePoint(
    4,
    {
      output_tokens_per_s: 1100.04,
      requests_per_s: 4.741,
      ttft_avg_ms: 48.5,
      tpot_avg_ms: 4,
      latency_avg_ms: 812,
      total_requests: 3000,
      completed_requests: 2999,
      failed_requests: 1,
    },
    { meets_thresholds: false, crossed: ['llm_ttft: p(99)<\u001b[31m450'], exit_code: 99 },
  ),
  examplePoint(
    16,
    {
      output_tokens_per_s: null,
      requests_per_s: null,
      ttft_avg_ms: null,
      tpot_avg_ms: null,
      latency_avg_ms: null,
      completed_requests: 0,
      failed_requests: 15,
      percentiles: [],
    },
    { validity: { verdict: 'INVALID', reasons: ['the client used 98.0 % of this machine’s CPU'] } },
  ),
];

describe('renderSweep', () => {
  it('prints the table, the best points and the doubts like this', async () => {
    await expect(renderSweep(POINTS, 4)).toMatchFileSnapshot('__golden__/sweep.txt');
  });

  it('never rounds a failure away', () => {
    // 2999 of 3000 are 99.97 %.
    expect(renderSweep(POINTS, 3)).toMatch(/\| +4 \| +3000 .* 99\.9% \|/);
    expect(renderSweep(POINTS, 3)).toContain('but 1 of 3000 requests failed');
  });

  it('says that a limit crossed below the best point is not sharp', () => {
    const points = [
      examplePoint(4, {}, { meets_thresholds: false, crossed: ['llm_ttft: p(99)<450'] }),
      examplePoint(16, {}, { meets_thresholds: true }),
    ];
    expect(renderSweep(points, 2)).toContain('met up to parallel 16');
    expect(renderSweep(points, 2)).toContain('crossed below that too');
  });

  it('says that thresholds were met nowhere, or not given', () => {
    expect(renderSweep([examplePoint(4, {}, { meets_thresholds: false })], 1)).toContain('met at no load');
    expect(renderSweep([examplePoint(4)], 1)).not.toContain('Thresholds');
  });

  it('has words for a sweep without any point', () => {
    expect(renderSweep([], 4)).toBe('Sweep results: no point was measured.\n');
  });
});

describe('on a narrow terminal', () => {
  it.each([60, 80, 100])('a sweep stays within %i columns, each table with the concurrency in front', (columns) => {
    const table = renderSweep(POINTS, 3, columns)
      .split('\n')
      .filter((line) => /^[|+]/.test(line));
    expect(table.filter((line) => line.length > columns)).toEqual([]);
    expect(table.filter((line) => line.startsWith('| Concurrency |')).length).toBeGreaterThan(1);
    for (const value of ['1100.0', '48.5', '1.304', '99.9%']) expect(table.join('\n')).toContain(value);
  });

  it('a point is one line', () => {
    const { summary } = POINTS[1] as (typeof POINTS)[number];
    const validity = { verdict: 'VALID', reasons: [] } as const;
    const verdict = { thresholds: [], gates: [], validity, requireValid: false, nothing: null };
    expect(renderPointLine('parallel 4', { summary, verdict })).toBe(
      'parallel 4: 2999 of 3000 completed, 4.74 req/s, 1,100 tok/s, TTFT p99 46.3 ms, VALID\n',
    );
  });
});
