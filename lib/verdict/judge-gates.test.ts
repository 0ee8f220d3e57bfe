import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import { checkGates } from '../conditions/gates.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { choosePercentile, PERCENTILE_RULES } from '../stats/percentile-rule.ts';
import { collectRunData } from '../stats/run-data.ts';
import { type GateContext, type GateResult, judgeGates } from './judge-gates.ts';

const CONTEXT: GateContext = {
  percentile: choosePercentile('quick-start'),
  unfinishedRequests: 0,
  droppedIterations: 0,
};

function judgeAll(sources: readonly string[], records: readonly RequestRecord[], context = {}): GateResult[] {
  const { gates, problems } = checkGates(sources, 'test', (right) => right);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return judgeGates(gates, collectRunData(records), { ...CONTEXT, ...context });
}

function judge(source: string, records: readonly RequestRecord[], context = {}): GateResult {
  return judgeAll([source], records, context)[0] as GateResult;
}

/** Ten completed requests, TTFT 100, 200 … 1000 ms, one after the other from second to second. */
const TEN = Array.from({ length: 10 }, (_, i) =>
  exampleRecord({
    index: i,
    start_ms: i * 1000,
    end_ms: i * 1000 + 1000,
    ttft_ms: (i + 1) * 100,
    latency_ms: (i + 1) * 100 + 40,
    tpot_ms: 10 + i,
    output_tokens: 5,
    input_tokens: 20,
  }),
);

/** Four failures, each of another class, and a status that is none of the client's. */
const FAILURES = [
  exampleFailure({
    failure: { kind: 'rate-limited', status: 429, detail: 'HTTP 429; Retry-After: 2' },
    status: 429,
  }),
  exampleFailure({ failure: { kind: 'http-status', status: 401, detail: 'HTTP 401' }, status: 401 }),
  exampleFailure({ failure: { kind: 'http-status', status: 404, detail: 'HTTP 404' }, status: 404 }),
  exampleFailure({ failure: { kind: 'timeout', status: null, detail: 'request timeout' }, status: null }),
];

describe('gates and cancelled requests', () => {
  const records = [...TEN, exampleFailure(), exampleRecord({ outcome: 'cancelled', ttft_ms: 9000 })];

  // Ten completed, one failed, one cancelled: shares are of the eleven that somebody waited for.
  it.each([
    ['total_requests==12', 12],
    ['completed_requests==10', 10],
    ['failed_requests==1', 1],
    ['success_rate>0', 10 / 11],
    ['failure_rate<1', 1 / 11],
    ['goodput(ttft<=1000)>0', 10 / 11],
    ['max(ttft)<=1000', 1000],
    ['total_requests{outcome:cancelled}==1', 1],
  ])('judge %s: %d', (source, value) => {
    expect(judge(source, records).value).toBeCloseTo(value, 9);
  });
});

describe('gates on statistics', () => {
  // By hand: sorted[int(10 * p / 100)] of 100, 200 … 1000.
  it.each([
    ['p50(ttft)<601', 600, 1, true],
    ['p90(ttft)<1000', 1000, 0, false],
    ['p99(ttft)<=1000', 1000, 0, true],
    ['avg(ttft)<500', 550, -50, false],
    ['min(ttft)>=100', 100, 0, true],
    ['max(ttft)>1000', 1000, 0, false],
    ['med(ttft)==600', 600, 0, true],
    ['med(ttft)!=590', 600, 10, true],
    ['med(ttft)==590', 600, -10, false],
    ['max(tpot)<20', 19, 1, true],
    ['avg(output_speed)>0', 14.3, null, true],
    ['max(max_itl)<11', 10, 1, true],
    ['max(chunks)==5', 5, 0, true],
    ['p99(itl)<11', 10, 1, true],
  ])('judge %s: %d', (source, value, margin, ok) => {
    const result = judge(source, TEN);
    if (margin !== null) expect(result).toMatchObject({ value, margin, ok, note: null });
    else expect(result.ok).toBe(ok);
  });

  it('follow the rule of the tables', () => {
    // numpy.percentile(range(100, 1001, 100), 99) is 991.
    expect(judge('p99(ttft)<1000', TEN, { percentile: choosePercentile('linear') }).value).toBeCloseTo(991, 9);
  });

  it('leave failures, warm-up and requests within which the clock was set out of timings', () => {
    const records = [
      ...TEN,
      exampleRecord({ ttft_ms: 5000, warmup: true }),
      exampleRecord({ ttft_ms: 5000, clock_steps: 1 }),
      exampleFailure(),
    ];
    expect(judge('max(ttft)<1001', records)).toMatchObject({ value: 1000, ok: true });
    expect(judge('total_requests==12', records)).toMatchObject({ value: 12, ok: true });
  });

  it('are crossed without a value, whatever they ask for', () => {
    for (const source of ['p99(ttft)<500', 'avg(tpot)>=0', 'p99(late)<5', 'coalesced_ratio<=1', 'success_rate<=1']) {
      expect(judge(source, source.includes('rate') ? [] : [exampleFailure()])).toMatchObject({
        value: null,
        margin: null,
        ok: false,
        note: expect.stringContaining('no value'),
      });
    }
  });

  it('without a value say whether any request was meant', () => {
    expect(judge('p99(ttft){model:typo}<500', TEN).note).toBe('no value: no request has these tags');
    expect(judge('p99(ttft){url:a:8000}<500', TEN).note).toBe('no value: no request has a url, in a run with one');
    expect(judge('p99(tpot){outcome:failed}<500', [exampleFailure()]).note).toContain('has this number');
  });

  it('do not depend on the order of the records', () => {
    const sources = ['p90(ttft)<500', 'avg(itl)<500', 'output_tokens_per_s>1', 'goodput(ttft<500)>=0.5'];
    expect(judgeAll(sources, [...TEN].reverse())).toEqual(judgeAll(sources, TEN));
  });
});

describe('gates with a selector', () => {
  const records = [
    ...TEN.slice(0, 4),
    exampleRecord({ model: 'other', ttft_ms: 9000, latency_ms: 9500, start_ms: 0, end_ms: 10_000, output_tokens: 100 }),
    exampleFailure({ model: 'other', start_ms: 0, end_ms: 50 }),
  ];

  it('look at the requests it picks', () => {
    expect(judge('max(ttft){model:qwen2.5}<401', records)).toMatchObject({ value: 400, ok: true });
    expect(judge('max(ttft){model:other}<401', records)).toMatchObject({ value: 9000, ok: false });
    expect(judge('success_rate{model:other}>=0.5', records)).toMatchObject({ value: 0.5, ok: true });
    expect(judge('failed_requests{status:500}<1', records)).toMatchObject({ value: 1, ok: false });
    expect(judge('total_requests{model:other, outcome:failed}==1', records)).toMatchObject({ value: 1, ok: true });
    expect(judge('total_requests{kind:http-status}==1', records)).toMatchObject({ value: 1, ok: true });
    expect(judge('total_requests{turn:2}==0', records)).toMatchObject({ value: 0, ok: true });
    const turns = [1, 2, 1, 3].map((turn, i) =>
      exampleRecord({ ttft_ms: 100 * (i + 1), conversation: { id: `${i}`, turn, turns: 3 }, url: 'http://h:1/v1' }),
    );
    expect(judge('max(ttft){turn:1}<301', turns)).toMatchObject({ value: 300, ok: true });
    expect(judge('avg(ttft){turn:2}<100', turns)).toMatchObject({ value: 200, ok: false });
    expect(judge('p99(ttft){turn:4}<100', turns)).toMatchObject({ value: null, ok: false });
    for (const url of ['http://h:1/v1', 'h:1']) {
      expect(judge(`total_requests{url:${url}}==4`, [...turns, ...records])).toMatchObject({ ok: true });
    }
  });

  it('divide by the time of the whole run, so that the parts add up', () => {
    // By hand: 0 to 10 s; 4 * 5 tokens and 100 tokens.
    const values = ['{model:qwen2.5}', '{model:other}', ''].map(
      (selector) => judge(`output_tokens_per_s${selector}>0`, records).value,
    );
    expect(values).toEqual([2, 10, 12]);
  });
});

describe('gates on goodput', () => {
  it('count the requests that meet all limits at once, among all that were sent', () => {
    // TTFT below 500: four of ten; TPOT below 12 (10 and 11): two of those. With four failures and two unfinished: 2 / 16.
    expect(judge('goodput(ttft<500, tpot<12)>=0.2', TEN)).toMatchObject({ value: 0.2, margin: 0, ok: true });
    const records = [...TEN, ...FAILURES];
    expect(judge('goodput(ttft<500, tpot<12)>=0.2', records, { unfinishedRequests: 2 })).toMatchObject({
      value: 2 / 16,
      ok: false,
    });
  });

  it('count good requests and their tokens per second of the run', () => {
    // 0 to 10 s; four good requests of five tokens.
    expect(judge('goodput_per_s(ttft<500)>0.3', TEN)).toMatchObject({ value: 0.4, unit: 'requests/s', ok: true });
    expect(judge('goodput_tokens_per_s(ttft<500)>2', TEN)).toMatchObject({ value: 2, unit: 'tokens/s', ok: false });
  });

  it('take an answer of one token for one that keeps every pace, and any other missing number for a miss', () => {
    const single = exampleRecord({ output_tokens: 1, tpot_ms: null, chunks: 1, chunk_gaps_ms: [] });
    const paces = 'goodput(tpot<1, max_itl<1, fluidity>=1, stalled<=0, reader_waits(50ms)<=0)>=1';
    expect(judge(paces, [single])).toMatchObject({ value: 1, ok: true });
    // So with several choices, where each has one token, or one chunk.
    const each = { ...single, choices: 2, output_tokens: 2, chunks: 2 };
    expect(judge(paces, [each])).toMatchObject({ value: 1, ok: true });
    const longer = { ...each, output_tokens: 3 };
    expect(judge('goodput(tpot<1)>=1', [longer])).toMatchObject({ value: 0, ok: false });
    const uncounted = exampleRecord({ output_tokens: null, tpot_ms: null });
    expect(judge('goodput(tpot<1000)>=1', [uncounted])).toMatchObject({ value: 0, ok: false });
    const whole = exampleRecord({ stream: false, ttft_ms: null });
    expect(judge('goodput(ttft<1000)>=1', [whole])).toMatchObject({ value: 0, ok: false });
    const stepped = exampleRecord({ clock_steps: 1, output_tokens: 1, tpot_ms: null });
    expect(judge('goodput(tpot<1000)>=1', [stepped])).toMatchObject({ value: 0, ok: false });
  });
});

describe('gates on what the one who waits sees', () => {
  const late = TEN.map((record) => ({ ...record, scheduled_ms: 0, late_ms: 1000 }));

  it('count the wait before a late start', () => {
    // p50 of the latency is 640; 1000 later it is 1640. A request that starts early waited for nothing.
    expect(judge('med(latency)<700', late)).toMatchObject({ value: 640, ok: true });
    expect(judge('adjusted_med(latency)<1700', late)).toMatchObject({ value: 1640, ok: true });
    expect(judge('adjusted_max(latency)<1700', [exampleRecord({ late_ms: -5, latency_ms: 100 })]).value).toBe(100);
    // 20 ms late after 880 ms in the queue: whoever sent it waited for both.
    const queued = exampleRecord({ late_ms: 900, queued_ms: 880, latency_ms: 100 });
    expect(judge('adjusted_max(latency)<1700', [queued]).value).toBe(1000);
  });

  it('take failures for infinite: ten of eleven answered, so p90 is finite and p95 is not', () => {
    // sorted[int(11 * 90 / 100)] = sorted[9], the largest of ten; sorted[int(11 * 95 / 100)] = sorted[10].
    const records = [...TEN, exampleFailure()];
    expect(judge('adjusted_p90(latency)<2000', records)).toMatchObject({ value: 1040, ok: true });
    expect(judge('p95(latency)<2000', records)).toMatchObject({ value: 1040, ok: true });
    expect(judge('adjusted_p95(latency)<2000', records)).toEqual({
      gate: 'adjusted_p95(latency)<2000',
      unit: 'ms',
      value: null,
      operator: '<',
      limit: 2000,
      margin: null,
      ok: false,
      note: 'infinite: failed requests take for ever',
    });
  });

  it('take requests without a record for failures too, and interpolate into infinity', () => {
    expect(judge('adjusted_p99(latency)<2000', TEN, { unfinishedRequests: 1 }).ok).toBe(false);
    for (const percentile of PERCENTILE_RULES.map(choosePercentile)) {
      expect(judge('adjusted_p99(ttft)<2000', [exampleFailure(), exampleFailure()], { percentile })).toMatchObject({
        value: null,
        ok: false,
        note: expect.stringContaining('infinite'),
      });
    }
  });
});

describe('gates on shares of the requests sent', () => {
  const records = [...TEN.slice(0, 6), ...FAILURES];

  it.each([
    ['success_rate>=0.5', 0.5],
    ['failure_rate<0.6', 0.5],
    ['rate_limited_rate<=0.1', 1 / 12],
    ['auth_error_rate<0.1', 1 / 12],
    ['client_error_rate<0.1', 1 / 12],
    ['server_error_rate<0.1', 1 / 12],
    ['aborted_rate<0.2', 2 / 12],
  ])('judge %s, two requests being unfinished', (source, value) => {
    expect(judge(source, records, { unfinishedRequests: 2 })).toMatchObject({ value, ok: true, unit: 'share' });
  });

  it('put every request into exactly one of them', () => {
    const names = ['success', 'rate_limited', 'auth_error', 'client_error', 'server_error', 'aborted'];
    const results = judgeAll(
      names.map((name) => `${name}_rate>=0`),
      records,
      { unfinishedRequests: 2 },
    );
    expect(results.reduce((sum, { value }) => sum + (value ?? Number.NaN), 0)).toBeCloseTo(1, 12);
  });

  it('count unfinished requests in every selection that they may belong to', () => {
    const at = (selector: string): number | null =>
      judge(`failed_requests${selector}<1`, [], { unfinishedRequests: 3 }).value;
    expect(at('')).toBe(3);
    expect(at('{model:qwen2.5}')).toBe(3);
    expect(at('{kind:aborted}')).toBe(3);
    expect(at('{status:0}')).toBe(3);
    expect(at('{status:200}')).toBe(0);
    expect(at('{outcome:completed}')).toBe(0);
    expect(at('{finish_reason:stop}')).toBe(0);
  });
});

describe('gates on the whole run', () => {
  it.each([
    ['requests_per_s>0.9', 1],
    ['output_tokens_per_s>4', 5],
    ['input_tokens_per_s>19', 20],
    ['total_tokens_per_s>24', 25],
    ['completed_requests>=10', 10],
    ['dropped_requests<8', 7],
  ])('judge %s of ten requests in ten seconds', (source, value) => {
    expect(judge(source, TEN, { droppedIterations: 7 })).toMatchObject({ value, ok: true });
  });

  it('judge the shares of bundled chunks and cached tokens', () => {
    // Two gaps of four are below 0.05 ms; 5 of 20 input tokens came from the cache, and one record does not tell.
    const records = [
      exampleRecord({ chunk_gaps_ms: [0.01, 0.049, 0.05, 10], cached_tokens: 5 }),
      exampleRecord({ chunk_gaps_ms: [], cached_tokens: null }),
    ];
    expect(judge('coalesced_ratio<0.6', records).value).toBe(0.5);
    expect(judge('cached_share>0.2', records).value).toBe(0.25);
  });
});

describe('gates on tokens that nobody counted', () => {
  const uncounted = TEN.map((record) => ({ ...record, input_tokens: null, output_tokens: null, token_source: null }));

  it.each([
    'output_tokens_per_s<1',
    'input_tokens_per_s<1',
    'total_tokens_per_s<1',
    'goodput_tokens_per_s(ttft<5000)<1',
  ])('have no value, and are crossed: %s', (source) => {
    expect(judge(source, uncounted)).toMatchObject({ value: null, ok: false });
    expect(judge(source, TEN).value).toBeGreaterThan(1);
  });

  it('of requests know what they can know', () => {
    expect(judge('requests_per_s>0', uncounted).ok).toBe(true);
  });
});

describe('the worst slice', () => {
  it('is the one that decides: the largest value below a limit, the smallest above one', () => {
    // TTFT 100 … 500 and 600 … 1000 ms in slices of 5 s.
    expect(judge('worst_slice_avg(ttft)<700', TEN, { sliceMs: 5000 })).toMatchObject({ value: 800, ok: false });
    expect(judge('worst_slice_max(ttft)<=1000', TEN, { sliceMs: 5000 })).toMatchObject({ value: 1000, ok: true });
    expect(judge('worst_slice_avg(ttft)>400', TEN, { sliceMs: 5000 })).toMatchObject({ value: 300, ok: false });
    const lengths = TEN.map((record, index) => ({ ...record, output_tokens: index < 5 ? 5 : 50 }));
    expect(judge('worst_slice_max(output_tokens)<=50', lengths, { sliceMs: 5000 }).value).toBe(50);
    expect(judge('worst_slice_avg(output_tokens)>=20', lengths, { sliceMs: 5000 })).toMatchObject({
      ...{ value: 5, ok: false },
    });
    expect(judge('worst_slice_med(fluidity)>0.9', lengths, { sliceMs: 5000 }).ok).toBe(true);
    expect(judge('worst_slice_p99(ttft)<1', [], {})).toMatchObject({ value: null, ok: false });
  });

  it('takes the parameter of its metric', () => {
    // In the second half of the run every answer pauses for 200 ms.
    const paused = TEN.map((record, index) => ({ ...record, chunk_gaps_ms: [10, index < 5 ? 10 : 200] }));
    const value = (source: string) => judge(source, paused, { sliceMs: 5000 }).value;
    expect(value('worst_slice_avg(stalled)<0.5')).toBe(0);
    expect(value('worst_slice_avg(stalled(100ms))<0.5')).toBe(1);
    expect(value('avg(stalled(100ms))<0.5')).toBe(0.5);
  });

  it('says which slices have no value: a service that was down for one of them is no better for it', () => {
    const failed = TEN.map((record, index) =>
      index < 5 ? record : exampleFailure({ index, start_ms: record.start_ms, end_ms: record.end_ms }),
    );
    const { value, ok, note } = judge('worst_slice_p99(ttft)<800', failed, { sliceMs: 2500 });
    expect([value, ok]).toEqual([500, true]);
    expect(note).toBe('2 of 4 slices have no value: no request that was sent in them has this number');
    expect(judge('worst_slice_p99(ttft)<800', failed, { sliceMs: 5000 }).note).toBe(
      '1 of 2 slices has no value: no request that was sent in it has this number',
    );
    expect(judge('worst_slice_p99(ttft)<800', TEN.slice(0, 5), { sliceMs: 2500 }).note).toBeNull();
  });
});
