import { chunkTimes } from '../measure/chunk-times.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { choosePercentile } from '../stats/percentile-rule.ts';
import type { SortedValues } from '../stats/sorted-values.ts';
import { countMostUnderWay } from '../stats/under-way.ts';
import type { Dialect } from './dialect.ts';
import { createNumberLists, type NumberList } from './number-list.ts';
import { createRunSpan, perSecond } from './run-span.ts';

/**
 * `vllm bench serve --save-result`, with `--percentile-metrics ttft,tpot,itl,e2el`.
 *
 * Source: vLLM's `vllm/benchmarks/serve.py` (`calculate_metrics`, and where `result` is built) and
 * `lib/endpoint_request_func.py`. TTFT ends at the first chunk with `choices`, the request at the last one; TPOT is
 * `(E2EL - TTFT) / (tokens - 1)`, nothing below two tokens; ITL are the gaps between chunks with `choices`, pooled;
 * percentiles are numpy's. The last chunk with `choices` stands in by the last one with output. Where vLLM writes 0 for
 * want of values, this writes null.
 */
export function createVllmDialect(): Dialect {
  const lists = createNumberLists('ttft', 'tpot', 'itl', 'e2el');
  const span = createRunSpan();
  const times = createNumberLists('starts', 'ends', 'tokens');
  let startedAt: string | null = null;
  const totals = { completed: 0, failed: 0, input: null as number | null, output: 0 };
  return {
    add(record) {
      span.add(record.start_ms, record.end_ms);
      if (startedAt === null || record.started_at < startedAt) startedAt = record.started_at;
      if (record.outcome === 'cancelled') return;
      if (record.outcome === 'failed') {
        totals.failed += 1;
        return;
      }
      const chunks = readChoiceChunks(record);
      const latency = chunkTimes(record, 0).at(-1) ?? record.latency_ms;
      // Without a count and without a tokenizer, vLLM takes one token for an answer.
      const tokens = record.output_tokens ?? 1;
      totals.completed += 1;
      if (record.input_tokens !== null) totals.input = (totals.input ?? 0) + record.input_tokens;
      totals.output += tokens;
      lists.e2el.push(latency);
      if (latency !== null) {
        times.starts.push(record.start_ms);
        times.ends.push(record.start_ms + latency);
      }
      if (chunks === null) return;
      lists.ttft.push(chunks.first);
      if (latency !== null && tokens > 1) lists.tpot.push((latency - chunks.first) / (tokens - 1));
      for (const gap of chunks.gaps) lists.itl.push(gap);
      const { first, gaps } = chunks;
      for (const time of chunkTimes({ first_output_ms: first, chunk_gaps_ms: gaps }, record.start_ms))
        times.tokens.push(time);
    },
    build({ args, model, concurrency, unfinishedRequests }) {
      const duration = span.seconds();
      const backend = String(args['url'] ?? '').endsWith('/chat/completions') ? 'openai-chat' : 'openai';
      const { completed, failed, input, output } = totals;
      return {
        date: startedAt === null ? null : formatDate(startedAt),
        endpoint_type: backend,
        backend,
        label: null,
        model_id: model,
        tokenizer_id: args['tokenizer_path'] ?? null,
        num_prompts: completed + failed + unfinishedRequests,
        // A closed loop.
        request_rate: 'inf',
        burstiness: 1,
        max_concurrency: concurrency,
        duration,
        completed,
        failed: failed + unfinishedRequests,
        total_input_tokens: input,
        total_output_tokens: output,
        request_throughput: perSecond(completed, duration),
        request_goodput: null,
        output_throughput: perSecond(output, duration),
        total_token_throughput: input === null ? null : perSecond(input + output, duration),
        max_output_tokens_per_s: findBusiestSecond(times.tokens.sorted(), times.starts.sorted().at(0) ?? null),
        max_concurrent_requests: countMostUnderWay(times.starts.sorted(), times.ends.sorted()),
        rtfx: 0,
        ...Object.fromEntries(Object.entries(lists).flatMap(([name, list]) => describe(name, list))),
      };
    },
  };
}

/** vLLM's form of a time, here of the first request, in UTC. */
function formatDate(iso: string): string {
  return iso.slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
}

function describe(name: string, list: NumberList): [string, number | null][] {
  return [
    [`mean_${name}_ms`, list.mean()],
    [`median_${name}_ms`, choosePercentile('linear')(list.sorted(), 50)],
    [`std_${name}_ms`, list.deviation()],
    [`p99_${name}_ms`, list.percentile(99)],
  ];
}

/** Chunks in the fullest second, seconds being counted from the first start of a request that completed. */
function findBusiestSecond(times: SortedValues, firstStart: number | null): number | null {
  if (firstStart === null || times.length === 0) return null;
  let most = 0;
  let second = -1;
  let count = 0;
  for (let rank = 0; rank < times.length; rank++) {
    const current = Math.floor(((times.at(rank) as number) - firstStart) / 1000);
    count = current === second ? count + 1 : 1;
    second = current;
    most = Math.max(most, count);
  }
  return most;
}

/** The chunks of a streamed, completed request as tools that look at `choices` see them; milliseconds. */
interface ChoiceChunks {
  /** First event with `choices`, which may hold a role and no token. */
  readonly first: number;
  /** Gaps between successive events with `choices`, as far as the record holds them. */
  readonly gaps: readonly number[];
}

/**
 * A record keeps the first event with `choices`, the first with output and the gaps between chunks with output. Further
 * events without output (a last one that holds the finish reason alone) are not in it, so their gaps are missing here.
 *
 * @returns null for a request that was not streamed
 */
function readChoiceChunks(record: RequestRecord): ChoiceChunks | null {
  const { first_choices_ms: first, first_output_ms: output, chunk_gaps_ms: gaps } = record;
  if (first === null || output === null) return null;
  return output > first ? { first, gaps: [output - first, ...gaps] } : { first, gaps };
}
