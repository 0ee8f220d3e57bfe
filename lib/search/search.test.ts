import { describe, expect, it } from 'vitest';
import type { Side } from './gate-side.ts';
import { nextStep, type Probe, type SearchAnswer, type SearchPlan } from './search.ts';

const PLAN: SearchPlan = { first: 2, least: 1, most: 64, whole: true, width: 0.1 };

/** Follows a search where each load's side is known from its place: a search of a service with one limit. */
function follow(
  plan: SearchPlan,
  sideOf: (load: number, kind: Probe['kind']) => Side,
): { loads: string[]; answer: SearchAnswer } {
  const probes: Probe[] = [];
  for (;;) {
    const step = nextStep(plan, probes);
    if (step.state === 'done') return { loads: probes.map(({ load, kind }) => `${kind} ${load}`), answer: step.answer };
    const { load, kind } = step;
    probes.push({ load, kind, side: sideOf(load, kind), margins: [] });
  }
}

const limitAt =
  (limit: number) =>
  (load: number): Side =>
    load <= limit ? 'holds' : 'crossed';

describe('a search', () => {
  it('doubles, comes together, and proves a load on either side of the limit', () => {
    // By hand: 2, 4, 8, 16 and 32 bracket 20; √(16·32) is 22.6, √(16·23) is 19.2, √(19·23) is 20.9,
    // √(19·21) is 20; then 5 %, or a step, either way of √(20·21).
    const { loads, answer } = follow(PLAN, limitAt(20));
    expect(loads).toEqual([
      ...['look 2', 'look 4', 'look 8', 'look 16', 'look 32', 'look 23', 'look 19', 'look 21', 'look 20'],
      ...['resolve 20', 'resolve 22'],
    ]);
    expect(answer).toEqual({ found: 'between', low: 20, high: 22, best: 20 });
  });

  it.each([3, 7, 11, 19, 33, 50, 63])('holds a limit of %i, and no wider than a tenth or a whole step', (limit) => {
    const { low, high } = follow(PLAN, limitAt(limit)).answer;
    expect(low).toBeLessThanOrEqual(limit);
    expect(high).toBeGreaterThan(limit);
    expect((high as number) - (low as number)).toBeLessThanOrEqual(Math.max(2, limit * 0.16));
  });

  it('goes on around loads that cannot be told, which makes the answer wider', () => {
    const sideOf = (load: number, kind: Probe['kind']): Side =>
      kind === 'resolve' && Math.abs(load - 20) < 4 ? 'unresolved' : limitAt(20)(load);
    const { answer } = follow(PLAN, sideOf);
    expect(answer).toMatchObject({ found: 'between', low: 16, high: 24 });
  });

  it('says when even the least load is too much, and when the largest still holds', () => {
    expect(follow(PLAN, () => 'crossed').answer).toEqual({ found: 'none', low: null, high: 1, best: null });
    expect(follow(PLAN, () => 'holds').answer).toEqual({ found: 'all', low: 64, high: null, best: 64 });
  });

  it('believes what was resolved, whatever the looks saw', () => {
    // The looks see the limit at 40, and it is at 10.
    const { answer } = follow(PLAN, (load, kind) => limitAt(kind === 'look' ? 40 : 10)(load));
    expect(answer.low).toBeLessThanOrEqual(10);
    expect(answer.high).toBeGreaterThan(10);
  });

  it('narrows its answer by how far the gates are from their limits, in loads that can be asked for', () => {
    const margin = (load: number) => ({ value: Math.log(20.5 / load), sd: 0.0092 });
    const tried = (load: number, side: Side): Probe => ({
      ...{ load, side, kind: 'resolve', margins: [{ side, margin: margin(load) }] },
    });
    const probes: Probe[] = [
      ...[2, 4, 8, 16].map((load): Probe => ({ load, kind: 'look', side: 'holds', margins: [] })),
      ...[32, 23].map((load): Probe => ({ load, kind: 'look', side: 'crossed', margins: [] })),
      ...[tried(15, 'holds'), tried(26, 'crossed')],
    ];
    // By hand: the line is 0 at 20.5, and there its error is about 0.0092 / √2, so that 3.5 of them are 2.3 %: 20.04 and 20.97, in steps of 0.3 %.
    const whole = nextStep({ ...PLAN, width: 0.5 }, probes);
    expect(whole).toEqual({ state: 'done', answer: { found: 'between', low: 20, high: 22, best: 20 } });
    const rates = nextStep({ ...PLAN, width: 0.5, whole: false }, probes);
    expect(rates).toEqual({ state: 'done', answer: { found: 'between', low: 20, high: 21.1, best: 20.5 } });
  });

  it('loses no load to the logarithm: a gate that is as far on both sides of 18 is crossed there', () => {
    const tried = (load: number, side: Side, value: number): Probe => ({
      ...{ load, side, kind: 'resolve', margins: [{ side, margin: { value, sd: 0.001 } }] },
    });
    // 18 is the geometric mean of 12 and 27, as 24 is that of 16 and 36.
    for (const [low, high, mean] of [
      [12, 27, 18],
      [16, 36, 24],
    ] as const) {
      const { answer } = nextStep({ ...PLAN, width: 2 }, [tried(low, 'holds', 0.4), tried(high, 'crossed', -0.4)]) as {
        answer: { best: number };
      };
      expect(answer.best).toBe(mean);
    }
  });

  it('searches rates in three digits', () => {
    const { answer } = follow({ first: 1, least: 0.1, most: 1000, whole: false, width: 0.1 }, limitAt(41.5));
    expect(answer.low).toBeLessThanOrEqual(41.5);
    expect(answer.high).toBeGreaterThan(41.5);
    expect((answer.high as number) / (answer.low as number)).toBeLessThan(1.16);
  });

  it('ends when nothing can be told', () => {
    expect(follow(PLAN, (_, kind) => (kind === 'look' ? 'holds' : 'unresolved')).answer.found).toBe('none');
  });
});
