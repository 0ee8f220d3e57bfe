import type { Milliseconds } from '../shared/units.ts';
import { percentileOf, type RunSummary } from '../stats/run-summary.ts';

/** How long something waits for the client. */
export interface ClientWaits {
  readonly mean_ms: Milliseconds;
  readonly p50_ms: Milliseconds;
  readonly p99_ms: Milliseconds;
}

/** What is known of how late a client was. */
export interface ClientEvidence {
  /** Lag of the probes between requests; null where nobody measured. */
  readonly probes: ClientWaits | null;
  /** Waits at a random moment, from timers that ran all the time; null where nobody measured. */
  readonly timers: ClientWaits | null;
  /** Whose timers: in the Node engine the client's own; in k6 those of the command line, which waits for the same CPU. */
  readonly timersOf: 'client' | 'beside';
}

type HeadlineMetric = 'ttft' | 'itl' | 'tpot' | 'latency';
type HeadlineStatistic = 'mean' | 'p50' | 'p99';

/** A headline number, and how much of it the client may have added. */
export interface ClientError {
  readonly metric: HeadlineMetric;
  readonly statistic: HeadlineStatistic;
  readonly value_ms: Milliseconds;
  readonly error_ms: Milliseconds;
}

const METRICS: readonly HeadlineMetric[] = ['ttft', 'itl', 'tpot', 'latency'];
const STATISTICS: readonly HeadlineStatistic[] = ['mean', 'p50', 'p99'];

/** A headline number as the tables have it; null where there is none. */
export function headlineValue(
  summary: RunSummary,
  metric: HeadlineMetric,
  statistic: HeadlineStatistic,
): Milliseconds | null {
  if (statistic === 'mean') return summary[`${metric}_avg_ms`];
  if (metric === 'itl') return summary[`itl_${statistic}_ms`];
  return percentileOf(summary, statistic === 'p50' ? 50 : 99, `${metric}_ms`);
}

/**
 * What the client may have added to each headline number.
 *
 * TTFT and latency end with one stamp, which is late by one wait. A request's gaps add up to the time from its first output
 * to its last, so their mean, and TPOT, are off by one wait over their number. A gap has two ends, so its p99 moves by more
 * than that of the waits. A client that is late cannot have moved a p99 further than from the median, which bounds it.
 * @returns empty where nothing is known
 */
export function estimateClientErrors(summary: RunSummary, evidence: ClientEvidence): ClientError[] {
  const waits = combineWaits(evidence);
  if (waits === null) return [];
  const { atStart, anyTime } = waits;
  const gaps = Math.max(1, (summary.chunks_avg ?? 2) - 1);
  const tokens = Math.max(1, (summary.output_tokens_avg ?? 2) - 1);
  const ofStamp = { mean: atStart.mean_ms, p50: atStart.mean_ms, p99: atStart.p99_ms };
  const errors: Readonly<Record<HeadlineMetric, Readonly<Record<HeadlineStatistic, Milliseconds>>>> = {
    ttft: ofStamp,
    latency: ofStamp,
    tpot: { mean: ofStamp.mean / tokens, p50: ofStamp.p50 / tokens, p99: ofStamp.p99 / tokens },
    itl: { mean: atStart.mean_ms / gaps, p50: errorOfMedianGap(summary, anyTime), p99: anyTime.p99_ms * Math.SQRT2 },
  };
  return METRICS.flatMap((metric) => {
    const p50 = headlineValue(summary, metric, 'p50');
    return STATISTICS.flatMap((statistic) => {
      const value = headlineValue(summary, metric, statistic);
      if (value === null) return [];
      const error = errors[metric][statistic];
      const most = statistic === 'p99' && p50 !== null ? value - p50 + errors[metric].p50 : value;
      return [{ metric, statistic, value_ms: value, error_ms: Math.min(error, Math.max(0, most)) }];
    });
  });
}

/** Waits lengthen as many gaps as they shorten, so the median stays, until most events come in bundles. */
function errorOfMedianGap({ itl_p50_ms }: RunSummary, { p50_ms }: ClientWaits): Milliseconds {
  return itl_p50_ms !== null && p50_ms <= itl_p50_ms / 2 ? 0 : p50_ms;
}

/**
 * Waits of what comes at the start of a request, when probes are taken, and of what comes at any time.
 *
 * Probes of one event loop wait in the burst of work between two requests, which the tokens of other requests seldom meet;
 * its timers miss the bursts. What was true lay between the two, so the geometric mean stands for it (docs/accuracy.md has
 * the runs). In k6, whose streams wait for each other unseen, the probes speak, or the timers beside where those are later.
 */
function combineWaits({ probes, timers, timersOf }: ClientEvidence) {
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
