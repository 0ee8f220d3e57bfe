import { formatCount } from '../shared/format-count.ts';
import type { CheckedMetric, ErrorSummary } from './truth-errors.ts';

/** The tool's own error on one machine, in one engine, at one load. */
export interface Calibration {
  readonly engine: 'k6' | 'node';
  /** Streams at the same time. */
  readonly parallel: number;
  /** Pace of each stream. */
  readonly tokens_per_s: number;
  readonly requests: number;
  /** Wall clock, ISO 8601. */
  readonly measured_at: string;
  readonly errors: Readonly<Record<CheckedMetric, ErrorSummary>>;
}

/**
 * The calibration that speaks for a run: of the same engine, at the smallest load that is no smaller than the run's, since
 * errors grow with load; at the largest one where all are smaller.
 * @returns null when the engine was never calibrated
 */
export function chooseCalibration(
  calibrations: readonly Calibration[],
  engine: Calibration['engine'],
  parallel: number,
): Calibration | null {
  const own = calibrations.filter((calibration) => calibration.engine === engine);
  const byLoad = own.sort((a, b) => a.parallel - b.parallel || a.tokens_per_s - b.tokens_per_s);
  return byLoad.find((calibration) => calibration.parallel >= parallel) ?? byLoad.at(-1) ?? null;
}

/** The line below a run's tables: what to add and to take away in thought. */
export function describeCalibration(
  { engine, parallel, tokens_per_s, errors }: Calibration,
  runParallel: number,
): string {
  const { ttft, tpot, itl } = errors;
  const streams = `${formatCount(parallel, 'stream')} of ${tokens_per_s} tokens/s`;
  const beyond = runParallel > parallel ? `; this run had ${runParallel}, so expect more` : '';
  return (
    `Calibrated on this machine (${engine}, ${streams}${beyond}): ` +
    `TTFT ${plusMinus(ttft)}, TPOT ${plusMinus(tpot)}, ITL ${plusMinus(itl)} (median; p99 in parentheses).`
  );
}

/** `± 0.31 ms (1.20)` */
export function plusMinus({ median_ms, p99_ms }: Pick<ErrorSummary, 'median_ms' | 'p99_ms'>): string {
  return `± ${formatMs(median_ms)} ms (${formatMs(p99_ms)})`;
}

/** Two digits that count, and never more than microseconds. */
function formatMs(value: number): string {
  if (value >= 10) return value.toFixed(0);
  return value >= 1 ? value.toFixed(1) : value >= 0.1 ? value.toFixed(2) : value.toFixed(3);
}
