/** What `k6-scenario.ts` says of a request that failed: its kind. */
const FAILURE = /^warning: (?:warm-up )?request \d+ failed: ([a-z-]+): /;

/** Any other warning or error of ours, without the request that it was met in. */
const MESSAGE = /^(?:warning|error): (?:(?:warm-up )?request \d+: )?(.*)$/;

/** What `k6-scenario.ts` says of every n-th request: a live line says more. */
const PROGRESS = /^(?:warm-up request|request|probe) \d+: (?:completed|cancelled|failed), latency /;

/** What k6 says of every record, or several times a second, when the disk is full. */
const LOST_LINES = /^(?:Failed to write to log|Sample\(s\) couldn't be marshalled to JSON)/;

/** What k6 says of each VU that is stopped while a timer of ours runs. */
const STOPPED_TIMER = /^setTimeout \d+ was stopped because the VU iteration was interrupted/;

/** What an engine says where the test of the connection ended the run, which has said why. */
const TEST_FAILED = /^(?:error: )?test aborted: the connection test failed$/;

/**
 * Lets the first failure of each kind through, each warning of the script once, and everything else: each of k6's VUs
 * reports what it meets first, since it cannot know of the others.
 *
 * @param everyFailure all of them are wanted
 * @param progress whether every n-th request is wanted, too
 * @returns whether a line is to be shown
 */
export function createMessageFilter(everyFailure: boolean, progress = true): (line: string) => boolean {
  const told = new Set<string>();
  return (line) => {
    if (STOPPED_TIMER.test(line) || TEST_FAILED.test(line) || (!progress && PROGRESS.test(line))) return false;
    const kind = everyFailure
      ? undefined
      : ((FAILURE.exec(line) ?? MESSAGE.exec(line))?.[1] ?? LOST_LINES.exec(line)?.[0]);
    if (kind === undefined) return true;
    const isNew = !told.has(kind);
    told.add(kind);
    return isNew;
  };
}
