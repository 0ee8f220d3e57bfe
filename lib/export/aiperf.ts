import { classifyError } from '../verdict/classify-error.ts';
import type { Dialect } from './dialect.ts';
import { createNumberLists } from './number-list.ts';
import { describeList, describeValue, dropAbsent } from './nvidia-statistics.ts';
import { createRunSpan, perSecond } from './run-span.ts';
import { readSeenTimes } from './seen-times.ts';

/** What AIPerf lists of its errors. */
interface ErrorEntry {
  readonly error_details: { readonly code: number | null; readonly type: string; readonly message: string };
  count: number;
}

/**
 * AIPerf's `profile_export_aiperf.json`.
 *
 * Source: `aiperf/metrics/types/*.py` and `common/models/export_models.py`. TTFT ends at the first content, reasoning
 * included, the request at the last content (usage excluded). What it calls inter-token latency is the TPOT of others,
 * `(latency - TTFT) / (tokens - 1)` from two tokens on; the gaps between chunks are its inter-chunk latency, pooled.
 * Throughput per user is the inverse of a request's inter-token latency. The benchmark lasts from the first request to
 * the last content of those that completed, so failures at its ends do not lengthen it. Percentiles with failures as
 * infinite (`adj_…`) are left out; the gate `adjusted_p99(latency)` has them.
 */
export function createAiperfDialect(): Dialect {
  const lists = createNumberLists('latency', 'ttft', 'ttst', 'itl', 'icl', 'perUser', 'output', 'input');
  const span = createRunSpan();
  const errors = new Map<string, ErrorEntry>();
  let [completed, failed] = [0, 0];
  /** The wall clock at the start of the run, from whichever record came first. */
  let epochMs: number | null = null;
  return {
    add(record) {
      const startedAt = Date.parse(record.started_at);
      if (epochMs === null && !Number.isNaN(startedAt)) epochMs = startedAt - record.start_ms;
      if (record.failure !== null) {
        failed += 1;
        const { status, kind, detail } = record.failure;
        const key = `${status} ${kind}`;
        const entry = errors.get(key) ?? {
          error_details: { code: status, type: classifyError(record.failure), message: detail },
          count: 0,
        };
        entry.count += 1;
        errors.set(key, entry);
        return;
      }
      if (record.outcome === 'cancelled') return;
      completed += 1;
      lists.input.push(record.input_tokens);
      lists.output.push(record.output_tokens);
      const { latency, gaps } = readSeenTimes(record);
      if (latency === null) return;
      span.add(record.start_ms, record.start_ms + latency);
      lists.latency.push(latency);
      const ttft = record.first_output_ms;
      if (!record.stream || ttft === null) return;
      lists.ttft.push(ttft);
      lists.ttst.push(gaps?.[0] ?? null);
      for (const gap of gaps ?? []) lists.icl.push(gap);
      const tokens = record.output_tokens ?? 0;
      if (tokens < 2) return;
      const itl = (latency - ttft) / (tokens - 1);
      lists.itl.push(itl);
      if (itl > 0) lists.perUser.push(1000 / itl);
    },
    build({ args, unfinishedRequests }) {
      const seconds = span.seconds();
      const start = span.start();
      const startedMs = epochMs === null || start === null ? null : epochMs + start;
      const errorCount = failed + unfinishedRequests;
      return dropAbsent({
        schema_version: '1.0',
        request_throughput: describeValue('requests/sec', perSecond(completed, seconds)),
        request_latency: describeList('ms', lists.latency),
        request_count: describeValue('requests', completed),
        time_to_first_token: describeList('ms', lists.ttft),
        time_to_second_token: describeList('ms', lists.ttst),
        inter_token_latency: describeList('ms', lists.itl),
        output_token_throughput: describeValue(
          'tokens/sec',
          lists.output.count() === 0 ? null : perSecond(lists.output.sum(), seconds),
        ),
        output_token_throughput_per_user: describeList('tokens/sec/user', lists.perUser),
        output_sequence_length: describeList('tokens', lists.output),
        input_sequence_length: describeList('tokens', lists.input),
        inter_chunk_latency: describeList('ms', lists.icl),
        benchmark_duration: describeValue('sec', seconds),
        total_isl: lists.input.count() === 0 ? undefined : describeValue('tokens', lists.input.sum()),
        total_osl: lists.output.count() === 0 ? undefined : describeValue('tokens', lists.output.sum()),
        error_request_count: errorCount === 0 ? undefined : describeValue('requests', errorCount),
        input_config: args,
        was_cancelled: unfinishedRequests > 0,
        error_summary: [...errors.values()],
        start_time: startedMs === null ? undefined : formatTime(startedMs),
        end_time: startedMs === null || seconds === null ? undefined : formatTime(startedMs + seconds * 1000),
      });
    },
  };
}

function formatTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
