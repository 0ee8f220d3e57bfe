import type { Milliseconds } from '../shared/units.ts';

/** How long something waits for the client. */
export interface ClientWaits {
  readonly mean_ms: Milliseconds;
  readonly p50_ms: Milliseconds;
  readonly p99_ms: Milliseconds;
}

/** The same of probes, with each of them. */
export interface ProbeWaits extends ClientWaits {
  /** Each as likely as the others. */
  readonly all_ms: ArrayLike<Milliseconds>;
}

/** What is known of how late a client was. */
export interface ClientEvidence {
  /** Lag of the probes between requests; null where nobody measured. */
  readonly probes: ClientWaits | ProbeWaits | null;
  /** Waits at a random moment, from timers that ran all the time; null where nobody measured. */
  readonly timers: ClientWaits | null;
  /** Whose timers: in the Node engine the client's own; in k6 those of the command line, which waits for the same CPU. */
  readonly timersOf: 'client' | 'beside';
  /** Requests start in bursts, so that the work of their ends meets the tokens of all. */
  readonly inBursts: boolean;
}

interface CombinedWaits {
  readonly atStart: ClientWaits;
  readonly anyTime: ClientWaits;
}

/**
 * Waits of what comes at the start of a request, when probes are taken, and of what comes at any time.
 *
 * Probes of one event loop wait in the burst of work between two requests, which the tokens of other requests seldom meet;
 * its timers miss the bursts. What was true lay between the two, so the geometric mean is taken for it (docs/accuracy.md has
 * the runs). In k6, whose streams wait for each other unseen, the probes speak, or the timers beside where those are later.
 */
export function combineWaits({ probes, timers, timersOf }: ClientEvidence): CombinedWaits | null {
  if (probes === null && timers === null) return null;
  const first = (probes ?? timers) as ClientWaits;
  const other = (timers ?? probes) as ClientWaits;
  const merge = (of: (a: number, b: number) => number): ClientWaits => ({
    mean_ms: of(first.mean_ms, other.mean_ms),
    p50_ms: of(first.p50_ms, other.p50_ms),
    p99_ms: of(first.p99_ms, other.p99_ms),
  });
  if (timersOf === 'beside') return { atStart: merge(Math.max), anyTime: merge(Math.max) };
  return { atStart: merge((a, b) => Math.sqrt(a * b)), anyTime: other };
}
