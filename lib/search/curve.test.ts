import { describe, expect, it } from 'vitest';
import { type CurveProbe, nextBestStep, nextKneeStep } from './curve.ts';
import type { SearchAnswer, SearchPlan, SearchStep } from './search.ts';

const PLAN: SearchPlan = { first: 1, least: 1, most: 256, whole: true, width: 0.1 };

function follow(
  next: (plan: SearchPlan, probes: readonly CurveProbe[]) => SearchStep,
  rateOf: (load: number) => number,
  plan = PLAN,
): { loads: number[]; answer: SearchAnswer } {
  const probes: CurveProbe[] = [];
  for (;;) {
    const step = next(plan, probes);
    if (step.state === 'done') return { loads: probes.map(({ load }) => load), answer: step.answer };
    const value = rateOf(step.load);
    probes.push({ load: step.load, reached: { value, low: value * 0.98, high: value * 1.02 } });
  }
}

describe('the knee', () => {
  it('is where the throughput of one user, times the users, meets the most that the service does', () => {
    // 2 requests/s a user, at most 40: they meet at 20 users; 39.2 / 2.04 is 19.2, and 40.8 / 1.96 is 20.8.
    const { loads, answer } = follow(nextKneeStep, (load) => Math.min(2 * load, 40));
    expect(loads).toEqual([1, 2, 4, 8, 16, 32, 64, 128]);
    expect(answer).toEqual({ found: 'between', low: 19.2, high: 20.8, best: 20 });
  });

  it('is not put off by a load that was disturbed', () => {
    const disturbed = (load: number): number => Math.min(2 * load, 40) * (load === 64 ? 0.7 : 1);
    expect(follow(nextKneeStep, disturbed).loads).toEqual([1, 2, 4, 8, 16, 32, 64, 128]);
  });

  it('is beyond what was tried where throughput still grows, and nowhere without a request', () => {
    expect(follow(nextKneeStep, (load) => load).answer).toMatchObject({ found: 'all', low: 256 });
    expect(follow(nextKneeStep, () => 0).answer).toMatchObject({ found: 'none' });
  });
});

describe('the most good requests', () => {
  it('are found around the peak, with the loads that may be as good', () => {
    const { loads, answer } = follow(nextBestStep, (load) => 100 - Math.abs(load - 20));
    expect(loads).toEqual([1, 2, 4, 8, 16, 32, 24, 20, 22]);
    expect(answer).toMatchObject({ found: 'between', best: 20, low: 20, high: 22 });
    expect(follow(nextBestStep, (load) => 50 / load).answer).toMatchObject({ best: 1 });
    expect(follow(nextBestStep, () => 0).answer.found).toBe('none');
  });
});
