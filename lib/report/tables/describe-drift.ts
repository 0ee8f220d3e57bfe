import type { Milliseconds } from '../../shared/units.ts';
import type { findLengthDrift, MetricDrift, RunDrift } from '../../stats/run-drift.ts';
import { formatMilliseconds } from '../html/format-value.ts';
import { HEADLINE_NAMES } from '../html/headline-names.ts';

/**
 * What rose or fell in the course of a run, a sentence for each metric: `TTFT rose from 210 ms to 480 ms over the run (trend,
 * p < 0.0001).`
 *
 * @param firstStart of the run on the records' clock, and since 1970
 * @param lengths    of requests that changed in the course of it, too
 */
export function describeDrift(
  { metrics }: RunDrift,
  firstStart: Milliseconds | null,
  firstStartMs: Milliseconds,
  lengths: ReturnType<typeof findLengthDrift> = [],
): string[] {
  const changes = metrics
    .filter(({ alarm }) => alarm !== null)
    .map((drift) => describeChange(drift, drift.at_ms === null ? null : drift.at_ms - (firstStart ?? 0), firstStartMs));
  return changes.length === 0 ? [] : [...changes, ...lengths.map(describeLength)];
}

function describeLength({ metric, from, to }: ReturnType<typeof findLengthDrift>[number]): string {
  const what = metric === 'input_tokens' ? 'Prompts' : 'Answers';
  return `${what} became ${to > from ? 'longer' : 'shorter'} meanwhile, from ${Math.round(from)} to ${Math.round(to)} tokens, which alone changes times.`;
}

function describeChange(
  { metric, alarm, from, to, trend_p, shift_p }: MetricDrift,
  afterMs: Milliseconds | null,
  firstStartMs: Milliseconds,
): string {
  const change = `${HEADLINE_NAMES[metric].short} ${to > from ? 'rose' : 'fell'} from ${formatMilliseconds(from)} to ${formatMilliseconds(to)}`;
  if (alarm === 'trend' || afterMs === null) return `${change} over the run (trend, ${formatP(trend_p)}).`;
  const clock = new Date(firstStartMs + afterMs).toISOString().slice(11, 19);
  const seconds = Math.round(afterMs / 1000);
  return `${change} at ${clock} UTC, ${seconds} s into the run (level shift, ${formatP(shift_p)}).`;
}

function formatP(p: number): string {
  return p < 0.0001 ? 'p < 0.0001' : `p = ${p.toFixed(4)}`;
}
