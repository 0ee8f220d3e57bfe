import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyRecords } from '../../tests/fixtures/any-record.ts';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { listEmitted } from '../metrics/emitted.ts';
import { hasTimings, isOf, readMetric } from '../metrics/metric.ts';
import { exactTrendStats } from './exact-trend-stats.ts';
import type { SummaryMetrics } from './metric-values.ts';
import { choosePercentile } from './percentile-rule.ts';
import { collectRunData } from './run-data.ts';
import { summarizeData } from './summarize-data.ts';
import { summarizeMetrics } from './summarize-metrics.ts';

const percentileLinear = choosePercentile('linear');

/** The metrics k6 shows for these records, by the tables: a Trend gives exactly the statistics asked for, its percentiles linear. */
function metricsOf(records: readonly RequestRecord[], stats: readonly string[]): SummaryMetrics {
  const metrics: Record<string, { values: Record<string, number> }> = {};
  const trend = (name: string, values: readonly number[]): void => {
    if (values.length === 0) return;
    const sorted = [...values].sort((a, b) => a - b);
    const known: Record<string, number> = {
      avg: values.reduce((a, b) => a + b, 0) / values.length,
      min: sorted[0] as number,
      med: percentileLinear(sorted, 50) as number,
      max: sorted.at(-1) as number,
      count: values.length,
    };
    const one = (stat: string) => known[stat] ?? (percentileLinear(sorted, Number(stat.slice(2, -1))) as number);
    metrics[name] = { values: Object.fromEntries(stats.map((stat) => [stat, one(stat)])) };
  };
  const count = (name: string, value: number): void => {
    metrics[name] = { values: { count: value + (metrics[name]?.values['count'] ?? 0), rate: 1 } };
  };
  const { counters, trends, pooled } = listEmitted();
  for (const { name, of, tag, count: read } of counters) {
    for (const record of records.filter((each) => isOf(of, each))) {
      const value = read(record);
      if (value === null) continue;
      count(name, value);
      const text = tag?.read(record) ?? null;
      if (text !== null) count(`${name}{${tag?.name}:${text}}`, value);
    }
  }
  for (const metric of trends) {
    trend(
      metric.trend,
      records.flatMap((record) => readMetric(metric, record) ?? []),
    );
  }
  trend(
    pooled.trend,
    records.filter((record) => isOf(pooled.of, record)).flatMap((record) => pooled.readAll(record)),
  );
  const starts = records.map((r) => r.start_ms);
  const ends = records.map((r) => r.end_ms);
  if (records.length > 0) {
    metrics['llm_first_start'] = { values: { value: 0, min: Math.min(...starts), max: Math.max(...starts) } };
    metrics['llm_last_end'] = { values: { value: 0, min: Math.min(...ends), max: Math.max(...ends) } };
  }
  return metrics;
}

const CONTEXT = { concurrency: 1, stream: true, ownsConnections: false, ttftRule: 'first-output' } as const;

function both(
  records: readonly RequestRecord[],
  percentileRule: 'quick-start' | 'linear',
  expectedRequests: number | null,
  ownsConnections = false,
) {
  const stats = exactTrendStats(expectedRequests, percentileRule);
  return {
    fromMetrics: summarizeMetrics(metricsOf(records, stats), {
      ...{ ...CONTEXT, percentileRule, expectedRequests, ownsConnections },
    }),
    fromRecords: summarizeData(collectRunData(records), { concurrency: 1, percentileRule, expectedRequests }),
  };
}

/** What metrics cannot tell in full, or only by interpolation. */
const NOT_COMPARED = new Set([
  'itl_p50_ms',
  'itl_p99_ms',
  'itl_percentile_method',
  'stream',
  'ttft_rule',
  'conversations',
  'scheduled_per_s',
  'achieved_per_s',
  'peak_in_flight',
]);

/** Every value of the summaries is the same but for the last digits of floats. */
function expectSame(actual: unknown, expected: unknown): void {
  if (typeof actual === 'number' && typeof expected === 'number') {
    expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
  } else if (typeof actual === 'object' && actual !== null) {
    expect(Object.keys(actual)).toEqual(Object.keys(expected as object));
    for (const [key, value] of Object.entries(actual)) {
      if (!NOT_COMPARED.has(key)) expectSame(value, (expected as Record<string, unknown>)[key]);
    }
  } else {
    expect(actual).toBe(expected);
  }
}

/** Records that tell different things of themselves, as those of several servers behind one address do. */
const mixedRecords = fc
  .tuple(anyRecords, fc.boolean(), fc.boolean(), fc.infiniteStream(fc.tuple(fc.boolean(), fc.boolean(), fc.nat(99))))
  .map(([records, isOpen, hasInputs, extras]) =>
    records.map((record, i): RequestRecord => {
      const [isSet, isSaid, number] = extras.next().value as [boolean, boolean, number];
      return {
        ...record,
        index: i,
        connect_ms: number,
        ...(isSet ? { clock_steps: 1 } : {}),
        ...(hasInputs ? { inputs: number + 1 } : {}),
        ...(isSaid ? {} : { cached_tokens: null }),
        ...(isOpen ? { scheduled_ms: record.start_ms, late_ms: number, queued_ms: number / 2 } : {}),
        conversation: isSaid ? { id: `${i}`, turn: 1 + (number % 3), turns: 3 } : null,
      };
    }),
  );

describe('summarizeMetrics', () => {
  it('gives the same summary of requests that tell different things', () => {
    fc.assert(
      fc.property(mixedRecords, (records) => {
        const { fromMetrics, fromRecords } = both(records, 'linear', null, true);
        // Percentiles without connecting are in the records alone, and so are means where not every request has the time.
        const timed = records.filter(hasTimings);
        const mean = (time: 'ttft' | 'latency') =>
          timed.some((record) => record[`${time}_ms`] === null)
            ? null
            : (fromRecords.connecting?.[`${time}_avg_ms`] ?? null);
        const shared = fromRecords.connecting && {
          ...fromRecords.connecting,
          ...{ ttft_avg_ms: mean('ttft'), ttft_p50_ms: null, ttft_p99_ms: null },
          ...{ latency_avg_ms: mean('latency'), latency_p50_ms: null, latency_p99_ms: null },
        };
        expectSame(fromMetrics, { ...fromRecords, connecting: shared });
      }),
    );
  });

  it('tells the achieved rate of a whole schedule by its first start and its last', () => {
    // Two gaps of 100 and 300 ms.
    const records = [1000, 1100, 1400].map((start_ms, index) =>
      exampleRecord({ index, start_ms, end_ms: start_ms + 50, scheduled_ms: start_ms, late_ms: 0, queued_ms: 0 }),
    );
    const achieved = (more: object): number | null | undefined =>
      summarizeMetrics(metricsOf(records, exactTrendStats(3, 'linear')), {
        ...{ ...CONTEXT, percentileRule: 'linear', expectedRequests: 3, ...more },
      }).open_loop?.achieved_per_s;
    expect(achieved({})).toBe(5);
    // Of more that were planned these are a part, and so are those of one instance of several.
    expect(achieved({ expectedRequests: 4 })).toBeNull();
  });

  it('divides cached tokens by the input tokens of the requests that tell them', () => {
    // 10 of the 20 of the one that tells; the other one's 20 are not known to be fresh.
    const told = both([exampleRecord({ cached_tokens: 10 }), exampleRecord({ index: 1 })], 'linear', null);
    expect(told.fromMetrics).toMatchObject({ cached_tokens_total: 10, cached_share: 0.5 });
    expect(told.fromRecords).toMatchObject({ cached_tokens_total: 10, cached_share: 0.5 });
    // One that does not tell its input is in neither.
    const alone = both([exampleRecord({ cached_tokens: 10, input_tokens: null })], 'linear', null);
    expect(alone.fromMetrics).toMatchObject({ cached_tokens_total: null, cached_share: null });
    expect(alone.fromRecords).toMatchObject({ cached_tokens_total: null, cached_share: null });
  });

  it('gives the same summary as the records by the linear rule', () => {
    fc.assert(
      fc.property(anyRecords, (records) => {
        const { fromMetrics, fromRecords } = both(records, 'linear', null);
        expectSame(fromMetrics, fromRecords);
      }),
    );
  });

  it('gives evalscope’s percentiles exactly when every request of a known number has every value', () => {
    const filled = anyRecords.map((records) =>
      records
        .filter(({ outcome }) => outcome === 'completed')
        .map((r) => ({
          ...r,
          ttft_ms: r.ttft_ms ?? 1,
          tpot_ms: r.tpot_ms ?? 1,
          latency_ms: (r.latency_ms ?? 0) + 1,
          input_tokens: r.input_tokens ?? 1,
          output_tokens: r.output_tokens ?? 1,
        })),
    );
    fc.assert(
      fc.property(filled, (records) => {
        const { fromMetrics, fromRecords } = both(records, 'quick-start', records.length);
        expect(fromMetrics.percentile_method).toBe('index');
        expectSame(fromMetrics, fromRecords);
      }),
    );
  });

  it('falls back to interpolation, and says so, when a request failed', () => {
    const records = [1, 2, 3].map((n) => exampleRecord({ latency_ms: n * 100 }));
    const { fromMetrics } = both([...records, exampleFailure()], 'quick-start', 4);
    expect(fromMetrics.percentile_method).toBe('interpolated');
    // Position (3 - 1) * 0.25 = 0.5 between 100 and 200.
    expect(fromMetrics.percentiles[1]).toMatchObject({ percentile: 25, latency_ms: 150 });
    expect(fromMetrics.failures['http-status']).toBe(1);
  });

  it('falls back when there are as many requests as k6 ran, but other ones were planned', () => {
    // Made for 6 requests: int(9 * 0.66) = 5 of 9 would be p(62.5), which nobody asked k6 for.
    const records = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => exampleRecord({ latency_ms: n * 100 }));
    const metrics = metricsOf(records, exactTrendStats(6, 'quick-start'));
    const summary = summarizeMetrics(metrics, { ...CONTEXT, percentileRule: 'quick-start', expectedRequests: 9 });
    expect(summary.percentile_method).toBe('interpolated');
    expect(summary.percentiles.map(({ latency_ms }) => latency_ms)).not.toContain(null);
  });

  it('falls back for one column alone when only that one lacks a value', () => {
    const records = [100, 200, 300].map((latency_ms, i) =>
      exampleRecord({ latency_ms, tpot_ms: i === 0 ? null : i * 10 }),
    );
    const { fromMetrics } = both(records, 'quick-start', 3);
    expect(fromMetrics.percentile_method).toBe('interpolated');
    expect(fromMetrics.percentiles[1]).toMatchObject({ latency_ms: 100, tpot_ms: 12.5 });
  });

  it('says of inter-token latency by itself how its percentiles were taken', () => {
    const record = exampleRecord({ chunk_gaps_ms: [10, 20], chunks: 3 });
    // The table of one request is exact; the two gaps are k6's (2 - 1) * 0.5 between 10 and 20.
    expect(both([record], 'quick-start', 1).fromMetrics).toMatchObject({
      percentile_method: 'index',
      itl_percentile_method: 'interpolated',
      itl_p50_ms: 15,
    });
    expect(both([record], 'linear', 1).fromMetrics.itl_percentile_method).toBe('linear');
  });

  it('takes what k6 was told to leave out for unknown, not for zero', () => {
    const records = [exampleRecord(), exampleRecord({ index: 1, latency_ms: 500 })];
    const metrics = metricsOf(records, ['max']);
    const summary = summarizeMetrics(metrics, { ...CONTEXT, percentileRule: 'quick-start', expectedRequests: 2 });
    expect(summary).toMatchObject({
      completed_requests: 2,
      latency_avg_ms: null,
      itl_count: null,
      coalesced_ratio: null,
      percentile_method: null,
      itl_percentile_method: null,
    });
    // What counters and gauges give is there all the same.
    expect(summary.output_tokens_per_s).toBe(both(records, 'quick-start', 2).fromRecords.output_tokens_per_s);
  });

  it('shows the statistics that k6 was told to make', () => {
    const records = [100, 200, 300].map((latency_ms) => exampleRecord({ latency_ms }));
    const metrics = metricsOf(records, ['avg', 'p(95)']);
    const summary = summarizeMetrics(metrics, { ...CONTEXT, percentileRule: 'quick-start', expectedRequests: 3 });
    expect(summary.latency_avg_ms).toBe(200);
    expect(summary.percentile_method).toBe('interpolated');
    // (3 - 1) * 0.95 = 1.9 between 200 and 300.
    expect(summary.percentiles.map(({ percentile, latency_ms }) => [percentile, latency_ms])).toContainEqual([95, 290]);
    expect(summary.percentiles[9]).toMatchObject({ percentile: 99, latency_ms: null });
  });

  it('is exact for a single value, whatever was expected', () => {
    expect(both([exampleRecord()], 'quick-start', null).fromMetrics.percentile_method).toBe('index');
  });

  it('has no values where metrics are absent, or hold the zeros k6 shows for metrics that only thresholds name', () => {
    const zeros = { values: { avg: 0, min: 0, med: 0, max: 0, count: 0, 'p(99)': 0 } };
    const gauge = { values: { value: 0, min: 0, max: 0 } };
    for (const metrics of [{}, { llm_ttft: zeros, llm_itl: zeros, llm_first_start: gauge, llm_last_end: gauge }]) {
      const summary = summarizeMetrics(metrics, { ...CONTEXT, percentileRule: 'quick-start', expectedRequests: 15 });
      expect(
        Object.entries(summary).filter(([key, value]) => /_(ms|avg|per_s|ratio)$/.test(key) && value !== null),
      ).toEqual([]);
      expect(summary).toMatchObject({
        total_requests: 0,
        expected_requests: 15,
        itl_count: 0,
        cached_tokens_total: null,
      });
    }
  });

  it('counts requests that were sent and never finished as aborted', () => {
    const metrics = {
      ...metricsOf([exampleRecord()], exactTrendStats(3, 'quick-start')),
      llm_requests_sent: { values: { count: 3 } },
    };
    const summary = summarizeMetrics(metrics, { ...CONTEXT, percentileRule: 'quick-start', expectedRequests: 3 });
    expect(summary).toMatchObject({ total_requests: 3, completed_requests: 1, failed_requests: 2 });
    expect(summary.failures.aborted).toBe(2);
  });
});

describe('exactTrendStats', () => {
  it('asks for the positions of evalscope’s rule: of 15 values the 2nd, 4th, 8th and so on', () => {
    const exact = exactTrendStats(15, 'quick-start').slice(15);
    expect(exact.map((stat) => Math.round((Number(stat.slice(2, -1)) / 100) * 14) + 1)).toEqual([
      2, 4, 10, 12, 13, 14, 15,
    ]);
  });

  it('asks for nothing more without a known number, and by the linear rule', () => {
    const plain = exactTrendStats(null, 'quick-start');
    expect(plain).toEqual(exactTrendStats(15, 'linear'));
    expect(plain).toEqual(expect.arrayContaining(['avg', 'min', 'med', 'max', 'count', 'p(10)', 'p(99)']));
  });

  it('names no statistic twice, and none outside 0 to 100', () => {
    for (const count of [1, 2, 3, 11, 101, 100_000]) {
      const stats = exactTrendStats(count, 'quick-start');
      const percents = stats.filter((stat) => stat.startsWith('p(')).map((stat) => Number(stat.slice(2, -1)));
      expect(new Set(stats).size).toBe(stats.length);
      expect(percents.every((percent) => percent >= 0 && percent <= 100)).toBe(true);
    }
  });
});
