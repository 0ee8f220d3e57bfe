import { open } from 'node:fs/promises';
import type { Milliseconds } from '../../shared/units.ts';

const POLL_MS = 1000;
/** A file that grows faster is that of a run that goes on: what was written is not read. */
const BUSY_BYTES = 65_536;
/** What k6 writes when an iteration has ended. */
const ITERATION = '"metric":"iterations","type":"Point"';

export interface StallLimits {
  /** Until the first request has ended: the connection test comes before it. */
  readonly firstMs: Milliseconds;
  /** From one end of a request to the next. */
  readonly nextMs: Milliseconds;
}

/**
 * Watches k6's samples for requests that end. Every request has a time limit, so in a run that goes on one of them ends
 * within it; a request that was answered with `101 Switching Protocols` has none any more.
 *
 * @param onStall called once, with how long no request has ended
 * @returns stops watching
 */
export function watchForStall(
  samplesPath: string,
  { firstMs, nextMs }: StallLimits,
  onStall: (silenceMs: Milliseconds) => void,
): () => void {
  let offset = 0;
  let lastEnd = performance.now();
  let limit = firstMs;
  let over = false;
  let timer: NodeJS.Timeout | null = null;
  const poll = async (): Promise<void> => {
    const { size, hasEnded } = await readNews(samplesPath, offset);
    if (over) return;
    offset = Math.max(offset, size);
    if (hasEnded) {
      lastEnd = performance.now();
      limit = nextMs;
    }
    const silence = performance.now() - lastEnd;
    if (silence > limit) onStall(silence);
    else schedule();
  };
  const schedule = (): void => {
    timer = setTimeout(() => void poll(), POLL_MS);
    timer.unref();
  };
  schedule();
  return () => {
    over = true;
    if (timer !== null) clearTimeout(timer);
  };
}

/** What was written since `offset`; nothing where the file is not there yet. */
async function readNews(path: string, offset: number): Promise<{ size: number; hasEnded: boolean }> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const length = size - offset;
      if (length <= 0 || length > BUSY_BYTES) return { size, hasEnded: length > 0 };
      // A line may have been half written at the last look.
      const from = Math.max(0, offset - ITERATION.length);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
      return { size, hasEnded: buffer.subarray(0, bytesRead).includes(ITERATION) };
    } finally {
      await file.close();
    }
  } catch {
    return { size: 0, hasEnded: false };
  }
}
