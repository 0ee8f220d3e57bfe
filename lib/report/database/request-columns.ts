import type { RequestRecord } from '../../measure/request-record.ts';
import { readMetric } from '../../metrics/metric.ts';
import { REQUEST_METRICS } from '../../metrics/request-metrics.ts';

/** One column of a table with a row a request; null where a request has no value. */
export interface RequestColumn {
  readonly name: string;
  /** SQLite's name for what is in it. */
  readonly type: 'TEXT' | 'INTEGER' | 'REAL';
  read(record: RequestRecord): string | number | null;
}

/** Who and what a request was. */
const FACTS: readonly RequestColumn[] = [
  { name: 'request_index', type: 'INTEGER', read: ({ index }) => index },
  { name: 'prompt_index', type: 'INTEGER', read: ({ dataset_index }) => dataset_index },
  { name: 'scenario', type: 'TEXT', read: ({ scenario }) => scenario },
  { name: 'model', type: 'TEXT', read: ({ model }) => model },
  { name: 'api', type: 'TEXT', read: ({ api }) => api },
  { name: 'started_at', type: 'TEXT', read: ({ started_at }) => started_at },
  { name: 'start_ms', type: 'REAL', read: ({ start_ms }) => start_ms },
  { name: 'end_ms', type: 'REAL', read: ({ end_ms }) => end_ms },
  { name: 'outcome', type: 'TEXT', read: ({ outcome }) => outcome },
  { name: 'status', type: 'INTEGER', read: ({ status }) => status },
  { name: 'failure_kind', type: 'TEXT', read: ({ failure }) => failure?.kind ?? null },
  { name: 'failure_detail', type: 'TEXT', read: ({ failure }) => failure?.detail ?? null },
  { name: 'finish_reason', type: 'TEXT', read: ({ finish_reason }) => finish_reason },
];

const METRICS = REQUEST_METRICS.map((metric): RequestColumn => {
  const isCount = metric.unit === 'tokens' || metric.unit === 'chunks';
  return { name: metric.key, type: isCount ? 'INTEGER' : 'REAL', read: (record) => readMetric(metric, record) };
});

const DETAILS: readonly RequestColumn[] = [
  { name: 'cached_tokens', type: 'INTEGER', read: ({ cached_tokens }) => cached_tokens },
  { name: 'token_source', type: 'TEXT', read: ({ token_source }) => token_source },
  { name: 'reasoning_chunks', type: 'INTEGER', read: ({ reasoning_chunks }) => reasoning_chunks },
  { name: 'retry_after_s', type: 'REAL', read: ({ retry_after_s }) => retry_after_s },
  { name: 'conversation_id', type: 'TEXT', read: ({ conversation }) => conversation?.id ?? null },
  { name: 'turn', type: 'INTEGER', read: ({ conversation }) => conversation?.turn ?? null },
  { name: 'run_id', type: 'TEXT', read: ({ run_id }) => run_id },
  { name: 'segment', type: 'TEXT', read: ({ segment }) => segment },
];

/**
 * The columns of the view `requests` and of `export --dialect csv|parquet`: a row a request, failed ones too, times in
 * milliseconds. Each number is there for the requests that its metric is of, as docs/metrics.md says.
 */
export const REQUEST_COLUMNS: readonly RequestColumn[] = [...FACTS, ...METRICS, ...DETAILS];
