import type { Milliseconds } from '../shared/units.ts';
import {
  HEADLINE_METRICS,
  HEADLINE_STATISTICS,
  type HeadlineMetric,
  type HeadlineStatistic,
  headlineValue,
  type RunSummary,
} from '../stats/run-summary.ts';
import { type ClientEvidence, type ClientWaits, combineWaits, type ProbeWaits } from './client-waits.ts';

/** A headline number, and how much of it the client may have added. */
export interface ClientError {
  readonly metric: HeadlineMetric;
  readonly statistic: HeadlineStatistic;
  readonly value_ms: Milliseconds;
  readonly error_ms: Milliseconds;
}

/**
 * What the client may have added to each headline number.
 *
 * TTFT and latency end with one stamp, which is late by one wait. A request's gaps add up to the time from its first output
 * to its last, so their mean, and TPOT, are off by one wait over their number. A p99 moves by that of the waits, that of a gap by
 * more, since it has two ends; but in k6, whose probes are few and whose timers are another's, a rare wait moves a p99 as far as the
 * number's own spread lets it, except where requests start in bursts, in which probes wait for what tokens wait for, or
 * where the client is late all the time, by a tenth of a gap.
 * A client that is late cannot have moved a p99 further than from the median, which bounds it.
 * @returns empty where nothing is known
 */
export function estimateClientErrors(summary: RunSummary, evidence: ClientEvidence): ClientError[] {
  const waits = combineWaits(evidence);
  if (waits === null) return [];
  const { atStart, anyTime } = waits;
  const gaps = Math.max(1, (summary.chunks_avg ?? 2) - 1);
  const tokens = Math.max(1, (summary.output_tokens_avg ?? 2) - 1);
  const { mean_ms: mean, p99_ms: p99 } = atStart;
  const isSeldomLate = atStart.mean_ms <= (summary.itl_p50_ms ?? Number.POSITIVE_INFINITY) / 10;
  const isOwnTail = evidence.timersOf === 'beside' && !evidence.inBursts && isSeldomLate;
  const tailOf = (metric: HeadlineMetric): Milliseconds => (isOwnTail ? errorOfTail(summary, metric, evidence) : p99);
  const tailOfGaps = isOwnTail ? tailOf('itl') : anyTime.p99_ms * Math.SQRT2;
  const errors: Readonly<Record<HeadlineMetric, Readonly<Record<HeadlineStatistic, Milliseconds>>>> = {
    ttft: { mean, p50: mean, p99: tailOf('ttft') },
    latency: { mean, p50: mean, p99: tailOf('latency') },
    tpot: { mean: mean / tokens, p50: mean / tokens, p99: p99 / tokens },
    itl: { mean: mean / gaps, p50: errorOfMedianGap(summary, anyTime), p99: tailOfGaps },
  };
  return HEADLINE_METRICS.flatMap((metric) => {
    const p50 = headlineValue(summary, metric, 'p50');
    return HEADLINE_STATISTICS.flatMap((statistic) => {
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

/** In a tail that falls off exponentially, p99 lies so many of its scales above the median. */
const SCALES_TO_P99 = Math.log(50);

/**
 * How far waits move the p99 of a number whose tail falls off exponentially with a scale of its own: by the logarithm of the
 * mean of e^(wait / scale), times the scale. A wait that is short beside the scale counts as the mean does; one of n probes
 * that is long beside it, by what is left of it after ln n scales. A gap's first end, when late, shortens it.
 */
function errorOfTail(summary: RunSummary, metric: HeadlineMetric, { probes, timers }: ClientEvidence): Milliseconds {
  const [p50, p99] = [headlineValue(summary, metric, 'p50'), headlineValue(summary, metric, 'p99')];
  const known = [probes, timers].filter((waits) => waits !== null);
  if (p50 === null || p99 === null || p99 <= p50) return Math.max(...known.map(({ p99_ms }) => p99_ms));
  const scale = (p99 - p50) / SCALES_TO_P99;
  const ofWaits = (waits: ClientWaits | ProbeWaits): Milliseconds => {
    const later = Math.log(meanOf(waits, (wait) => Math.exp(Math.min(500, wait / scale))));
    return scale * (metric === 'itl' ? later + Math.log(meanOf(waits, (wait) => Math.exp(-wait / scale))) : later);
  };
  return Math.max(...known.map(ofWaits));
}

/** Where single waits are not known, so many have the p99 that the mean is right. */
function meanOf(waits: ClientWaits | ProbeWaits, of: (wait: Milliseconds) => number): number {
  if (!('all_ms' in waits)) {
    const share = waits.p99_ms > 0 ? Math.min(1, waits.mean_ms / waits.p99_ms) : 0;
    return share * of(waits.p99_ms) + (1 - share) * of(0);
  }
  let total = 0;
  for (let index = 0; index < waits.all_ms.length; index++) total += of(waits.all_ms[index] as Milliseconds);
  return total / waits.all_ms.length;
}
