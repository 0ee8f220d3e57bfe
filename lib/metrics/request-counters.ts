import type { RequestRecord } from '../measure/request-record.ts';
import { FAILURE_KINDS, TOKEN_SOURCES } from '../shared/failure-kinds.ts';
import { countCoalesced } from './coalesced.ts';
import { REASON_TAGS, tagOfReason } from './finish-reason-tag.ts';

/** What tells the samples of a counter apart. */
interface CounterTag {
  readonly name: string;
  /** Those that tables show; k6's summary has a sub-metric of each. */
  readonly values: readonly string[];
  /** null: the sample has no such tag. */
  read(record: Pick<RequestRecord, 'finish_reason' | 'token_source' | 'failure'>): string | null;
}

/** A Counter of k6 to which every finished request adds. */
export interface RequestCounter {
  readonly name: string;
  readonly meaning: string;
  readonly tag?: CounterTag;
  /** Which requests are counted; `timed` as in the table of metrics. */
  readonly of: 'timed' | 'every' | RequestRecord['outcome'];
  /** What one of those adds; null: no sample. */
  count(record: CountedRequest): number | null;
}

/** What of a record is counted. */
export type CountedRequest = Pick<
  RequestRecord,
  | 'outcome'
  | 'conversation'
  | 'clock_steps'
  | 'input_tokens'
  | 'inputs'
  | 'output_tokens'
  | 'cached_tokens'
  | 'chunk_gaps_ms'
>;

/** In the order in which k6 gets them: the first sample carries the record. */
export const REQUEST_COUNTERS: readonly RequestCounter[] = [
  {
    name: 'llm_requests',
    meaning: 'Finished requests; the sample carries the record in its metadata',
    tag: {
      name: 'finish_reason',
      values: REASON_TAGS,
      read: ({ finish_reason }) => (finish_reason === null ? null : tagOfReason(finish_reason)),
    },
    of: 'every',
    count: () => 1,
  },
  {
    name: 'llm_requests_completed',
    meaning: 'Completed requests',
    tag: { name: 'token_source', values: TOKEN_SOURCES, read: ({ token_source }) => token_source ?? 'none' },
    of: 'completed',
    count: () => 1,
  },
  {
    name: 'llm_requests_failed',
    meaning: 'Failed requests',
    tag: {
      name: 'kind',
      // What is written has a kind that is known.
      values: FAILURE_KINDS.filter((kind) => kind !== 'unknown'),
      read: ({ failure }) => failure?.kind ?? null,
    },
    of: 'failed',
    count: () => 1,
  },
  {
    name: 'llm_requests_cancelled',
    meaning: 'Requests that were given up on purpose',
    of: 'cancelled',
    count: () => 1,
  },
  {
    name: 'llm_cancelled_output_tokens',
    meaning: 'Output tokens that had come when a request was given up on purpose',
    of: 'cancelled',
    count: ({ output_tokens }) => output_tokens,
  },
  {
    name: 'llm_abandoned_turns',
    meaning: 'Turns of conversations that were not sent, since one before them did not complete',
    of: 'every',
    count: ({ outcome, conversation }) =>
      outcome === 'completed' || !conversation?.turns ? null : conversation.turns - conversation.turn || null,
  },
  {
    name: 'llm_clock_steps',
    meaning: 'Requests within which the clock was set; they are in no Trend of times',
    of: 'every',
    count: ({ clock_steps }) => (clock_steps === undefined ? null : 1),
  },
  {
    name: 'llm_input_tokens_total',
    meaning: 'Input tokens of completed requests',
    of: 'completed',
    count: ({ input_tokens }) => input_tokens,
  },
  {
    name: 'llm_inputs',
    meaning: 'Texts that were embedded, or documents that were ranked, of completed requests',
    of: 'completed',
    count: ({ inputs = null }) => inputs,
  },
  {
    name: 'llm_output_tokens_total',
    meaning: 'Output tokens of completed requests',
    of: 'completed',
    count: ({ output_tokens }) => output_tokens,
  },
  {
    name: 'llm_cached_tokens_total',
    meaning: 'Input tokens that the server had in its prompt cache, of the requests that tell both',
    of: 'completed',
    count: ({ cached_tokens, input_tokens }) => (input_tokens === null ? null : cached_tokens),
  },
  {
    name: 'llm_cacheable_tokens_total',
    meaning: 'All input tokens of those requests',
    of: 'completed',
    count: ({ cached_tokens, input_tokens }) => (cached_tokens === null ? null : input_tokens),
  },
  {
    name: 'llm_coalesced_gaps',
    meaning: 'Gaps between chunks under 0.05 ms: chunks that arrived together',
    of: 'timed',
    count: ({ chunk_gaps_ms }) => countCoalesced(chunk_gaps_ms) || null,
  },
];
