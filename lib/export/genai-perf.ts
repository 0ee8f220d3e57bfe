import { chunkTimes } from '../measure/chunk-times.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import type { Dialect } from './dialect.ts';
import { createNumberLists } from './number-list.ts';
import { describeList, describeValue, dropAbsent } from './nvidia-statistics.ts';
import { createRunSpan, perSecond } from './run-span.ts';
import { readSeenTimes } from './seen-times.ts';

/** One microsecond a gap, which is how exact a record keeps it. */
const ROUNDING_MS = 0.0015;

/**
 * GenAI-Perf's `profile_export_genai_perf.json`.
 *
 * Source: `genai_perf/profile_data_parser/llm_profile_data_parser.py` and `metrics/statistics.py`. Responses without
 * `delta.content` count as empty and are taken out, reasoning too: TTFT ends at the first visible text, and a request
 * without any is in no statistic. A request ends at its last content. Its tokens are those of the visible text; of an
 * answer that reasoned first the records know only all tokens together, so it has neither a length nor a pace here, and
 * the run no token throughput. Inter-token latency is `(latency - TTFT) / (tokens - 1)` of a request, in whole nanoseconds,
 * for two responses and two tokens at least; throughput per user is its inverse. The benchmark lasts from the first
 * request to the last response of those that answered.
 */
export function createGenaiPerfDialect(): Dialect {
  const lists = createNumberLists('latency', 'ttft', 'ttst', 'itl', 'perUser', 'output', 'input');
  const span = createRunSpan();
  let [requests, answered] = [0, 0];
  let uncounted = 0;
  return {
    add(record) {
      if (record.outcome !== 'completed') return;
      requests += 1;
      if (record.first_output_ms !== null && record.first_content_ms === null) return;
      answered += 1;
      lists.input.push(record.input_tokens);
      const visible = record.first_content_ms === record.first_output_ms ? record.output_tokens : null;
      if (visible === null) uncounted += 1;
      lists.output.push(visible);
      const { latency, gaps: seen } = readSeenTimes(record);
      if (latency === null) return;
      span.add(record.start_ms, record.start_ms + latency);
      lists.latency.push(latency);
      // Without streaming the one response is the first and the last.
      const ttft = record.stream ? record.first_content_ms : latency;
      if (ttft === null) return;
      lists.ttft.push(ttft);
      const gaps = gapsAfter(record, seen ?? [], ttft);
      lists.ttst.push(gaps[0] ?? null);
      const tokens = visible ?? 0;
      if (gaps.length === 0 || tokens < 2) return;
      const itl = Math.round(((latency - ttft) / (tokens - 1)) * 1e6) / 1e6;
      lists.itl.push(itl);
      if (itl > 0) lists.perUser.push(1000 / itl);
    },
    build({ args }) {
      const seconds = span.seconds();
      return dropAbsent({
        request_throughput: describeValue('requests/sec', perSecond(requests, seconds)),
        request_latency: describeList('ms', lists.latency),
        request_count: describeValue('count', answered),
        time_to_first_token: describeList('ms', lists.ttft),
        time_to_second_token: describeList('ms', lists.ttst),
        inter_token_latency: describeList('ms', lists.itl),
        output_token_throughput: describeValue(
          'tokens/sec',
          uncounted > 0 || lists.output.count() === 0 ? null : perSecond(lists.output.sum(), seconds),
        ),
        output_token_throughput_per_user: describeList('tokens/sec/user', lists.perUser),
        output_sequence_length: describeList('tokens', lists.output),
        input_sequence_length: describeList('tokens', lists.input),
        input_config: args,
      });
    },
  };
}

/** The gaps after the first visible text; those before it lie between chunks of reasoning. */
function gapsAfter(
  { first_output_ms }: RequestRecord,
  chunk_gaps_ms: readonly number[],
  ttft: number,
): readonly number[] {
  const times = chunkTimes({ first_output_ms, chunk_gaps_ms }, 0);
  const first = times.findIndex((time, index) => time >= ttft - ROUNDING_MS * (index + 1));
  return first < 0 ? [] : chunk_gaps_ms.slice(first);
}
