import type { RequestRecord } from '../measure/request-record.ts';
import { readRetryAfter } from '../measure/retry-after.ts';
import { hasTimings } from '../metrics/metric.ts';
import type { CountedRequest } from '../metrics/request-counters.ts';
import {
  POOLED,
  REQUEST_METRICS,
  type RequestMetricName,
  type StatisticMetricName,
} from '../metrics/request-metrics.ts';
import { createGrowable } from '../shared/growable.ts';
import { createRecent } from '../shared/recent.ts';
import { COALESCED_BELOW_MS, type Milliseconds } from '../shared/units.ts';
import { type AnswerNote, createAnswerTally } from './answer-tally.ts';
import { type ChunkGaps, createChunkGapsBuilder } from './chunk-gaps.ts';
import { type ConnectingEstimate, estimateConnecting } from './connecting-estimate.ts';
import { type ConversationsBuilder, createConversationsBuilder } from './conversations.ts';
import { createNumberColumn, type NumberColumn } from './number-column.ts';
import { orderBy } from './order-by.ts';
import { createLabelTable, type RequestLabel } from './request-label.ts';
import { sortGaps } from './sorted-gaps.ts';
import { countBelow, type SortedValues, sortValues } from './sorted-values.ts';
import { computeTimeTaken } from './time-taken.ts';

/** What is kept of a request beside its metrics. */
const STAMPS = {
  index: (record) => record.index,
  start_ms: (record) => record.start_ms,
  end_ms: (record) => record.end_ms,
  scheduled_ms: (record) => record.scheduled_ms,
  first_choices_ms: (record) => record.first_choices_ms,
  first_output_ms: (record) => record.first_output_ms,
  /** Of completed requests. */
  cached_tokens: (record) => (record.outcome === 'completed' ? record.cached_tokens : null),
  /** Of failed requests. */
  retry_after_s: (record) => (record.failure === null ? null : readRetryAfter(record)),
} as const satisfies Readonly<Record<string, (record: RequestRecord) => number | null>>;

/** `short_`: what limits take in place of a metric for requests that are too short to have it. */
type ColumnName = RequestMetricName | keyof typeof STAMPS | `short_${RequestMetricName}`;

/** Whether requests of a label are meant. */
export type LabelFilter = (label: RequestLabel) => boolean;

/** The requests of a run as columns of numbers, in the order they came; warm-up requests are apart. */
export interface RunData {
  readonly count: number;
  /** Those that warmed the service up; null without any. */
  readonly warmups: RunData | null;
  /** Those of the light user beside the load; null without any. */
  readonly probes: RunData | null;
  /** Requests that were sent and left no record: failures without times. */
  readonly unfinished: number;
  readonly labels: readonly RequestLabel[];
  /** The number of each request's label. */
  readonly labelOf: Uint32Array;
  /** Of completed requests. */
  readonly gaps: ChunkGaps;
  /** Requests by finish reason, failed ones too; a request without one is in none. */
  readonly finishReasons: Readonly<Record<string, number>>;
  readonly answerNotes: readonly AnswerNote[];
  /** Empty where every request is a prompt of its own. */
  readonly conversations: ReturnType<ConversationsBuilder['build']>;
  /** What connecting takes, where probes alone tell of it; else null. */
  readonly connecting: ConnectingEstimate | null;
  /** Null without requests. */
  readonly firstStart: Milliseconds | null;
  /** Last end of a request minus first start, whatever came of them; null without requests. */
  readonly timeTaken: Milliseconds | null;
  /** The requests in the order in which they ended. */
  byEnd(): Uint32Array;
  /** A number as the records have it; NaN for a request without one. */
  column(name: ColumnName): Float64Array;
  /** A metric of the requests that have it, as its `of` says; NaN for others. */
  values(name: RequestMetricName): Float64Array;
  /** A metric of all requests that have it, in order; the last ones that were asked for are held. */
  sorted(name: StatisticMetricName): SortedValues;
}

/** Takes the records of a run in any order. */
export interface RunDataBuilder {
  add(record: RequestRecord): void;
  /**
   * May be called more than once, with records added in between.
   *
   * @param connectProbes what connecting took beside the requests
   */
  build(unfinishedRequests?: number, connectProbes?: readonly Milliseconds[]): RunData;
}

const READERS: readonly (readonly [ColumnName, (record: RequestRecord) => number | null])[] = [
  ...(Object.entries(STAMPS) as [keyof typeof STAMPS, (record: RequestRecord) => number | null][]),
  ...REQUEST_METRICS.map(({ name, read }) => [name, read] as const),
  ...REQUEST_METRICS.flatMap(({ name, read, short }) =>
    short === undefined
      ? []
      : [[`short_${name}`, (record: RequestRecord) => (read(record) === null ? short(record) : null)] as const],
  ),
];

/**
 * Keeps of a run what every table, interval, gate, chart and file is made of.
 *
 * Four or eight bytes for each metric that any request has, none where all requests have the same number, twelve more for a
 * label and the place of the gaps, and two a gap: about 110 bytes a request of a closed loop and its gaps.
 */
export function createRunDataBuilder(): RunDataBuilder {
  const columns = new Map<ColumnName, NumberColumn>();
  const labelOf = createGrowable((length) => new Uint32Array(length));
  const table = createLabelTable();
  const gaps = createChunkGapsBuilder();
  const answers = createAnswerTally();
  const conversations = createConversationsBuilder();
  let warmups: RunDataBuilder | null = null;
  let probes: RunDataBuilder | null = null;

  /** Before the first number there is no column, and after it none is missing. */
  function put(name: ColumnName, value: number | null): void {
    const known = columns.get(name);
    if (known !== undefined) known.push(value ?? Number.NaN);
    else if (value !== null) {
      const column = createNumberColumn();
      for (let i = 0; i < labelOf.length; i++) column.push(Number.NaN);
      column.push(value);
      columns.set(name, column);
    }
  }

  return {
    add(record) {
      if (record.warmup === true) {
        warmups ??= createRunDataBuilder();
        warmups.add(withoutMark(record));
        return;
      }
      if (record.probe === true) {
        probes ??= createRunDataBuilder();
        probes.add(withoutMark(record));
        return;
      }
      for (const [name, read] of READERS) put(name, read(record));
      labelOf.push(table.add(record));
      gaps.add(record.outcome === 'completed' ? record.chunk_gaps_ms : []);
      answers.add(record);
      conversations.add(record);
    },
    build: (unfinishedRequests = 0, connectProbes = []) =>
      createRunData({
        connecting: columns.has('connect') ? null : estimateConnecting(connectProbes),
        warmups: warmups?.build() ?? null,
        probes: probes?.build() ?? null,
        unfinished: unfinishedRequests,
        labels: [...table.labels],
        labelOf: labelOf.values(),
        gaps: gaps.build(),
        finishReasons: answers.finishReasons(),
        answerNotes: answers.notes(),
        conversations: conversations.build(),
        held: new Map(Array.from(columns, ([name, column]) => [name, column.build()])),
      }),
  };
}

function withoutMark({ warmup, probe, ...record }: RequestRecord): RequestRecord {
  return record;
}

type Parts = Pick<
  RunData,
  | 'warmups'
  | 'probes'
  | 'unfinished'
  | 'labels'
  | 'labelOf'
  | 'gaps'
  | 'finishReasons'
  | 'answerNotes'
  | 'conversations'
  | 'connecting'
> & {
  readonly held: ReadonlyMap<ColumnName, () => Float64Array>;
};

/** Lists that are remembered: in a run of 1,000,000 requests each column takes 8 MB, and in order 4. */
const RECENT_COLUMNS = 3;
const RECENT_SORTED = 5;

function createRunData({ held, ...parts }: Parts): RunData {
  const count = parts.labelOf.length;
  const recent = createRecent(RECENT_SORTED, (name: RequestMetricName) => sortSelected(data, name));
  let pooled: SortedValues | null = null;
  let byEnd: Uint32Array | null = null;
  let none: Float64Array | null = null;
  const column = createRecent(RECENT_COLUMNS, (name: ColumnName): Float64Array => {
    none ??= held.has(name) ? null : new Float64Array(count).fill(Number.NaN);
    return held.get(name)?.() ?? (none as Float64Array);
  });
  const firstStart = count === 0 ? null : column('start_ms').reduce((least, value) => Math.min(least, value));
  const lastEnd = count === 0 ? null : column('end_ms').reduce((most, value) => Math.max(most, value));
  const data: RunData = {
    ...parts,
    count,
    firstStart,
    timeTaken: computeTimeTaken(firstStart, lastEnd),
    byEnd: () => {
      byEnd ??= orderBy(column('end_ms'));
      return byEnd;
    },
    column,
    values: (name) => selectValues(data, name),
    sorted(name) {
      if (name !== POOLED.name) return recent(name);
      pooled ??= sortSelected(data, name);
      return pooled;
    },
  };
  return data;
}

/** Tells of a request, by its place, whether its label is meant. */
export function testLabels({ labels, labelOf }: RunData, isMeant: LabelFilter): (request: number) => boolean {
  const marks = labels.map(isMeant);
  return (request) => marks[labelOf[request] as number] as boolean;
}

/** The places of the requests whose label is meant, in the order they came. */
export function listRequests(data: RunData, isMeant: LabelFilter): Uint32Array {
  const isListed = testLabels(data, isMeant);
  const requests = new Uint32Array(data.count);
  let listed = 0;
  for (let request = 0; request < data.count; request++) if (isListed(request)) requests[listed++] = request;
  return requests.subarray(0, listed);
}

const OF: Readonly<Record<'timed' | 'completed' | 'every', LabelFilter>> = {
  timed: hasTimings,
  completed: ({ outcome }) => outcome === 'completed',
  every: () => true,
};

/**
 * A metric of the requests that have it, by its `of`, and whose label is meant; NaN for others. Less the estimate of
 * connecting every mean and percentile is that of the whole less the estimate.
 */
function selectValues(data: RunData, name: RequestMetricName, isMeant: LabelFilter = OF.every): Float64Array {
  const { of, withConnecting } = REQUEST_METRICS.find(
    (metric) => metric.name === name,
  ) as (typeof REQUEST_METRICS)[number];
  const counts = testLabels(data, (label) => OF[of](label) && isMeant(label));
  const isEstimated = withConnecting !== undefined && data.connecting !== null;
  const less = isEstimated ? (data.connecting as ConnectingEstimate).connect_ms : 0;
  return data
    .column(isEstimated ? withConnecting : name)
    .map((value, request) => (counts(request) ? value - less : Number.NaN));
}

/** The same in ascending order; of ITL the gaps of all these requests. */
export function sortSelected(data: RunData, name: StatisticMetricName, isMeant: LabelFilter = OF.every): SortedValues {
  if (name !== POOLED.name) return sortValues(selectValues(data, name, isMeant));
  return sortGaps(
    data.gaps,
    listRequests(data, (label) => hasTimings(label) && isMeant(label)),
  );
}

/** How many gaps timed requests have whose label is meant, and how many of them came together with the one before. */
export function countGaps(
  data: RunData,
  isMeant: LabelFilter = OF.every,
): { readonly gaps: number; readonly coalescedGaps: number } {
  const sorted = isMeant === OF.every ? data.sorted(POOLED.name) : sortSelected(data, POOLED.name, isMeant);
  return { gaps: sorted.length, coalescedGaps: countBelow(sorted, COALESCED_BELOW_MS) };
}

/** Cached tokens, and the input tokens of the requests that tell them. */
export function countCached(
  run: RunData,
  isMeant: LabelFilter = OF.every,
): { readonly cachedTokens: number; readonly cacheableTokens: number } {
  const [input, cached] = [run.values('input_tokens'), run.column('cached_tokens')];
  let [cachedTokens, cacheableTokens] = [0, 0];
  for (const request of listRequests(run, isMeant)) {
    if (Number.isNaN(input[request]) || Number.isNaN(cached[request])) continue;
    cachedTokens += cached[request] as number;
    cacheableTokens += input[request] as number;
  }
  return { cachedTokens, cacheableTokens };
}

/** A request as its record has it, as far as the columns tell. */
export function requestAt(data: RunData, request: number): RequestLabel & CountedRequest {
  const at = (name: ColumnName): number | null => numberAt(data.column(name), request);
  const inputs = at('inputs');
  return {
    ...(data.labels[data.labelOf[request] as number] as RequestLabel),
    ...(inputs === null ? {} : { inputs }),
    input_tokens: at('input_tokens'),
    output_tokens: at('output_tokens'),
    cached_tokens: at('cached_tokens'),
    get chunk_gaps_ms() {
      return [...data.gaps.of(request)];
    },
  };
}

/** A metric that has a parameter, with another one than the tables have; NaN for requests without the metric. */
export function readWithParameter(
  data: RunData,
  name: RequestMetricName,
  parameter: number,
  isMeant?: LabelFilter,
): Float64Array {
  const known = REQUEST_METRICS.find((metric) => metric.name === name)?.parameter;
  const values = selectValues(data, name, isMeant);
  if (known === undefined || known.default === parameter) return values;
  const tokens = data.column('output_tokens');
  return values.map((value, request) =>
    Number.isNaN(value)
      ? value
      : (known.readGaps(data.gaps.of(request), parameter, numberAt(tokens, request)) ?? Number.NaN),
  );
}

/** The number of a request in a column; null where it has none. */
export function numberAt(column: Float64Array, request: number): number | null {
  const value = column[request] as number;
  return Number.isNaN(value) ? null : value;
}

/** 1 for a request that completed, 0 for one that failed, NaN for one that was cancelled: neither good nor bad. */
export function listOutcomes({ labels, labelOf }: RunData): Float64Array {
  const outcomes = labels.map(({ outcome }) =>
    outcome === 'cancelled' ? Number.NaN : outcome === 'completed' ? 1 : 0,
  );
  return Float64Array.from(labelOf).map((label) => outcomes[label] as number);
}

/** The numbers that some requests have in a column, in their order. */
export function pickValues(column: Float64Array, requests: Uint32Array): Float64Array {
  const picked = new Float64Array(requests.length);
  // By hand: `Float64Array.from` takes ten times as long.
  for (let i = 0; i < requests.length; i++) picked[i] = column[requests[i] as number] as number;
  return picked;
}

/** The data of a run whose records are all there. */
export function collectRunData(records: Iterable<RequestRecord>, unfinishedRequests = 0): RunData {
  const builder = createRunDataBuilder();
  for (const record of records) builder.add(record);
  return builder.build(unfinishedRequests);
}
