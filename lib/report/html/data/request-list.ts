import type { RequestRecord } from '../../../measure/request-record.ts';
import type { FailedRequest, RequestList, SlowRequest } from '../report-data.ts';
import { rounded } from './nice-step.ts';

const MOST_SLOW = 20;
const MOST_FAILED = 200;

/** The requests that a reader looks at one by one, of records that come in any order. */
export interface RequestLister {
  addCompleted(record: RequestRecord): void;
  addFailed(record: RequestRecord): void;
  build(): RequestList;
}

/** Keeps the requests of the longest latency, and the failed ones that were sent first. */
export function createRequestLister(): RequestLister {
  const slowest = createTopList<SlowRequest>(
    MOST_SLOW,
    (a, b) => (b.latency_ms as number) - (a.latency_ms as number) || a.index - b.index,
  );
  const failed = createTopList<FailedRequest>(MOST_FAILED, (a, b) => a.start_ms - b.start_ms || a.index - b.index);
  let total = 0;
  return {
    addCompleted({ index, start_ms, ttft_ms, tpot_ms, latency_ms, input_tokens, output_tokens }) {
      if (latency_ms === null) return;
      slowest.add({ index, start_ms, ttft_ms, tpot_ms, latency_ms, input_tokens, output_tokens });
    },
    addFailed({ index, start_ms, end_ms, failure }) {
      if (failure === null) return;
      total += 1;
      failed.add({ index, start_ms, lasted_ms: rounded(end_ms - start_ms), ...failure });
    },
    build: () => ({ slowest: slowest.kept(), failed: failed.kept(), failed_total: total }),
  };
}

/** The first of what is added, in an order; costs one comparison for most of it. */
function createTopList<T>(capacity: number, compare: (a: T, b: T) => number) {
  const kept: T[] = [];
  return {
    add(item: T): void {
      const last = kept.at(-1);
      if (kept.length === capacity && last !== undefined && compare(item, last) >= 0) return;
      const place = kept.findIndex((other) => compare(item, other) < 0);
      kept.splice(place < 0 ? kept.length : place, 0, item);
      if (kept.length > capacity) kept.pop();
    },
    kept: (): readonly T[] => kept,
  };
}
