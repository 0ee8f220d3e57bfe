import { describe, expect, it } from 'vitest';
import { exampleRecord } from '../../tests/fixtures/example-record.ts';
import { checkGates } from '../conditions/gates.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { createRandom } from '../shared/random.ts';
import { choosePercentile } from '../stats/percentile-rule.ts';
import { collectRunData, type RunData } from '../stats/run-data.ts';
import { countProof, resolveSide } from './gate-side.ts';

const CONTEXT = { percentile: choosePercentile('nearest-rank'), unfinishedRequests: 0, droppedIterations: 0 };

function resolve(gates: readonly string[], data: RunData): string {
  return resolveSide(checkGates(gates, '', (gate) => gate).gates, data, CONTEXT).side;
}

/** Requests one after another, one every `gapMs`. */
function inTurn(count: number, gapMs: number, changesOf: (index: number) => Partial<RequestRecord>): RunData {
  return collectRunData(
    Array.from({ length: count }, (_, index) =>
      exampleRecord({ index, start_ms: index * gapMs, end_ms: (index + 1) * gapMs - 1, ...changesOf(index) }),
    ),
  );
}

/** The same, TTFT drawn evenly from 0 to 100 ms. */
function evenly(count: number, failed = 0, seed = 7): RunData {
  const random = createRandom(seed);
  const failure = { kind: 'reset', status: null, detail: '' } as const;
  return inTurn(count, 10, (index) => {
    const ttft_ms = random.next() * 100;
    return index % Math.ceil(count / Math.max(1, failed)) === 0 && failed > 0
      ? { outcome: 'failed', failure, ttft_ms: null, chunk_gaps_ms: [20, 20] }
      : { ttft_ms, chunk_gaps_ms: [20, 20] };
  });
}

describe('the proof of a share', () => {
  it.each([
    // By hand: ln 0.0125 / ln 0.999 = 4379.8; 0.997^1459 is 0.0125 about, which a probe of 1,500 has.
    ['success_rate>=0.999', 4380],
    ['failure_rate<=0.001', 4380],
    ['goodput(ttft<500)>=0.999', 4380],
    ['success_rate>=1', Number.POSITIVE_INFINITY],
    ['success_rate>=100%', Number.POSITIVE_INFINITY],
    ['failure_rate<=0', Number.POSITIVE_INFINITY],
    ['goodput(ttft<500)>=1', Number.POSITIVE_INFINITY],
    ['success_rate>=0.997', null],
    ['success_rate<=0.999', null],
    ['p99.9(ttft)<500', null],
    ['avg(ttft)<500', null],
  ])('of %s takes so many requests without a bad one: %s', (source, needs) => {
    const [gate] = checkGates([source], '', (text) => text).gates;
    expect(gate).toBeDefined();
    expect(gate === undefined ? undefined : countProof(gate)).toBe(needs);
  });
});

describe('the side of a load', () => {
  it.each([
    // p90 of numbers spread evenly from 0 to 100 is 90; the mean is 50.
    ['p90(ttft)<95', 2000, 'holds'],
    ['p90(ttft)<85', 2000, 'crossed'],
    ['p90(ttft)<90', 2000, 'unresolved'],
    ['p10(ttft)>5', 2000, 'holds'],
    ['p10(ttft)>15', 2000, 'crossed'],
    ['avg(ttft)<55', 2000, 'holds'],
    ['avg(ttft)<45', 2000, 'crossed'],
    ['avg(ttft)<50.5', 100, 'unresolved'],
    ['avg(itl)<21', 300, 'holds'],
    ['p99(itl)<19', 300, 'crossed'],
    ['max(ttft)<101', 50, 'holds'],
    ['p100(ttft)<101', 50, 'holds'],
    ['p0(ttft)>50', 50, 'crossed'],
    ['goodput(ttft<50)>=0.6', 2000, 'crossed'],
    ['goodput(ttft<50)>=0.4', 2000, 'holds'],
  ])('of %s after %i requests: %s', (gate, count, side) => {
    expect(resolve([gate], evenly(count))).toBe(side);
  });

  it('needs as many good requests for a p99 as its share of bad ones takes to show', () => {
    // 0.99^200 is 13 %: so many good requests in a row say little. 0.99^500 is 0.7 %.
    expect(resolve(['p99(ttft)<101'], evenly(200))).toBe('unresolved');
    expect(resolve(['p99(ttft)<101'], evenly(500))).toBe('holds');
  });

  it('counts failures as they count in the gate', () => {
    expect(resolve(['success_rate>=0.9'], evenly(500, 100))).toBe('crossed');
    expect(resolve(['success_rate>=0.9'], evenly(500, 5))).toBe('holds');
    expect(resolve(['failure_rate<0.1'], evenly(500, 5))).toBe('holds');
    expect(resolve(['p90(ttft)<101'], evenly(500, 100))).toBe('holds');
    expect(resolve(['adjusted_p90(ttft)<101'], evenly(500, 100))).toBe('crossed');
    // Failed requests take for ever, so a tail above a limit has them in it.
    expect(resolve(['adjusted_p90(ttft)>101'], evenly(500, 100))).toBe('holds');
  });

  it('takes a share that no probe can show as it is so far, and is crossed where that is sure', () => {
    // 0.0125^(1/1500) is 0.9971: the most that 1,500 good requests show.
    expect(resolve(['success_rate>=0.999'], evenly(200))).toBe('holds');
    expect(resolve(['failure_rate<0.001'], evenly(200))).toBe('holds');
    expect(resolve(['success_rate>=1'], evenly(200))).toBe('holds');
    expect(resolve(['goodput(ttft<101)>=0.999'], evenly(200))).toBe('holds');
    // 1 of 200 is five times as many as may fail, and may be chance; 1 of 1,500 is within; 10 of 500 is not chance.
    expect(resolve(['success_rate>=0.999'], evenly(200, 1))).toBe('unresolved');
    expect(resolve(['success_rate>=0.999'], evenly(1500, 1))).toBe('holds');
    expect(resolve(['success_rate>=0.999'], evenly(500, 10))).toBe('crossed');
    // What can be shown has to be.
    expect(resolve(['success_rate>=0.99'], evenly(200))).toBe('unresolved');
    expect(resolve(['success_rate>=0.99'], evenly(500))).toBe('holds');
  });

  it('takes the worst slice as it is, and not the whole for it', () => {
    // Two slices of 10 s, of 20 and of 80 ms: 50 on average.
    const slower = inTurn(200, 100, (index) => ({ ttft_ms: index < 100 ? 20 : 80 }));
    expect(resolve(['worst_slice_avg(ttft)<70'], slower)).toBe('crossed');
    expect(resolve(['worst_slice_p90(ttft)<81'], slower)).toBe('holds');
  });

  it('judges what is of cancelled requests alone', () => {
    const left = inTurn(400, 10, (index) => ({
      ...{ outcome: 'cancelled', latency_ms: null, tpot_ms: null, chunk_gaps_ms: [] },
      ttft_ms: 50 + (index % 7),
    }));
    expect(resolve(['p90(cancelled_ttft)<60'], left)).toBe('holds');
    expect(resolve(['success_rate>=0.9'], left)).toBe('unresolved');
  });

  it('names the gates that leave it unresolved', () => {
    const gates = ['avg(ttft)<55', 'p90(ttft)<90', 'p99(ttft)<101'];
    const { open } = resolveSide(checkGates(gates, '', (gate) => gate).gates, evenly(2000), CONTEXT);
    expect(open).toEqual(['p90(ttft)<90']);
  });

  it('is crossed with one gate crossed, and holds with all of them', () => {
    expect(resolve(['avg(ttft)<55', 'p90(ttft)<85'], evenly(2000))).toBe('crossed');
    expect(resolve(['avg(ttft)<55', 'p90(ttft)<95'], evenly(2000))).toBe('holds');
  });

  it('tells about how many more requests it takes', () => {
    const needs = (gate: string, count: number): number =>
      resolveSide(checkGates([gate], '', (text) => text).gates, evenly(count), CONTEXT).needs;
    expect(needs('p90(ttft)<90', 2000)).toBeGreaterThan(2);
    expect(needs('p90(ttft)<95', 2000)).toBe(1);
  });

  it('tells of a percentile how far it is from the limit, without a bias, and how sure that is', () => {
    const gates = (limit: number) => checkGates([`p90(ttft)<${limit}`], '', (gate) => gate).gates;
    // Of a load that meets its limit: p90 of 0 to 100 ms is 90 ms.
    const margins = Array.from({ length: 200 }, (_, seed) => {
      const { margin } = resolveSide(gates(90), evenly(100, 0, seed), CONTEXT).margins[0] ?? { margin: null };
      return margin ?? { value: Number.NaN, sd: Number.NaN };
    });
    const mean = (of: (margin: { value: number; sd: number }) => number): number =>
      margins.reduce((sum, margin) => sum + of(margin), 0) / margins.length;
    // By hand: the 90.9th of 100 is at 0.9, with variance 0.9 · 0.1 / 102, so that its logarithm has an sd of 0.0330, and the
    // mean of 200 such one of 0.0023. The rank of tables, the 90th, lies at 0.891: 0.0100 too low.
    expect(Math.abs(mean(({ value }) => value))).toBeLessThan(3 * 0.0023);
    expect(mean(({ sd }) => sd)).toBeCloseTo(0.033, 2);
    // Where no request is above the limit: ln(100 / 90) = 0.105.
    const { side, margins: sure } = resolveSide(gates(100), evenly(500), CONTEXT);
    expect(side).toBe('holds');
    expect(sure[0]?.margin?.value).toBeCloseTo(Math.log(100 / 90), 1);
    expect(sure[0]?.margin?.sd).toBeLessThan(0.03);
  });

  it('tells nothing of a percentile that is the same in all resamples, or 0 in some', () => {
    const margin = (gate: string, data: RunData) =>
      resolveSide(checkGates([gate], '', (text) => text).gates, data, CONTEXT).margins[0]?.margin;
    // All gaps of 20 ms meet their deadlines: a fluidity of 1.
    expect(margin('p10(fluidity)>=0.9', evenly(500))).toBeNull();
    const some = (index: number): number => (index % 9 === 0 ? 0 : 50);
    const halfZero = inTurn(500, 10, (index) => ({ ttft_ms: some(index), chunk_gaps_ms: [20, 20] }));
    expect(margin('p11(ttft)<100', halfZero)).toBeNull();
  });

  it('tells nothing of a percentile that so few requests do not reach', () => {
    const [gate] = checkGates(['p99.9(ttft)<100'], '', (text) => text).gates;
    const margin = (count: number) =>
      resolveSide(gate === undefined ? [] : [gate], evenly(count), CONTEXT).margins[0]?.margin;
    // Rank 0.999 (n + 1) is at most n from n = 999 on.
    expect(margin(990)).toBeNull();
    expect(margin(1010)).not.toBeNull();
  });
});
