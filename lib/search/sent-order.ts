/** What tells the place of a request among those of a run. */
interface Placed {
  readonly index: number;
  /** Not null: a turn of a conversation, of which several have one index. */
  readonly conversation: unknown;
}

/** Gives requests that come as they end in the order in which they were sent. */
export interface SentOrder<Request> {
  readonly take: (request: Request) => void;
  /** Gives those that waited for one before them that did not come. */
  readonly flush: () => void;
}

/**
 * Holds a request back until all that were sent before it have ended: of the first N that end, short ones are too many.
 *
 * Turns of a conversation are given as they come. Those of a warm-up have to come, too: nobody knows beforehand how many of them a
 * time has.
 */
export function createSentOrder<Request extends Placed>(give: (request: Request) => void): SentOrder<Request> {
  const waiting = new Map<number, Request>();
  let next = 0;
  return {
    take(request) {
      if (request.conversation !== null || request.index < next) return give(request);
      waiting.set(request.index, request);
      for (let found = waiting.get(next); found !== undefined; found = waiting.get(next)) {
        waiting.delete(next);
        next += 1;
        give(found);
      }
    },
    flush() {
      for (const [, request] of [...waiting].sort(([a], [b]) => a - b)) give(request);
      waiting.clear();
    },
  };
}
