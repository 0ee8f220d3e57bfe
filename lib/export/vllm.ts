import { chunkTimes } from '../measure/chunk-times.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { ownValue } from '../shared/own-value.ts';
import type { Milliseconds } from '../shared/units.ts';
import { choosePercentile } from '../stats/percentile-rule.ts';
import type { SortedValues } from '../stats/sorted-values.ts';
import { countMostUnderWay } from '../stats/under-way.ts';
import type { Dialect } from './dialect.ts';
import { createNumberLists, type NumberList } from './number-list.ts';
import { createRunSpan, perSecond } from './run-span.ts';
import { readSeenTimes } from './seen-times.ts';

/**
 * `vllm bench serve --save-result`, with `--percentile-metrics ttft,tpot,itl,e2el`.
 *
 * Source: vLLM's `vllm/benchmarks/serve.py` (`calculate_metrics`, and where `result` is built) and
 * `lib/endpoint_request_func.py`. TTFT ends at the first chunk with `choices`, the request at the last one; TPOT is
 * `(E2EL - TTFT) / (tokens - 1)`, nothing below two tokens; ITL are the gaps between chunks with `choices`, pooled;
 * percentiles are numpy's. The last chunk with output is taken for the last one with `choices`. Where vLLM writes 0 for
 * want of values, this writes null.
 */
export function createVllmDialect(): Dialect {
  const lists = createNumberLists('ttft', 'tpot', 'itl', 'e2el');
  const span = createRunSpan();
  const times = createNumberLists('starts', 'ends', 'tokens');
  let startedAt: string | null = null;
  /** Whether the records hold when each chunk came. */
  let seesAllChunks = true;
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
      const { latency, gaps } = readSeenTimes(record);
      // Without a count and without a tokenizer, vLLM takes one token for an answer.
      const tokens = record.output_tokens ?? 1;
      totals.completed += 1;
      if (record.input_tokens !== null) totals.input = (totals.input ?? 0) + record.input_tokens;
      totals.output += tokens;
      const first = readFirstChoices(record);
      if (latency === null || (first !== null && gaps === null)) seesAllChunks = false;
      if (latency === null) return;
      lists.e2el.push(latency);
      times.starts.push(record.start_ms);
      times.ends.push(record.start_ms + latency);
      if (first === null) return;
      lists.ttft.push(first);
      if (tokens > 1) lists.tpot.push((latency - first) / (tokens - 1));
      if (gaps === null) return;
      const all = listGaps(record, first, gaps);
      for (const gap of all) lists.itl.push(gap);
      for (const time of chunkTimes({ first_output_ms: first, chunk_gaps_ms: all }, record.start_ms))
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
        ...describeArrivals(args),
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
        max_output_tokens_per_s: seesAllChunks
          ? findBusiestSecond(times.tokens.sorted(), times.starts.sorted().at(0) ?? null)
          : null,
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

/**
 * The first event with `choices`, which may hold a role and no token.
 *
 * @returns null for a request that was not streamed
 */
function readFirstChoices({ first_choices_ms, first_output_ms }: RequestRecord): Milliseconds | null {
  return first_output_ms === null ? null : first_choices_ms;
}

/**
 * The gaps between successive events with `choices`. A record keeps the first one, the first with output and the gaps between chunks
 * with output. Further events without output (a last one that holds the finish reason alone) are not in it, so their gaps
 * are missing here.
 */
function listGaps(
  { first_output_ms: output }: RequestRecord,
  first: Milliseconds,
  gaps: readonly Milliseconds[],
): readonly Milliseconds[] {
  return output !== null && output > first ? [output - first, ...gaps] : gaps;
}

/** Of an open loop its rate and the shape of its gaps; null for what vLLM has no word for. A closed loop is its `inf`. */
function describeArrivals(args: Readonly<Record<string, unknown>>): {
  readonly request_rate: number | 'inf' | null;
  readonly burstiness: number | 'inf' | null;
} {
  const { rate, arrival, burstiness } = args;
  const hasOther = ['rate_stages', 'ramp_up_strategy', 'schedule'].some((key) => (args[key] ?? null) !== null);
  if (hasOther) return { request_rate: null, burstiness: null };
  if (typeof rate !== 'number' || rate < 0) return { request_rate: 'inf', burstiness: 1 };
  const shape = typeof burstiness === 'number' ? burstiness : burstiness === 'inf' ? 'inf' : 1;
  const shapes: Readonly<Record<string, number | 'inf' | null>> = { constant: 'inf', poisson: 1, gamma: shape };
  return {
    request_rate: rate,
    burstiness: typeof arrival === 'string' ? (ownValue(shapes, arrival) ?? null) : shape,
  };
}
