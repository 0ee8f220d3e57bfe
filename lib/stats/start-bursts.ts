import type { Milliseconds } from '../shared/units.ts';
import type { RunData } from './run-data.ts';

/** Requests that start together again and again, as where all answers have one length. */
export interface StartBursts {
  readonly bursts: number;
  /** Requests in them. */
  readonly requests: number;
  /** Requests of the largest, and how long it took them to start. */
  readonly largest: number;
  readonly longest_ms: Milliseconds;
}

/** A burst is shorter than this share of the time that a stream takes from one start to the next. */
const SHARE_OF_CYCLE = 0.1;
/**
 * It holds at least this share of the streams beside the one that begins it. Spread evenly, each of those is in it by chance one
 * time in ten: of four streams, of which there have to be that many, one of the three others is in 27 %, and two are in 3 %.
 */
const SHARE_OF_STREAMS = 0.5;
const FEWEST_STREAMS = 4;
/** The first one is how every closed loop begins, so a second may be chance. */
const FEWEST_BURSTS = 3;

/**
 * Whether the requests of a closed loop start in bursts, with at least half of all requests in them.
 *
 * @param streams requests in flight at the same time; null where nobody told
 * @param fewest bursts
 * @returns null where they do not
 */
export function findStartBursts(run: RunData, streams: number | null, fewest = FEWEST_BURSTS): StartBursts | null {
  const cycle = run.sorted('latency').mean();
  if (streams === null || streams < FEWEST_STREAMS || cycle === null) return null;
  const starts = run.column('start_ms').slice().sort();
  const found = { bursts: 0, requests: 0, largest: 0, longest_ms: 0 };
  for (let from = 0, end = 0; from < starts.length; ) {
    const first = starts[from] as Milliseconds;
    while (end < starts.length && (starts[end] as Milliseconds) - first <= cycle * SHARE_OF_CYCLE) end += 1;
    const count = end - from;
    if (count - 1 < streams * SHARE_OF_STREAMS) {
      from += 1;
      continue;
    }
    found.bursts += 1;
    found.requests += count;
    found.largest = Math.max(found.largest, count);
    found.longest_ms = Math.max(found.longest_ms, (starts[end - 1] as Milliseconds) - first);
    from = end;
  }
  return found.bursts >= fewest && found.requests >= starts.length / 2 ? found : null;
}
