import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import type { K6Thresholds } from '../conditions/check-thresholds.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { collectRunData, createRunDataBuilder } from '../stats/run-data.ts';
import { judgeThresholds, type ThresholdContext } from './judge-thresholds.ts';
import type { ThresholdResult } from './threshold-result.ts';

const CONTEXT: ThresholdContext = {
  engine: [],
  unfinishedRequests: 0,
  droppedIterations: 0,
  incomplete: false,
  tags: { api: ['openai-chat'], dataset: ['openqa'] },
};

function judge(thresholds: K6Thresholds, records: readonly RequestRecord[], context: Partial<ThresholdContext> = {}) {
  return judgeThresholds(thresholds, collectRunData(records), { ...CONTEXT, ...context });
}

/** Five requests with TTFT 1, 2, 3, 4, 10 ms from 0 to 10 s, then a failure. */
const RECORDS = [
  ...[1, 2, 3, 4, 10].map((ttft_ms, index) => exampleRecord({ index, ttft_ms, start_ms: 0, end_ms: 10_000 })),
  exampleFailure({ start_ms: 0, end_ms: 50 }),
];

describe('judgeThresholds', () => {
  it('takes a cancelled request for neither good nor bad', () => {
    const records = [...RECORDS, exampleRecord({ outcome: 'cancelled', ttft_ms: 900 })];
    const { results } = judge(
      {
        llm_requests: ['count==7'],
        llm_requests_failed: ['count==1'],
        llm_requests_completed: ['count==5'],
        llm_requests_cancelled: ['count==1'],
        llm_request_failed: ['rate<0.2'],
        llm_ttft: ['max<=10'],
      },
      records,
    );
    expect(results.map(({ metric, ok }) => [metric, ok])).toEqual(results.map(({ metric }) => [metric, true]));
    expect(results.find(({ metric }) => metric === 'llm_request_failed')?.value).toBeCloseTo(1 / 6, 9);
  });

  it('leaves what connecting took to the engine where probes alone tell it, and judges it where requests do', () => {
    const thresholds = { llm_connect: ['min>10'] };
    const builder = createRunDataBuilder();
    for (const record of RECORDS) builder.add({ ...record, connect_ms: null });
    const probed = builder.build(0, [30, 31, 32]);
    const told = { metric: 'llm_connect', expression: 'min>10', ok: true, value: 30, limit: 10, margin: 20 } as const;
    const engine: readonly ThresholdResult[] = [{ ...told, judged_on: 'engine' }];
    expect(judgeThresholds(thresholds, probed, { ...CONTEXT, engine }).results).toEqual(engine);
    // No instance had them all.
    expect(judgeThresholds(thresholds, probed, CONTEXT)).toEqual({
      results: [],
      notes: ['Not judged: llm_connect: min>10, which no record tells; the engine does.'],
    });
    const { results } = judge(thresholds, [exampleRecord({ connect_ms: 12 }), exampleRecord({ connect_ms: 9 })]);
    expect(results).toMatchObject([{ ok: false, value: 9, judged_on: 'records' }]);
  });

  it('counts inputs, and abandoned turns of conversations of different lengths, as the engine does', () => {
    const failedAt = (turn: number, turns: number | null) =>
      exampleFailure({ conversation: { id: `${turns}`, turn, turns } });
    const { results } = judge(
      // 3 + 4 inputs; after turn 2 there are 3 of 5 turns, 1 of 3, and of a script nobody knows how many.
      { llm_inputs: ['count==7'], llm_abandoned_turns: ['count==4'] },
      [exampleRecord({ inputs: 3 }), exampleRecord({ inputs: 4 }), failedAt(2, 5), failedAt(2, 3), failedAt(2, null)],
    );
    expect(results.map(({ metric, value, ok }) => [metric, value, ok])).toEqual([
      ['llm_abandoned_turns', 4, true],
      ['llm_inputs', 7, true],
    ]);
  });

  // numpy.percentile([1, 2, 3, 4, 10], 95) is 8.8; the others by hand.
  it.each([
    ['llm_ttft', 'p(95)<9', 8.8, true],
    ['llm_ttft', 'avg<4', 4, false],
    ['llm_itl', 'max<=10', 10, true],
    ['llm_tpot', 'med==10', 10, true],
    ['llm_latency', 'min>100', 140, true],
    ['llm_input_tokens', 'max<21', 20, true],
    ['llm_output_tokens', 'max<5', 5, false],
    ['llm_chunks', 'avg==5', 5, true],
    ['llm_requests', 'count==6', 6, true],
    ['llm_requests', 'rate<1', 0.6, true],
    ['llm_requests_completed', 'count>5', 5, false],
    ['llm_requests_failed', 'count<1', 1, false],
    ['llm_requests_failed{kind:http-status}', 'count<1', 1, false],
    ['llm_requests_failed{kind:timeout}', 'count<1', 0, true],
    ['llm_requests_completed{token_source:usage}', 'count==5', 5, true],
    ['llm_request_failed', 'rate<0.2', 1 / 6, true],
    ['llm_input_tokens_total', 'count==100', 100, true],
    ['llm_output_tokens_total', 'rate>=2.5', 2.5, true],
    ['llm_coalesced_gaps', 'count<1', 0, true],
    ['llm_ttft{status:200}', 'max<11', 10, true],
    ['llm_ttft{model:qwen2.5,outcome:completed}', 'max<11', 10, true],
    ['llm_ttft{model:other}', 'max<11', 0, true],
    ['llm_ttft{api:openai-chat,dataset:openqa}', 'max<11', 10, true],
    ['dropped_iterations', 'count<3', 2, true],
  ])('judges %s: %s on the records: %d', (metric, expression, value, ok) => {
    const { results, notes } = judge({ [metric]: [expression] }, RECORDS, { droppedIterations: 2 });
    expect(notes).toEqual([]);
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({ metric, expression, ok, judged_on: 'records' });
    expect(results[0]?.value).toBeCloseTo(value, 9);
  });

  it('says how far the value is from the limit', () => {
    const margin = (expression: string) => judge({ llm_ttft: [expression] }, RECORDS).results[0]?.margin;
    expect(margin('avg<4.5')).toBe(0.5);
    expect(margin('avg>=5')).toBe(-1);
    expect(margin('avg==5')).toBe(-1);
    expect(margin('avg!=5')).toBe(1);
  });

  it('counts requests without a record as failed', () => {
    const thresholds = { llm_request_failed: ['rate<0.2'], llm_requests_failed: [{ threshold: 'count<2' }] };
    const { results } = judge(thresholds, RECORDS, { unfinishedRequests: 2 });
    expect(results.map(({ ok, value }) => [ok, value])).toEqual([
      [false, 3 / 8],
      [false, 3],
    ]);
  });

  it('leaves to the engine what no record tells, and says what then nobody judges', () => {
    const thresholds = { http_req_duration: ['p(95)<500'], 'llm_ttft{method:POST}': ['avg<3'], llm_ttft: ['max<11'] };
    const engine = [{ metric: 'http_req_duration', expression: 'p(95)<500', ok: false }];
    const { results, notes } = judge(thresholds, RECORDS, { engine });
    expect(results).toMatchObject([
      { metric: 'http_req_duration', ok: false, judged_on: 'engine' },
      { metric: 'llm_ttft', ok: true, judged_on: 'records' },
    ]);
    expect(notes).toEqual(['Not judged: llm_ttft{method:POST}: avg<3, which no record tells; the engine does.']);
  });

  it('passes nothing that the engine found crossed, and believes it where records are missing', () => {
    const crossed = [{ metric: 'llm_ttft', expression: 'max<11', ok: false }];
    expect(judge({ llm_ttft: ['max<11'] }, RECORDS, { engine: crossed }).results[0]).toMatchObject({
      ok: false,
      judged_on: 'engine',
    });
    const passed = [{ metric: 'llm_ttft', expression: 'max<3', ok: true }];
    expect(judge({ llm_ttft: ['max<3'] }, RECORDS, { engine: passed }).results[0]?.ok).toBe(false);
    expect(judge({ llm_ttft: ['max<3'] }, [], { engine: passed, incomplete: true }).results[0]).toMatchObject({
      ok: true,
      judged_on: 'engine',
    });
  });

  it('keeps what the engine judged beside the profile, in the order of metrics', () => {
    const engine = [{ metric: 'checks', expression: 'rate>0.9', ok: true }];
    const { results } = judge({ llm_ttft: ['max<11'] }, RECORDS, { engine });
    expect(results.map(({ metric }) => metric)).toEqual(['checks', 'llm_ttft']);
  });

  it('does not judge a run of several datasets by one of them', () => {
    const { results, notes } = judge({ 'llm_ttft{dataset:openqa}': ['max<11'] }, RECORDS, {
      tags: { api: [], dataset: ['openqa', 'custom'] },
    });
    expect(results).toEqual([]);
    expect(notes).toHaveLength(1);
  });
});
