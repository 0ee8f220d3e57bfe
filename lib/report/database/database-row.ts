import { chunkTimes, findLastOutput } from '../../measure/chunk-times.ts';
import type { RequestRecord } from '../../measure/request-record.ts';
import { hasOneChoice } from '../../shared/has-one-choice.ts';
import { type Milliseconds, roundToSeconds as seconds } from '../../shared/units.ts';
import { formatSecondsList } from './seconds-list.ts';

/** A value that SQLite stores: times in seconds, JSON as text, yes and no as 1 and 0. */
export type DatabaseValue = string | number | null;

/**
 * The columns of table `result`, with SQLite's type: those of evalscope in December 2024 and in 2026 together, so that
 * scripts written for either find theirs.
 */
export const DATABASE_COLUMNS = {
  request: 'TEXT',
  start_time: 'REAL',
  chunk_times: 'TEXT',
  inter_token_latencies: 'TEXT',
  success: 'INTEGER',
  response_messages: 'TEXT',
  completed_time: 'REAL',
  latency: 'REAL',
  first_chunk_latency: 'REAL',
  n_chunks: 'INTEGER',
  chunk_time: 'REAL',
  prompt_tokens: 'INTEGER',
  completion_tokens: 'INTEGER',
  max_gpu_memory_cost: 'REAL',
  time_per_output_token: 'REAL',
  request_id: 'TEXT',
  is_stream: 'INTEGER',
} as const;

export type DatabaseRow = Readonly<Record<keyof typeof DATABASE_COLUMNS, DatabaseValue>>;

function maybeSeconds(value: Milliseconds | null): number | null {
  return value === null ? null : seconds(value);
}

/**
 * A record as a row of the database.
 *
 * Texts are there only when the run kept them: the request as JSON with model and prompt, the answer as a JSON list of one
 * text. As in evalscope, a failed request has no latency, no tokens and nothing derived from them. Where evalscope's
 * columns differ from our definitions, ours hold: `chunk_times` are those of chunks with output, `chunk_time` is from the
 * first to the last of them; with several choices no record holds their order, and there are no `chunk_times`. A request without streaming has no `first_chunk_latency`.
 */
export function buildDatabaseRow(record: RequestRecord): DatabaseRow {
  const completed = record.outcome === 'completed';
  const { chunk_gaps_ms: gaps, first_output_ms: first, prompt, response } = record;
  const last = findLastOutput(record);
  return {
    request: prompt === undefined ? null : JSON.stringify({ model: record.model, prompt, stream: record.stream }),
    start_time: seconds(record.start_ms),
    chunk_times: hasOneChoice(record) ? formatSecondsList(chunkTimes(record, record.start_ms)) : null,
    inter_token_latencies: formatSecondsList(gaps),
    success: record.outcome === 'cancelled' ? null : completed ? 1 : 0,
    response_messages: response === undefined ? null : JSON.stringify([response]),
    completed_time: seconds(record.end_ms),
    latency: completed ? maybeSeconds(record.latency_ms) : null,
    first_chunk_latency: completed ? maybeSeconds(record.ttft_ms) : null,
    n_chunks: completed ? record.chunks : null,
    chunk_time: completed && gaps.length > 0 && first !== null && last !== undefined ? seconds(last - first) : null,
    prompt_tokens: completed ? record.input_tokens : null,
    completion_tokens: completed ? record.output_tokens : null,
    max_gpu_memory_cost: null,
    time_per_output_token: completed ? maybeSeconds(record.tpot_ms) : null,
    request_id: `${record.scenario}-${record.index}`,
    is_stream: record.stream ? 1 : 0,
  };
}
