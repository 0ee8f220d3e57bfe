import type { RequestRecord } from '../measure/request-record.ts';
import { hasOneChoice } from '../shared/has-one-choice.ts';
import { computeAfterOutput } from './after-output.ts';
import { computeFluidity, DEFAULT_DEADLINE_MS } from './fluidity.ts';
import type { MetricUnit, PooledMetric, RequestMetric, SummaryStatistic } from './metric.ts';
import { computeRate } from './rate.ts';
import { computeReasoningShare } from './reasoning-share.ts';
import { computeReaderWaits, computeStalled, DEFAULT_READING_MS, DEFAULT_STALL_MS } from './stalls.ts';
import { isConnectingLarge, withoutConnecting } from './without-connecting.ts';

/** Every number of a request, and ITL, of which a request has many, in the order of the tables. */
const TABLE = [
  {
    name: 'ttft',
    title: 'TTFT',
    unit: 'ms',
    better: 'lower',
    rows: 'all',
    summarized: ['avg'],
    of: 'timed',
    adjustable: true,
    meaning: 'Time to first token: from just before the request is sent to the first event that `--ttft-rule` names',
    noneWhen: 'without streaming, and where no such event came',
    read: (record) => record.ttft_ms,
  },
  {
    name: 'connect',
    title: 'Connecting',
    unit: 'ms',
    better: 'lower',
    rows: 'mean',
    isTold: isConnectingLarge,
    of: 'timed',
    meaning:
      'What connecting took, as part of TTFT and latency: DNS, TCP, the tunnel of a proxy, TLS; 0 on a kept connection. Where k6/x/sse does not say it, k6 has the samples of probes instead',
    noneWhen: 'in streams of k6/x/sse',
    read: (record) => record.connect_ms,
  },
  {
    name: 'ttft_connected',
    title: 'TTFT without connecting',
    unit: 'ms',
    better: 'lower',
    trend: null,
    rows: 'all',
    isTold: isConnectingLarge,
    of: 'timed',
    adjustable: true,
    withConnecting: 'ttft',
    meaning:
      'TTFT less what connecting took, as tools measure it that keep their connections: exact where the record says it, else the statistics of TTFT less the median of the probes',
    noneWhen: 'where TTFT has none, and without three probes where no record says it',
    read: (record) => withoutConnecting(record.ttft_ms, record),
  },
  {
    name: 'first_content',
    title: 'First visible text',
    unit: 'ms',
    better: 'lower',
    rows: 'all',
    // Without reasoning it is TTFT once more.
    isTold: (mean) => mean('first_content') !== mean('ttft'),
    of: 'timed',
    adjustable: true,
    meaning:
      'From just before the request is sent to the first event with visible answer text; reasoning is not visible',
    noneWhen: 'without streaming, and where no text came',
    read: (record) => record.first_content_ms,
  },
  {
    name: 'tpot',
    title: 'TPOT',
    unit: 'ms',
    better: 'lower',
    rows: 'all',
    summarized: ['avg'],
    of: 'timed',
    meaning:
      'Time per output token: `(last output - TTFT) / (output tokens - 1)`; with several choices that of each one',
    noneWhen: 'below two output tokens, without streaming, and where the transport shows no events',
    source: 'vLLM, SGLang, evalscope 1.14',
    read: (record) => record.tpot_ms,
    // As in vLLM, which takes the pace of a single token for 0.
    short: ({ output_tokens, choices = 1 }) => (output_tokens !== null && output_tokens <= choices ? 0 : null),
  },
  {
    name: 'itl',
    title: 'ITL',
    unit: 'ms',
    better: 'lower',
    rows: 'all',
    summarized: ['avg', 'p50', 'p99'],
    of: 'timed',
    meaning:
      'Inter-token latency: the gaps between successive chunks with output, of each choice, pooled over all requests',
    noneWhen: 'below two chunks with output, and where the transport shows no events',
    readAll: (record) => record.chunk_gaps_ms,
  },
  {
    name: 'second_output',
    title: 'Time to second output',
    unit: 'ms',
    better: 'lower',
    rows: 'mean',
    of: 'timed',
    meaning:
      'From the first chunk with output to the second: the first step of decoding, with the way from prefill to it',
    noneWhen: 'below two chunks with output, with several choices, and where the transport shows no events',
    source: "aiperf's time to second token",
    read: (record) => (hasOneChoice(record) ? (record.chunk_gaps_ms[0] ?? null) : null),
  },
  {
    name: 'max_itl',
    title: 'Longest gap',
    unit: 'ms',
    better: 'lower',
    trend: null,
    of: 'timed',
    meaning: 'The longest gap between two chunks with output of a request',
    noneWhen: 'below two chunks with output, and where the transport shows no events',
    read: ({ chunk_gaps_ms }) => findLargest(chunk_gaps_ms),
    short: (record) => (hasOneChunk(record) ? 0 : null),
  },
  {
    name: 'fluidity',
    title: 'Fluidity index',
    unit: 'share',
    better: 'higher',
    rows: 'mean',
    of: 'timed',
    parameter: { unit: 'ms', default: DEFAULT_DEADLINE_MS, readGaps: computeFluidity },
    meaning:
      'Deadlines met / deadlines, of the tokens after the first: each is due 25 ms, or as long as a gate says, after the one before; what is ahead is slack, and a late one misses all deadlines that passed. Each output of an answer has an equal part of its tokens, which come at once',
    noneWhen: 'below two chunks with output, with several choices, and where the transport shows no events',
    source: 'Etalon, arXiv 2407.07000, with the first token as the start',
    read: (record) =>
      hasOneChoice(record) ? computeFluidity(record.chunk_gaps_ms, DEFAULT_DEADLINE_MS, record.output_tokens) : null,
    short: (record) => (hasOneChunk(record) ? 1 : null),
  },
  {
    name: 'stalled',
    title: 'Answers with a stall',
    unit: 'share',
    better: 'lower',
    trend: null,
    of: 'timed',
    parameter: { unit: 'ms', default: DEFAULT_STALL_MS, readGaps: computeStalled },
    meaning: '1 where two outputs of an answer lie more than 500 ms, or as long as a gate says, apart; else 0',
    noneWhen: 'below two chunks with output, with several choices, and where the transport shows no events',
    read: (record) => (hasOneChoice(record) ? computeStalled(record.chunk_gaps_ms, DEFAULT_STALL_MS) : null),
    short: (record) => (hasOneChunk(record) ? 0 : null),
  },
  {
    name: 'reader_waits',
    title: 'Answers in which a reader waits',
    unit: 'share',
    better: 'lower',
    trend: null,
    of: 'timed',
    parameter: { unit: 'ms', default: DEFAULT_READING_MS, readGaps: computeReaderWaits },
    meaning:
      '1 where some output comes later than someone needs it who begins with the first one and takes 150 ms for each token (5 words/s at three quarters of a word a token), or as long as a gate says; else 0. Each output of an answer has an equal part of its tokens',
    noneWhen: 'below two chunks with output, with several choices, and where the transport shows no events',
    read: (record) => (hasOneChoice(record) ? readReaderWaits(record) : null),
    short: (record) => (hasOneChunk(record) ? 0 : null),
  },
  {
    name: 'latency',
    title: 'Latency',
    unit: 'ms',
    better: 'lower',
    rows: 'all',
    summarized: ['avg'],
    of: 'timed',
    adjustable: true,
    meaning:
      'From just before the request is sent to the last event that carries a chunk, usage included; without streaming to the complete body',
    read: (record) => record.latency_ms,
  },
  {
    name: 'latency_connected',
    title: 'Latency without connecting',
    unit: 'ms',
    better: 'lower',
    trend: null,
    rows: 'all',
    isTold: isConnectingLarge,
    of: 'timed',
    adjustable: true,
    withConnecting: 'latency',
    meaning: 'Latency less what connecting took, in the same way',
    noneWhen: 'without three probes where no record says it',
    read: (record) => withoutConnecting(record.latency_ms, record),
  },
  {
    name: 'after_output',
    title: 'Latency after the last output',
    unit: 'ms',
    better: 'lower',
    summarized: ['avg'],
    of: 'timed',
    meaning:
      'From the last chunk with output to the end of the latency: usage, or the verdict of a filter, that comes late',
    noneWhen: 'without streaming, and where the transport shows no events',
    read: computeAfterOutput,
  },
  {
    name: 'output_speed',
    title: 'Output tokens/s of a request',
    unit: 'tokens/s',
    better: 'higher',
    key: 'request_output_tokens_per_s',
    trend: 'llm_output_throughput',
    rows: 'mean',
    of: 'timed',
    meaning: 'Output tokens of a request / its latency',
    noneWhen: 'where the tokens are not known',
    read: ({ output_tokens, latency_ms }) => computeRate(output_tokens, latency_ms),
  },
  {
    name: 'input_tokens',
    title: 'Input tokens',
    unit: 'tokens',
    better: null,
    summarized: ['avg', 'total', 'requests'],
    of: 'completed',
    meaning: "Tokens of the prompt, by the server's usage, else by a tokenizer or the dataset",
    noneWhen: 'where nobody counted them',
    read: (record) => record.input_tokens,
  },
  {
    name: 'extra_input_tokens',
    title: 'Input tokens beyond the prompt',
    unit: 'tokens',
    better: null,
    trend: null,
    rows: 'mean',
    of: 'completed',
    meaning:
      'Tokens of the prompt by the server, less those that the dataset says: the chat template of the model, and what its tokenizer counts otherwise',
    noneWhen: 'where one of the two did not count',
    read: ({ input_tokens, prepared_tokens }) => prepared_tokens && (input_tokens as number) - prepared_tokens,
  },
  {
    name: 'image_tokens',
    title: 'Picture tokens',
    unit: 'tokens',
    better: null,
    trend: null,
    rows: 'mean',
    of: 'completed',
    meaning: "Tokens of the prompt's pictures, which are among its input tokens, by the server's usage",
    noneWhen: 'where usage does not tell them apart',
    read: (record) => record.image_tokens ?? null,
  },
  {
    name: 'inputs',
    title: 'Inputs',
    unit: 'inputs',
    better: null,
    trend: null,
    of: 'completed',
    meaning: 'Texts that were embedded, or documents that were ranked',
    noneWhen: 'where the answer is text',
    read: (record) => record.inputs ?? null,
  },
  {
    name: 'output_tokens',
    title: 'Output tokens',
    unit: 'tokens',
    better: null,
    rows: 'mean',
    summarized: ['avg', 'total', 'requests'],
    of: 'completed',
    meaning: "Tokens of the answer, by the server's usage, else by a tokenizer, else the number of chunks",
    noneWhen: 'where nobody counted them',
    read: (record) => record.output_tokens,
  },
  {
    name: 'chunks',
    title: 'Chunks',
    unit: 'chunks',
    better: null,
    summarized: ['avg'],
    of: 'timed',
    meaning: 'Chunks that carry output',
    noneWhen: 'where the transport shows no events',
    read: (record) => (seesChunks(record) ? record.chunks : null),
  },
  {
    name: 'reasoning_share',
    title: 'Reasoning share of chunks',
    unit: 'share',
    better: null,
    key: 'reasoning_ratio',
    rows: 'mean',
    isTold: (mean) => (mean('reasoning_share') ?? 0) > 0,
    of: 'timed',
    meaning: 'Chunks whose output is reasoning alone / chunks that carry output',
    noneWhen: 'without streaming, with several choices, and where the transport shows no events',
    read: (record) => (record.stream && hasOneChoice(record) ? computeReasoningShare(record) : null),
  },
  {
    name: 'late',
    title: 'Late start',
    unit: 'ms',
    better: 'lower',
    summarized: ['p99'],
    of: 'every',
    meaning: 'How late the client started a request against its schedule, less the wait for a free place',
    noneWhen: 'in a closed loop',
    read: ({ late_ms, queued_ms }) => (late_ms === null ? null : late_ms - (queued_ms ?? 0)),
  },
  {
    name: 'queued',
    title: 'Wait in the client',
    unit: 'ms',
    better: 'lower',
    of: 'every',
    meaning: 'How long a request of an open loop waited in the client for a free place',
    noneWhen: 'in a closed loop',
    read: (record) => record.queued_ms,
  },
  {
    name: 'ttft_scheduled',
    title: 'TTFT from the schedule',
    unit: 'ms',
    better: 'lower',
    of: 'timed',
    meaning: 'TTFT and how late the request started against its schedule: free of coordinated omission',
    noneWhen: 'in a closed loop, and where there is no TTFT',
    read: ({ ttft_ms, late_ms }) => (ttft_ms === null || late_ms === null ? null : ttft_ms + late_ms),
  },
  {
    name: 'latency_scheduled',
    title: 'Latency from the schedule',
    unit: 'ms',
    better: 'lower',
    of: 'timed',
    meaning: 'Latency and how late the request started against its schedule: free of coordinated omission',
    noneWhen: 'in a closed loop',
    read: ({ latency_ms, late_ms }) => (latency_ms === null || late_ms === null ? null : latency_ms + late_ms),
  },
  {
    name: 'cancelled_ttft',
    title: 'TTFT of cancelled requests',
    unit: 'ms',
    better: 'lower',
    of: 'every',
    meaning: 'TTFT of a request that was given up on purpose later, which is in no other time',
    noneWhen: 'where no token had come',
    read: (record) => (record.clock_steps === undefined ? ifCancelled(record, record.ttft_ms) : null),
  },
  {
    name: 'cancelled_output_tokens',
    title: 'Output tokens of cancelled requests',
    unit: 'tokens',
    better: null,
    trend: null,
    of: 'every',
    meaning: 'Output tokens that had come when a request was given up on purpose; they are in no throughput',
    noneWhen: 'where none had come',
    read: (record) => ifCancelled(record, record.output_tokens),
  },
  {
    name: 'client_lag',
    title: 'Client lag',
    unit: 'ms',
    better: 'lower',
    summarized: ['p50', 'p99', 'max'],
    shownRows: [['p99', 'Client lag, p99 (ms)']],
    of: 'every',
    meaning: 'How late a timer of the client fired, last measured before the request was sent',
    noneWhen: 'where nobody measured',
    read: (record) => record.client_lag_ms ?? null,
  },
] as const satisfies readonly (Row<RequestMetric> | Row<PooledMetric>)[];

/** Without a Trend of k6, or a key, of its own an entry has those that are called after it: `llm_ttft`, `ttft_ms`. */
type Row<Metric extends RequestMetric | PooledMetric> = Omit<Metric, 'trend' | 'key'> &
  Partial<Pick<Metric, 'trend' | 'key'>>;

type Entry = (typeof TABLE)[number];

/** Of what statistics can be taken: one number a request, or `itl`. */
export type StatisticMetricName = Entry['name'];
export type RequestMetricName = Exclude<Entry, { readonly readAll: unknown }>['name'];
/** The metrics that tables of intervals, the steady state and comparisons know. */
export type ComparedMetricName = Extract<Entry, { readonly rows: string }>['name'];
export type ComparedMetricKey = KeyOf<Extract<Entry, { readonly rows: string }>>;

type KeyOf<E> = E extends { readonly key: infer Key extends string }
  ? Key
  : E extends { readonly name: infer Name extends string; readonly unit: infer Unit }
    ? WithUnit<Name, Unit>
    : never;
type WithUnit<Name extends string, Unit> = Unit extends 'ms' ? `${Name}_ms` : Name;

type SummarizedKey<E> = E extends {
  readonly name: infer Name extends string;
  readonly unit: infer Unit;
  readonly summarized: readonly (infer Statistic extends string)[];
}
  ? WithUnit<`${Name}_${Statistic}`, Unit>
  : never;

/** The numbers that the table gives every summary; null without values. */
export type SummaryNumbers = Readonly<Record<SummarizedKey<Entry>, number | null>>;

type Named<Metric, Name> = Metric & { readonly name: Name };

export const STATISTIC_METRICS: readonly Named<RequestMetric | PooledMetric, StatisticMetricName>[] =
  TABLE.map(completeRow);

function completeRow(row: Row<RequestMetric> | Row<PooledMetric>) {
  const named = {
    trend: `llm_${row.name}`,
    key: withUnit(row.name, row.unit),
    ...row,
  };
  return named as Named<RequestMetric | PooledMetric, StatisticMetricName>;
}

/** The metrics that tables of intervals, the steady state and comparisons know. */
export const COMPARED_METRICS = STATISTIC_METRICS.filter(({ rows }) => rows !== undefined) as readonly (Named<
  RequestMetric | PooledMetric,
  ComparedMetricName
> & { readonly key: ComparedMetricKey })[];

export const REQUEST_METRICS = STATISTIC_METRICS.filter((metric) => 'read' in metric) as readonly Named<
  RequestMetric,
  RequestMetricName
>[];

/** The gaps between chunks: many values a request. */
export const POOLED = STATISTIC_METRICS.find((metric) => 'readAll' in metric) as Named<PooledMetric, 'itl'>;

/** What a summary calls a statistic of a metric. */
export function summaryKey(
  { name, unit }: Pick<RequestMetric, 'name' | 'unit'>,
  statistic: SummaryStatistic,
): keyof SummaryNumbers {
  return withUnit(`${name}_${statistic}`, unit) as keyof SummaryNumbers;
}

function withUnit(name: string, unit: MetricUnit): string {
  return unit === 'ms' ? `${name}_ms` : name;
}

function ifCancelled({ outcome }: RequestRecord, value: number | null): number | null {
  return outcome === 'cancelled' ? value : null;
}

function readReaderWaits(record: RequestRecord): number | null {
  return computeReaderWaits(record.chunk_gaps_ms, DEFAULT_READING_MS, record.output_tokens);
}

/** Without events, chunks are known, but not as packages that arrived one by one. */
function seesChunks({ ttft_rule }: RequestRecord): boolean {
  return ttft_rule !== 'first-byte';
}

/** Too short for a gap: each choice is one chunk. */
function hasOneChunk(record: RequestRecord): boolean {
  return seesChunks(record) && record.chunks !== null && record.chunks <= (record.choices ?? 1);
}

function findLargest(values: readonly number[]): number | null {
  let largest: number | null = null;
  for (const value of values) if (largest === null || value > largest) largest = value;
  return largest;
}
