import { describe, expect, it } from 'vitest';
import { addOptions } from './add-options.ts';

describe('addOptions', () => {
  it('keeps all that a script says, and puts what is added after it', () => {
    const own = { vus: 3, summaryTrendStats: ['p(99.9)'], thresholds: { llm_ttft: ['p(50)<1'], checks: ['rate==1'] } };
    const { thresholds = {}, summaryTrendStats, ...rest } = addOptions(own, { thresholds: { llm_ttft: ['p(95)<2'] } });
    expect(rest).toEqual({ vus: 3 });
    expect(summaryTrendStats?.[0]).toBe('p(99.9)');
    expect(summaryTrendStats).toContain('count');
    expect(thresholds['checks']).toEqual(['rate==1']);
    expect(thresholds['llm_ttft']).toEqual(expect.arrayContaining(['p(50)<1', 'p(95)<2']));
    expect(own.thresholds.llm_ttft).toEqual(['p(50)<1']);
  });

  it("leaves k6's own statistics where a script names none", () => {
    expect(addOptions({}, {}).summaryTrendStats?.slice(0, 6)).toEqual(['avg', 'min', 'med', 'max', 'p(90)', 'p(95)']);
  });

  it('refuses a profile that does not exist, and what k6 would not take', () => {
    expect(() => addOptions({}, { thresholds: { llm_ttft: ['p(95) of 2'] } })).toThrow(/llm_ttft/);
    expect(() => addOptions({}, { thresholds: 'interactive' })).toThrow(/no profile of that name/);
  });
});
