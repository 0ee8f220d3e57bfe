import { totalmem } from 'node:os';

/** Go's default is 100: a collection whenever the heap has doubled. */
const COLLECT_AT_PERCENT = 400;
/** Share of the memory beyond which Go collects as often as it has to. */
const SHARE = 0.5;

/**
 * Settings of Go's garbage collector for k6, where the user made none: fewer collections, as long as there is memory.
 *
 * A run keeps the events of its open streams, and k6 throws away a few kB for each; with Go's default, marking what is
 * kept takes a good part of k6's CPU time, in which events wait (`docs/accuracy.md` has the figures).
 * @param memoryBytes what this process may use: the machine's, or its container's
 */
export function goMemorySettings(
  environment: Readonly<Record<string, string | undefined>>,
  memoryBytes: number = availableMemory(),
): Readonly<Record<string, string>> {
  if (environment['GOGC'] || environment['GOMEMLIMIT']) return {};
  return { GOGC: String(COLLECT_AT_PERCENT), GOMEMLIMIT: String(Math.round(memoryBytes * SHARE)) };
}

function availableMemory(): number {
  // Node tells of a container's limit where there is one, and else something huge, or nothing.
  const { constrainedMemory } = process as { constrainedMemory?: () => number };
  return Math.min(totalmem(), constrainedMemory?.() || Number.POSITIVE_INFINITY);
}
