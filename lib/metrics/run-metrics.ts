import { divide } from '../shared/divide.ts';
import { computeCachedShare } from './cached-share.ts';
import type { RunCounts, RunMetric } from './metric.ts';
import { computeRate } from './rate.ts';

/** Every number that a run has one of, in the order of the tables. Rates are shares of the requests sent. */
const TABLE = [
  {
    name: 'requests_per_s',
    title: 'Requests/s',
    unit: 'requests/s',
    better: 'higher',
    key: 'requests_per_s',
    meaning: 'Completed requests / time taken',
    read: (counts) => perSecond(counts, counts.completed),
  },
  {
    name: 'output_tokens_per_s',
    title: 'Output tokens/s',
    unit: 'tokens/s',
    better: 'higher',
    key: 'output_tokens_per_s',
    meaning: 'Output tokens of completed requests / time taken',
    noneWhen: 'where nobody counted them',
    read: (counts) => perSecond(counts, counts.outputTokens),
  },
  {
    name: 'success_rate',
    title: 'Success rate',
    unit: 'share',
    better: 'higher',
    key: 'success_ratio',
    meaning: 'Completed requests / all that were sent and not cancelled on purpose',
    read: (counts) => divide(counts.completed, judged(counts)),
  },
  {
    name: 'failure_rate',
    title: 'Failure rate',
    unit: 'share',
    better: 'lower',
    meaning: 'Failed requests / all that were sent and not cancelled on purpose',
    read: (counts) => divide(counts.failed, judged(counts)),
  },
  {
    name: 'rate_limited_rate',
    title: 'Rate limited',
    unit: 'share',
    better: 'lower',
    meaning: 'Requests that were answered with status 429, or 529, as a share',
    read: (counts) => divide(counts.rate_limited, judged(counts)),
  },
  {
    name: 'auth_error_rate',
    title: 'Refused keys',
    unit: 'share',
    better: 'lower',
    meaning: 'Requests that were answered with status 401 or 403, as a share',
    read: (counts) => divide(counts.auth_error, judged(counts)),
  },
  {
    name: 'client_error_rate',
    title: 'Client errors',
    unit: 'share',
    better: 'lower',
    meaning: 'Requests that were answered with any other 4xx, as a share',
    read: (counts) => divide(counts.client_error, judged(counts)),
  },
  {
    name: 'server_error_rate',
    title: 'Server errors',
    unit: 'share',
    better: 'lower',
    meaning: 'Requests that failed with 5xx, or in any other way of a server, as a share',
    read: (counts) => divide(counts.server_error, judged(counts)),
  },
  {
    name: 'aborted_rate',
    title: 'Aborted',
    unit: 'share',
    better: 'lower',
    meaning: 'Requests that the client stopped under way, as a share',
    read: (counts) => divide(counts.aborted, judged(counts)),
  },
  {
    name: 'coalesced_ratio',
    title: 'Chunks that arrived together',
    unit: 'share',
    better: 'lower',
    meaning: 'Gaps between chunks under 0.05 ms / all gaps',
    noneWhen: 'without gaps',
    read: (counts) => divide(counts.coalescedGaps, counts.gaps),
  },
  {
    name: 'cached_share',
    title: 'Cached input',
    unit: 'share',
    better: null,
    meaning: 'Cached input tokens / input tokens, of the requests that tell both',
    noneWhen: 'where the server tells no cached tokens',
    read: ({ cachedTokens, cacheableTokens }) => computeCachedShare(cachedTokens, cacheableTokens),
  },
  {
    name: 'input_tokens_per_s',
    title: 'Input tokens/s',
    unit: 'tokens/s',
    better: 'higher',
    meaning: 'Input tokens of completed requests / time taken',
    noneWhen: 'where nobody counted them',
    read: (counts) => perSecond(counts, counts.inputTokens),
  },
  {
    name: 'inputs_per_s',
    title: 'Inputs/s',
    unit: 'inputs/s',
    better: 'higher',
    meaning: 'Texts that were embedded, or documents that were ranked, of completed requests / time taken',
    noneWhen: 'where answers are text',
    read: (counts) => perSecond(counts, counts.inputs),
  },
  {
    name: 'total_tokens_per_s',
    title: 'Tokens/s',
    unit: 'tokens/s',
    better: 'higher',
    meaning: 'Input and output tokens of completed requests / time taken',
    noneWhen: 'where nobody counted either',
    read: (counts) => perSecond(counts, add(counts.inputTokens, counts.outputTokens)),
  },
  {
    name: 'total_requests',
    title: 'Requests',
    unit: 'requests',
    better: null,
    meaning: 'Requests that were sent',
    read: (counts) => judged(counts) + counts.cancelled,
  },
  {
    name: 'completed_requests',
    title: 'Completed requests',
    unit: 'requests',
    better: 'higher',
    meaning: 'Requests that completed',
    read: (counts) => counts.completed,
  },
  {
    name: 'failed_requests',
    title: 'Failed requests',
    unit: 'requests',
    better: 'lower',
    meaning: 'Requests that failed, those that left no record among them',
    read: (counts) => counts.failed,
  },
  {
    name: 'cancelled_requests',
    title: 'Cancelled requests',
    unit: 'requests',
    better: null,
    meaning: 'Requests that were given up on purpose, by users who leave',
    read: (counts) => counts.cancelled,
  },
  {
    name: 'cancelled_rate',
    title: 'Cancelled',
    unit: 'share',
    better: null,
    meaning: 'Requests that were given up on purpose / all that were sent',
    read: (counts) => divide(counts.cancelled, judged(counts) + counts.cancelled),
  },
  {
    name: 'dropped_requests',
    title: 'Dropped requests',
    unit: 'requests',
    better: 'lower',
    meaning: 'Requests that were planned and never started',
    read: (counts) => counts.dropped,
  },
] as const satisfies readonly RunMetric[];

type Entry = (typeof TABLE)[number];

export type RunMetricName = Entry['name'];
/** Those that tables of intervals and comparisons know. */
export type ComparedRunMetricName = Extract<Entry, { readonly key: string }>['name'];

export const RUN_METRICS: readonly (RunMetric & { readonly name: RunMetricName })[] = TABLE;

/** Those that tables of intervals and comparisons know. */
export const COMPARED_RUN_METRICS = RUN_METRICS.filter(({ key }) => key !== undefined) as readonly (RunMetric & {
  readonly name: ComparedRunMetricName;
  readonly key: Extract<Entry, { readonly key: string }>['key'];
})[];

/** A cancelled request is neither good nor bad. */
function judged({ completed, failed }: RunCounts): number {
  return completed + failed;
}

function add(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

/** Without a completed request there is no throughput, rather than one of 0. */
function perSecond({ completed, timeTakenMs }: RunCounts, count: number | null): number | null {
  return completed === 0 ? null : computeRate(count, timeTakenMs);
}
