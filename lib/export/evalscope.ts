import type { RequestRecord } from '../measure/request-record.ts';
import { roundPython } from '../report/tables/python-number.ts';
import { choosePercentile } from '../stats/percentile-rule.ts';
import { readChoiceChunks } from './choice-chunks.ts';
import { type Dialect, readRate } from './dialect.ts';
import { createNumberList, type NumberList } from './number-list.ts';
import { createRunSpan, perSecond } from './run-span.ts';

const LABELS = ['min', '1%', '5%', '10%', '25%', '50%', '75%', '90%', '95%', '99%', 'max'] as const;

/** Columns of the percentile table, all with two digits behind the point. */
const COLUMNS = [
  'Latency (s)',
  'TTFT (ms)',
  'ITL (ms)',
  'TPOT (ms)',
  'Input tokens',
  'Output tokens',
  'Output (tok/s)',
  'Total (tok/s)',
  'Decode (tok/s)',
] as const;

/**
 * evalscope's `benchmark_summary.json` and `benchmark_percentile.json` in its current keys, as two keys of one object;
 * those of its quick start lie beside every run.
 *
 * Source: evalscope before 1.14, `perf/utils/benchmark_util.py` and `db_util.py`. TTFT ends at the first chunk with `choices`, even
 * one that holds a role alone; latency at the last data event, usage included. TPOT is `(latency - TTFT) / (tokens - 1)`,
 * and 0 for answers of one token, which pulls the average down. ITL are the gaps between chunks with `choices`, pooled.
 * The test lasts from the first start of any request to the last end of a completed one. Percentiles are
 * `sorted[int(N*p/100)]`. Where evalscope writes -1 or NaN, the key is absent, or null in the percentile table.
 */
export function createEvalscopeDialect(): Dialect {
  const lists = Object.fromEntries(COLUMNS.map((name) => [name, createNumberList()])) as Record<
    (typeof COLUMNS)[number],
    NumberList
  >;
  const totals = { completed: 0, failed: 0, streamed: 0, plain: 0, cached: 0, cacheable: 0 };
  const span = createRunSpan();

  function addCompleted(record: RequestRecord, latency: number): void {
    const chunks = readChoiceChunks(record);
    // Without streaming, evalscope takes the latency for the TTFT; of a stream whose events nobody saw it is unknown.
    const ttft = chunks?.first ?? (record.stream ? null : latency);
    const { input_tokens: input, output_tokens: tokens } = record;
    const tpot = ttft === null || tokens === null ? null : tokens > 1 ? (latency - ttft) / (tokens - 1) : 0;
    lists['Latency (s)'].push(latency / 1000);
    lists['TTFT (ms)'].push(ttft);
    lists['TPOT (ms)'].push(tpot);
    lists['Input tokens'].push(input);
    lists['Output tokens'].push(tokens);
    for (const gap of chunks?.gaps ?? []) lists['ITL (ms)'].push(gap);
    if (latency > 0 && tokens !== null) {
      lists['Output (tok/s)'].push((tokens / latency) * 1000);
      if (input !== null) lists['Total (tok/s)'].push(((tokens + input) / latency) * 1000);
    }
    if (tpot !== null && tpot > 0) lists['Decode (tok/s)'].push(1000 / tpot);
  }

  return {
    add(record) {
      if (record.outcome === 'cancelled') return;
      if (record.stream) totals.streamed += 1;
      else totals.plain += 1;
      const latency = record.latency_ms;
      // A failed request lengthens the test at its start only.
      span.add(
        record.start_ms,
        record.outcome === 'failed' || latency === null ? record.start_ms : record.start_ms + latency,
      );
      if (record.outcome === 'failed') totals.failed += 1;
      else totals.completed += 1;
      if (record.outcome === 'failed' || latency === null) return;
      addCompleted(record, latency);
      if (record.cached_tokens === null || record.input_tokens === null) return;
      totals.cached += record.cached_tokens;
      totals.cacheable += record.input_tokens;
    },
    build({ args, concurrency, unfinishedRequests }) {
      const seconds = span.seconds();
      const { completed, failed, streamed, plain } = totals;
      const average = (name: (typeof COLUMNS)[number]): number | null => lists[name].mean();
      const output = lists['Output tokens'].sum();
      const total = output + lists['Input tokens'].sum();
      const hasOutput = lists['Output tokens'].count() > 0;
      const hasBoth = hasOutput && lists['Input tokens'].count() > 0;
      const summary: Readonly<Record<string, number | null>> = {
        'Test Duration (s)': round(seconds, 4),
        Concurrency: concurrency,
        'Request Rate (req/s)': readRate(args) ?? -1,
        'Total Requests': completed + failed + unfinishedRequests,
        'Success Requests': completed,
        'Failed Requests': failed + unfinishedRequests,
        'Stream Requests': streamed,
        'Non-Stream Requests': plain,
        'Req Throughput (req/s)': completed === 0 ? null : round(perSecond(completed, seconds), 4),
        'Avg Latency (s)': round(average('Latency (s)'), 4),
        'Avg Input Tokens': round(average('Input tokens'), 4),
        'Output Throughput (tok/s)': hasOutput ? round(perSecond(output, seconds), 4) : null,
        'Total Throughput (tok/s)': hasBoth ? round(perSecond(total, seconds), 4) : null,
        'Avg TTFT (ms)': round(average('TTFT (ms)'), 2),
        'Avg TPOT (ms)': round(average('TPOT (ms)'), 2),
        'Avg ITL (ms)': round(average('ITL (ms)') ?? (completed === 0 ? null : 0), 2),
        'Avg Output Tokens': round(average('Output tokens'), 4),
        'KV Cache Hit Rate (%)': totals.cacheable === 0 ? null : round((totals.cached / totals.cacheable) * 100, 4),
      };
      return {
        benchmark_summary: Object.fromEntries(Object.entries(summary).filter(([, value]) => value !== null)),
        benchmark_percentile: LABELS.map((label) => ({
          Percentiles: label,
          ...Object.fromEntries(COLUMNS.map((name) => [name, round(readPercentile(lists[name], label), 2)])),
        })),
      };
    },
  };
}

function readPercentile(list: NumberList, label: (typeof LABELS)[number]): number | null {
  const percent = label === 'min' ? 0 : label === 'max' ? 100 : Number(label.slice(0, -1));
  return choosePercentile('quick-start')(list.sorted(), percent);
}

function round(value: number | null, digits: number): number | null {
  return value === null ? null : roundPython(value, digits);
}
