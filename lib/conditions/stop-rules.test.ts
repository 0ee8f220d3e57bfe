import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorExcess, errorRateLimit, readStopRule, stopThresholds } from './stop-rules.ts';

describe('max-error-rate as the sum of a counter', () => {
  it('is above its limit exactly where enough have finished and the share of failed ones is above the rate', () => {
    const cases = fc.tuple(fc.array(fc.boolean(), { maxLength: 300 }), fc.integer({ min: 0, max: 100 }), fc.boolean());
    fc.assert(
      fc.property(cases, ([failures, percent, areEnough]) => {
        const rate = percent / 100;
        const failed = failures.filter(Boolean).length;
        let sum = areEnough ? errorRateLimit(rate) : 0;
        for (const failure of failures) sum += errorExcess(failure, rate);
        // Whole numbers: failed / all > percent / 100.
        expect(sum > errorRateLimit(rate)).toBe(areEnough && failed * 100 > percent * failures.length);
      }),
    );
  });
});

describe('readStopRule', () => {
  it('reads back what was set', () => {
    for (const maxErrorRate of [0, 0.05, 0.5, 1]) {
      const [[metric, list] = ['', []]] = Object.entries(stopThresholds({ maxErrors: null, maxErrorRate }));
      const item = list[0] as { threshold: string };
      expect(readStopRule(metric, item.threshold)).toEqual({ flag: '--max-error-rate', limit: maxErrorRate });
    }
    expect(stopThresholds({ maxErrors: 3, maxErrorRate: null })).toEqual({
      llm_max_errors: [{ threshold: 'count<3', abortOnFail: true }],
    });
    expect(readStopRule('llm_max_errors', 'count<3')).toEqual({ flag: '--max-errors', limit: 3 });
    expect(readStopRule('llm_requests', 'count<3')).toBeNull();
  });
});
