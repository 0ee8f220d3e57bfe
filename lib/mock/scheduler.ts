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
  /** The next one last. */
  const queue: Entry[] = [];
  let timer: NodeJS.Timeout | null = null;
  let immediate: NodeJS.Immediate | null = null;
  let stopped = false;

  function runDue(): void {
    const time = now();
    // What callbacks plan anew waits for the next turn, or a stream without pauses would keep the loop to itself.
    for (let left = queue.length; left > 0; left--) {
      const next = queue.at(-1);
      if (next === undefined || (next.run !== null && next.due > time)) break;
      queue.pop();
      next.run?.();
    }
    wake();
  }

  function wake(): void {
    if (stopped || immediate !== null) return;
    while (queue.at(-1)?.run === null) queue.pop();
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const first = queue.at(-1);
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
      // Who is cancelled stays in the queue until its time comes, its callback freed.
      const entry: Entry = {
        due,
        run,
        cancel: () => {
          entry.run = null;
        },
      };
      if (stopped) return entry;
      insert(queue, entry);
      if (queue.at(-1) === entry) wake();
      return entry;
    },
    stop() {
      stopped = true;
      queue.length = 0;
      if (timer !== null) clearTimeout(timer);
      if (immediate !== null) clearImmediate(immediate);
    },
  };
}

/** Of entries with one due time the first that came runs first. */
function insert(queue: Entry[], entry: Entry): void {
  let low = 0;
  for (let high = queue.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((queue[middle] as Entry).due > entry.due) low = middle + 1;
    else high = middle;
  }
  queue.splice(low, 0, entry);
}
