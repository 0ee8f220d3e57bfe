import { sleep } from 'k6';
import type { RequestRecord } from '../measure/request-record.ts';
import type { Clock } from '../stream/received-answer.ts';

/** k6's `sleep` never ends earlier, but where the VU is being stopped: then it does not begin. */
const PROBE_MS = 5;

/** Whether a request ended in a way that the end of the run looks like: k6 closes its stream without a word, and nothing else ends a 101. */
export function mayBeStopped({ failure }: RequestRecord): boolean {
  return failure !== null && (failure.kind === 'cut' || failure.kind === 'reset' || failure.status === 101);
}

/**
 * Whether the VU is being stopped (a signal, an abort, the end of the test), which k6 does not report to scripts: for a
 * moment the iteration goes on, and its `sleep` does not wait. In the Node engine a stopped VU does not get here.
 */
export async function wasStopped(clock: Clock): Promise<boolean> {
  const from = clock.currentTestRunDuration;
  await sleep(PROBE_MS / 1000);
  return clock.currentTestRunDuration - from < PROBE_MS / 2;
}

/** The record of a request that the end of the run ended, and not the server. */
export function abortedRecord(record: RequestRecord): RequestRecord {
  const status = record.failure?.status ?? null;
  // Where nothing but the stop ended it, it may have lasted longer than its limit, which looks as if the clock was set.
  const { clock_steps: _, ...rest } = record;
  return { ...rest, failure: { kind: 'aborted', status, detail: 'the run was stopped' } };
}
