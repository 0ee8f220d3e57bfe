import { type EndedRequest, isOverSaturated } from '../stats/over-saturation.ts';

/** What is read of a request of an open loop as it ends. */
interface SeenRequest {
  readonly index: number;
  readonly scheduled_ms: number | null;
  readonly late_ms: number | null;
  readonly ttft_ms: number | null;
  readonly end_ms: number;
}

const LOOK_EVERY_MS = 5000;

/**
 * Looks at an open loop under way every five seconds of its own clock, and says once that the service falls behind.
 *
 * @param starts  of the schedule, by the index of the request, since the load began
 * @param warmups how many of them are of the warm-up, the first ones; their requests are not taken
 * @param perS    the rate that they were drawn with; null where it changes
 * @returns takes the requests as they end
 */
export function createSaturationWatch(
  starts: readonly number[],
  warmups: number,
  perS: number | null,
  onSaturated: () => void,
): (request: SeenRequest) => void {
  const ended: EndedRequest[] = [];
  let due: readonly number[] | null = null;
  let nextMs = Number.NEGATIVE_INFINITY;
  let isOver = false;
  return ({ index, scheduled_ms, late_ms, ttft_ms, end_ms }) => {
    const start = starts[index];
    if (isOver || scheduled_ms === null || start === undefined) return;
    if (due === null) {
      const beganMs = scheduled_ms - start;
      due = starts.slice(warmups).map((time) => beganMs + time);
      nextMs = beganMs + LOOK_EVERY_MS;
    }
    ended.push({ endMs: end_ms, ttftMs: ttft_ms === null ? null : ttft_ms + (late_ms ?? 0) });
    if (end_ms < nextMs) return;
    nextMs = end_ms + LOOK_EVERY_MS;
    ended.sort((a, b) => a.endMs - b.endMs);
    isOver = isOverSaturated({ due, perS, ended, nowMs: end_ms });
    if (isOver) onSaturated();
  };
}
