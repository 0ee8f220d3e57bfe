import type { RequestRecord } from '../measure/request-record.ts';
import { FAILURE_KINDS, TOKEN_SOURCES } from '../shared/failure-kinds.ts';
import { countCoalesced } from './coalesced.ts';
import { REASON_TAGS, tagOfReason } from './finish-reason-tag.ts';
import { hasTimings } from './metric.ts';

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
  /** null: no sample. */
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
    count: () => 1,
  },
  {
    name: 'llm_requests_completed',
    meaning: 'Completed requests',
    tag: { name: 'token_source', values: TOKEN_SOURCES, read: ({ token_source }) => token_source ?? 'none' },
    count: ({ outcome }) => oneIf(outcome === 'completed'),
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
    count: ({ outcome }) => oneIf(outcome === 'failed'),
  },
  {
    name: 'llm_requests_cancelled',
    meaning: 'Requests that were given up on purpose',
    count: ({ outcome }) => oneIf(outcome === 'cancelled'),
  },
  {
    name: 'llm_cancelled_output_tokens',
    meaning: 'Output tokens that had come when a request was given up on purpose',
    count: ({ outcome, output_tokens }) => (outcome === 'cancelled' ? output_tokens : null),
  },
  {
    name: 'llm_abandoned_turns',
    meaning: 'Turns of conversations that were not sent, since one before them did not complete',
    count: ({ outcome, conversation }) =>
      outcome === 'completed' || conversation === null ? null : (conversation.turns ?? 0) - conversation.turn || null,
  },
  {
    name: 'llm_clock_steps',
    meaning: 'Requests within which the clock was set; they are in no Trend of times',
    count: ({ clock_steps }) => oneIf(clock_steps !== undefined),
  },
  {
    name: 'llm_input_tokens_total',
    meaning: 'Input tokens of completed requests',
    count: ({ outcome, input_tokens }) => (outcome === 'completed' ? input_tokens : null),
  },
  {
    name: 'llm_inputs',
    meaning: 'Texts that were embedded, or documents that were ranked, of completed requests',
    count: ({ outcome, inputs = null }) => (outcome === 'completed' ? inputs : null),
  },
  {
    name: 'llm_output_tokens_total',
    meaning: 'Output tokens of completed requests',
    count: ({ outcome, output_tokens }) => (outcome === 'completed' ? output_tokens : null),
  },
  {
    name: 'llm_cached_tokens_total',
    meaning: 'Input tokens that the server had in its prompt cache, where it says so',
    count: ({ outcome, cached_tokens }) => (outcome === 'completed' ? cached_tokens : null),
  },
  {
    name: 'llm_coalesced_gaps',
    meaning: 'Gaps between chunks under 0.05 ms: chunks that arrived together',
    count: (record) => (hasTimings(record) ? countCoalesced(record.chunk_gaps_ms) || null : null),
  },
];

function oneIf(holds: boolean): 1 | null {
  return holds ? 1 : null;
}
