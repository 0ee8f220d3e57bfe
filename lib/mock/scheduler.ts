import type { Milliseconds } from '../shared/units.ts';
import { now } from './clock.ts';

/** Runs callbacks at absolute times. */
export interface Scheduler {
  /** Runs `run` once the clock has reached `due`, never before; if `spin`, a small fraction of a millisecond after. */
  at(due: Milliseconds, run: () => void): Task;
  /** Forgets everything that is planned; later calls of `at` are ignored. */
  stop(): void;
}

/** A planned callback; `cancel` takes it back. */
export interface Task {
  readonly due: Milliseconds;
  cancel(): void;
}

interface Entry extends Task {
  run: (() => void) | null;
}

/** Node's timers have whole milliseconds and may be one late, so the last stretch is spun, a turn of the event loop each. */
const SPIN_MS = 2;

/**
 * One queue for all streams of a server: a timer until shortly before the next due time, then `setImmediate`, so
 * that sockets are still served between two looks at the clock. With nothing due soon it costs nothing.
 *
 * @param spin false: timers alone, so times are about a millisecond late, and no CPU core is kept busy
 */
export function createScheduler(spin = true): Scheduler {
  const heap: Entry[] = [];
  let timer: NodeJS.Timeout | null = null;
  let immediate: NodeJS.Immediate | null = null;
  let stopped = false;

  function runDue(): void {
    const time = now();
    // What callbacks plan anew waits for the next turn, or a stream without pauses would keep the loop to itself.
    for (let left = heap.length; left > 0; left--) {
      const first = heap[0];
      if (first === undefined || (first.run !== null && first.due > time)) break;
      pop(heap);
      first.run?.();
    }
    wake();
  }

  function wake(): void {
    if (stopped || immediate !== null) return;
    while (heap[0]?.run === null) pop(heap);
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const first = heap[0];
    if (first === undefined) return;
    const wait = first.due - now();
    if (wait < (spin ? SPIN_MS : 0)) {
      immediate = setImmediate(() => {
        immediate = null;
        runDue();
      });
    } else {
      // Longer waits than a timer can hold are taken in parts.
      const sleep = spin ? Math.floor(wait - SPIN_MS + 1) : Math.ceil(wait);
      timer = setTimeout(wake, Math.min(sleep, 2 ** 30));
    }
  }

  return {
    at(due, run) {
      const entry: Entry = { due, run, cancel: () => cancel(entry) };
      if (stopped) return entry;
      push(heap, entry);
      if (heap[0] === entry) wake();
      return entry;
    },
    stop() {
      stopped = true;
      heap.length = 0;
      if (timer !== null) clearTimeout(timer);
      if (immediate !== null) clearImmediate(immediate);
    },
  };
}

/** The entry stays in the heap until it comes up, its callback freed. */
function cancel(entry: Entry): void {
  entry.run = null;
}

function push(heap: Entry[], entry: Entry): void {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if ((heap[parent] as Entry).due <= entry.due) break;
    heap[at] = heap[parent] as Entry;
    at = parent;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && (heap[child + 1] as Entry).due < (heap[child] as Entry).due) child++;
    if ((heap[child] as Entry).due >= last.due) break;
    heap[at] = heap[child] as Entry;
    at = child;
  }
  heap[at] = last;
}
