import { describe, expect, it } from 'vitest';
import { STATISTIC_METRICS } from '../metrics/request-metrics.ts';
import { RUN_METRICS } from '../metrics/run-metrics.ts';
import { checkGates, type Gate } from './gates.ts';

const read = (source: string) => checkGates([source], 'GATES', (right) => right);

function gate(source: string): Gate {
  const [gate] = read(source).gates;
  if (gate === undefined) throw new Error(`${source}: ${read(source).problems[0]?.allowed}`);
  return gate;
}

function refused(source: string): { readonly allowed: string; readonly better: string } {
  const [problem] = read(source).problems;
  if (problem === undefined) throw new Error(`${source} is a gate`);
  return { allowed: problem.allowed, better: problem.paste };
}

// `in` finds what every object inherits: `constructor` was taken for a number of a run, and passed.
describe('gates and the words that every object inherits', () => {
  it.each([
    'constructor(ttft<500)>=1',
    'toString>=1',
    'p99(constructor)<5',
    'valueOf(ttft)<1',
    'goodput(toString<5)>=1',
    'constructor<500',
    'p99(ttft){constructor:1}<5',
    'hasOwnProperty(ttft<1)>=0',
  ])('refuses %s', (source) => {
    expect(read(source).problems).toHaveLength(1);
  });
});

describe('a gate', () => {
  it('reads a statistic of a metric, in milliseconds', () => {
    expect(gate(' p99(ttft) < 500 ')).toEqual({
      source: 'p99(ttft) < 500',
      measure: {
        type: 'statistic',
        metric: 'ttft',
        statistic: { method: 'percentile', percentile: 99 },
        adjusted: false,
      },
      unit: 'ms',
      tags: [],
      operator: '<',
      limit: 500,
    });
  });

  it.each([
    ['p(99.9)(itl)<50', { method: 'percentile', percentile: 99.9 }],
    ['p99.9(itl)<50', { method: 'percentile', percentile: 99.9 }],
    ['med(itl)<50', { method: 'percentile', percentile: 50 }],
    ['avg(itl)<50', { method: 'avg' }],
    ['mean(itl)<50', { method: 'avg' }],
    ['median(itl)<50', { method: 'percentile', percentile: 50 }],
    ['min(itl)>=0', { method: 'min' }],
    ['max(itl)<=1e3', { method: 'max' }],
    ['p0(itl)>=0', { method: 'percentile', percentile: 0 }],
    ['p(100)(itl)!=3', { method: 'percentile', percentile: 100 }],
  ])('reads %s', (source, statistic) => {
    expect(gate(source).measure).toMatchObject({ type: 'statistic', metric: 'itl', statistic });
  });

  it('reads goodput with all its limits, as a share, per second and in tokens', () => {
    expect(gate('goodput(ttft<500, tpot<=50)>=0.95')).toMatchObject({
      measure: {
        type: 'goodput',
        measure: 'goodput',
        limits: [
          { metric: 'ttft', operator: '<', limit: 500 },
          { metric: 'tpot', operator: '<=', limit: 50 },
        ],
      },
      unit: 'share',
      operator: '>=',
      limit: 0.95,
    });
    expect(gate('goodput_per_s(latency<2000)>2').unit).toBe('requests/s');
    expect(gate('goodput_tokens_per_s(output_speed>20)>100').unit).toBe('tokens/s');
  });

  it.each([
    ['p99(ttft)<500ms', 500],
    ['p99(ttft) < 0.5 s', 500],
    ['p99(ttft)<500us', 0.5],
    ['success_rate>=99.9%', 0.999],
    ['success_rate>=1e-1', 0.1],
    ['output_tokens_per_s>=20/s', 20],
  ])('reads a number with its unit: %s', (source, limit) => {
    expect(gate(source).limit).toBe(limit);
  });

  it('reads units in the limits of goodput', () => {
    expect(gate('goodput(ttft<0.5s, tpot<50ms)>=95%')).toMatchObject({
      measure: { limits: [{ limit: 500 }, { limit: 50 }] },
      limit: 0.95,
    });
  });

  it.each(RUN_METRICS.map(({ name }) => name))('reads %s of the whole run', (name) => {
    expect(gate(`${name}==1`).measure).toEqual({ type: 'run', measure: name });
  });

  it.each(STATISTIC_METRICS.map(({ name }) => name))('reads statistics of %s', (name) => {
    expect(gate(`max(${name})<1`).measure).toMatchObject({ type: 'statistic', metric: name });
  });

  it('reads a metric with a parameter, alone for its average', () => {
    const average = { type: 'statistic', metric: 'fluidity', parameter: 50, statistic: { method: 'avg' } };
    expect(gate('fluidity(50ms)>=0.99').measure).toMatchObject(average);
    expect(gate('fluidity(0.05s)>=99%').measure).toMatchObject(average);
    expect(gate('p1(fluidity(50))>=0.9').measure).toMatchObject({ metric: 'fluidity', parameter: 50 });
    expect(gate('fluidity>=0.9').measure).toMatchObject({ metric: 'fluidity', parameter: 25 });
    expect(gate('goodput(fluidity(50ms)>=0.9)>0.5').measure).toMatchObject({ limits: [{ parameter: 50 }] });
    expect(checkGates(['fluidity(inf)>0.5', 'fluidity(0)>0.5'], '--gate', (text) => text).problems).toHaveLength(2);
  });

  it('reads a selector after any measure', () => {
    expect(gate('p99(ttft){status:200}<500').tags).toEqual([{ name: 'status', value: '200' }]);
    expect(gate('success_rate{model:a/b:c, scenario:chat}>=0.9').tags).toEqual([
      { name: 'model', value: 'a/b:c' },
      { name: 'scenario', value: 'chat' },
    ]);
    expect(gate('goodput(ttft<5){stream:true}>0.5').tags).toEqual([{ name: 'stream', value: 'true' }]);
    // An operator in a value is none.
    expect(gate('p99(ttft){model:a<b}<5')).toMatchObject({ tags: [{ value: 'a<b' }], operator: '<', limit: 5 });
  });

  it('reads latency as the one who waits sees it', () => {
    expect(gate('adjusted_p99(latency)<9000').measure).toMatchObject({ metric: 'latency', adjusted: true });
    expect(gate('adjusted_p(99.9)(ttft)<9000').measure).toMatchObject({
      statistic: { percentile: 99.9 },
      adjusted: true,
    });
  });

  it.each([
    ['p99(ttft)<500min', 'p99(ttft)<500', 'milliseconds, or with us, ms or s'],
    ['p99(output_tokens)<5%', 'p99(output_tokens)<5', 'tokens, without unit'],
    ['success_rate>=999%', 'success_rate>=0.99', '0 to 1'],
    ['success_rate>=99.9', 'success_rate>=0.999', '0 to 1'],
    ['success_rate>=-1', 'success_rate>=0.99', '0 to 1'],
    ['goodput(ttft<500%, tpot<50)>=0.95', 'goodput(ttft<500, tpot<50)>=0.95', 'ms or s'],
    ['goodput(ttft 500)>=0.95', 'goodput(ttft<500, tpot<50)>=0.95', 'limits'],
    ['goodput(ttff<500)>=0.95', 'goodput(ttft<500)>=0.95', 'did you mean ttft'],
    ['goodput(itl<500)>=0.95', 'goodput(ttft<500)>=0.95', 'ttft'],
    ['goodput>=0.95', 'goodput(ttft<500, tpot<50)>=0.95', 'limits'],
    ['goodput()>=0.95', 'goodput(ttft<500, tpot<50)>=0.95', 'limits'],
    ['godput(ttft<500)>=0.95', 'goodput(ttft<500)>=0.95', 'did you mean goodput'],
    ['p99(tfft)<500', 'p99(ttft)<500', 'did you mean ttft'],
    ['p99()<500', 'p99(ttft)<500', 'one of ttft'],
    ['ttft<500', 'p99(ttft)<500', 'which statistic'],
    ['p(95)<500', 'p95(ttft)<500', 'the metric in brackets'],
    ['p95<500', 'p95(ttft)<500', 'the metric in brackets'],
    ['p101(ttft)<500', 'p99(ttft)<500', 'from 0 to 100'],
    ['mode(ttft)<500', 'p99(ttft)<500', 'avg, min, max'],
    ['worst_slice_p101(tpot)<500', 'worst_slice_p99(tpot)<500', 'from 0 to 100'],
    ['adjusted_mode(ttft)<500', 'adjusted_p99(ttft)<500', 'avg, min, max'],
    ['adjusted_mode(tpot)<5', 'p99(tpot)<5', 'avg, min, max'],
    ['sucess_rate>0.5', 'success_rate>0.5', 'did you mean success_rate'],
    ['p99(ttft, tpot)<5', 'p99(ttft)<5', 'one of ttft'],
    ['p99(ttft<5)<5', 'p99(ttft)<5', 'one of ttft'],
    ['p99(ttft(5))<5', 'p99(ttft)<5', 'without brackets'],
    ['goodput(ttft{model:a}<5)>1%', 'goodput(ttft<500, tpot<50)>1%', 'limits'],
    ['requests_per_s()>2', 'requests_per_s>2', 'without brackets'],
    ['adjusted_avg(latency)<500', 'adjusted_p99(latency)<500', 'makes an average infinite'],
    [
      'adjusted_p99(tpot)<500',
      'adjusted_p99(latency)<500',
      'ttft, ttft_connected, first_content, latency, latency_connected',
    ],
    ['p99(ttft){stauts:200}<5', 'p99(ttft){status:200}<5', 'tag:value'],
    ['p99(ttft){}<5', 'p99(ttft){model:value}<5', 'tag:value'],
    ['p99(ttft)', 'p99(ttft)<500', 'then < <= > >='],
    ['p101<500', 'p99(ttft)<500', 'statistic(metric)'],
    ['p99(ttft)<', 'p99(ttft)<500', 'a number'],
    ['p99(ttft)<Infinity', 'p99(ttft)<500', 'a number'],
  ])('refuses %s, and offers %s', (source, better, reason) => {
    const problem = refused(source);
    expect(problem.better).toBe(better);
    expect(problem.allowed).toContain(reason);
    expect(read(problem.better).problems).toEqual([]);
  });

  it.each(['', 'hello', '500>p99(ttft)', 'p99(ttft)<500 or avg(ttft)<3', '(ttft)<5', 'p99(ttft))<5', '{a:b}<3', 'a=5'])(
    'refuses %j with a gate that is right',
    (source) => {
      expect(read(refused(source).better).problems).toEqual([]);
    },
  );
});

describe('checkGates', () => {
  it('tells every problem at once, and keeps each gate once', () => {
    const { gates, problems } = checkGates(
      ['p99(ttft)<500', 'p99(ttft)<500', 'ttft<500', 7, 'success_rate>=99'],
      'GATES (--gate)',
      (right) => `--gate '${right}'`,
    );
    expect(gates.map(({ source }) => source)).toEqual(['p99(ttft)<500']);
    expect(problems).toEqual([
      {
        key: 'GATES (--gate)',
        got: '"ttft<500"',
        allowed: 'which statistic of ttft: avg, min, max, med or pN',
        paste: "--gate 'p99(ttft)<500'",
      },
      { key: 'GATES (--gate)', got: '7', allowed: 'a gate as text', paste: "--gate 'p99(ttft)<500'" },
      {
        key: 'GATES (--gate)',
        got: '"success_rate>=99"',
        allowed: 'a share from 0 to 1, or a percentage',
        paste: "--gate 'success_rate>=0.99'",
      },
    ]);
  });
});
