import type { RequestRecord } from '../../../measure/request-record.ts';
import type { Timeline } from '../report-data.ts';
import { rounded } from './nice-step.ts';
import { createSampler } from './sampler.ts';

/** Bars of a picture: more would be thinner than a pixel, and each is an element of the page. */
const MOST_REQUESTS = 2000;
/** Failures have places of their own, or a rare one would hardly ever be seen. */
const MOST_FAILURES = 500;

type Column = Exclude<keyof Timeline, 'total' | 'sampled' | 'lane'>;
type Entry = { readonly [key in Column]: Timeline[key][number] };

/** Collects some of the requests of a run, or all when they are few. */
export interface TimelineCollector {
  add(record: RequestRecord): void;
  build(): Timeline;
}

export function createTimelineCollector(): TimelineCollector {
  const requests = createSampler<Entry>(MOST_REQUESTS);
  const failures = createSampler<Entry>(MOST_FAILURES);
  let total = 0;
  let failed = 0;
  return {
    add(record) {
      total += 1;
      if (record.failure === null) requests.add(record.index, () => toEntry(record));
      else failures.add(failed++, () => toEntry(record));
    },
    build: () =>
      layOut(
        [...requests.kept, ...failures.kept].sort((a, b) => a.start_ms - b.start_ms || a.index - b.index),
        total,
        !(requests.complete && failures.complete),
      ),
  };
}

function toEntry(record: RequestRecord): Entry {
  const first = record.first_output_ms ?? (record.stream ? record.ttft_ms : null);
  return {
    index: record.index,
    start_ms: rounded(record.start_ms),
    first_ms: first === null ? null : rounded(record.start_ms + first),
    end_ms: rounded(record.end_ms),
    ttft_ms: record.clock_steps === undefined ? record.ttft_ms : null,
    input_tokens: record.input_tokens,
    output_tokens: record.output_tokens,
    failure: record.failure?.kind ?? null,
    warmup: record.warmup === true ? 1 : 0,
    cancelled: record.outcome === 'cancelled' ? 1 : 0,
  };
}

/** Puts entries, in the order of their start, into columns. */
function layOut(entries: readonly Entry[], total: number, sampled: boolean): Timeline {
  const column = <K extends Column>(name: K): Entry[K][] => entries.map((entry) => entry[name]);
  return {
    total,
    sampled,
    lane: assignLanes(entries),
    index: column('index'),
    start_ms: column('start_ms'),
    first_ms: column('first_ms'),
    end_ms: column('end_ms'),
    ttft_ms: column('ttft_ms'),
    input_tokens: column('input_tokens'),
    output_tokens: column('output_tokens'),
    failure: column('failure'),
    warmup: column('warmup'),
    cancelled: column('cancelled'),
  };
}

/**
 * The lowest row that is free at the start of each, so that the number of rows is the number of requests under way.
 *
 * @param spans in the order of their start
 */
export function assignLanes(spans: readonly { readonly start_ms: number; readonly end_ms: number }[]): number[] {
  const freeFrom: number[] = [];
  return spans.map(({ start_ms, end_ms }) => {
    const free = freeFrom.findIndex((time) => time <= start_ms);
    const lane = free < 0 ? freeFrom.length : free;
    freeFrom[lane] = end_ms;
    return lane;
  });
}
