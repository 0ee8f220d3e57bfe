import type { MetricUnit } from '../metrics/metric.ts';
import { formatDigits, NO_VALUE } from '../shared/format-digits.ts';
import type { ComparedNumber, Difference } from './compare-runs.ts';

function sign(value: number): string {
  return value > 0 ? '+' : '';
}

/** A number of a run in its unit; a ratio in percent. */
export function formatValue(value: number | null, unit: MetricUnit): string {
  if (value === null) return NO_VALUE;
  return unit === 'share' ? `${formatDigits(value * 100)} %` : formatDigits(value);
}

/** The unit after a metric's title; a ratio has its own. */
export function formatUnit(unit: MetricUnit): string {
  return unit === 'ms' ? ' (ms)' : '';
}

function formatWith(difference: Difference | null, show: (value: number) => string, unit: string): string {
  if (difference === null) return NO_VALUE;
  const { value, low, high } = difference;
  const interval = low === null || high === null ? '' : ` (${show(low)} to ${show(high)})`;
  return `${show(value)}${unit}${interval}`;
}

/** `+4.1 (+2.9 to +5.3)`; percentage points for a ratio. */
export function formatDifference({ difference, unit }: ComparedNumber): string {
  const scale = unit === 'share' ? 100 : 1;
  const show = (value: number): string => {
    const rounded = Number((value * scale).toPrecision(4));
    return `${sign(rounded)}${formatDigits(rounded)}`;
  };
  return formatWith(difference, show, unit === 'share' ? ' pp' : '');
}

/** `+14.2 % (+10.1 to +18.4)`. */
export function formatRelative({ relative }: ComparedNumber): string {
  const show = (value: number): string => {
    const rounded = Number((value * 100).toFixed(1));
    return `${sign(rounded)}${Object.is(rounded, -0) ? 0 : rounded}`;
  };
  return formatWith(relative, show, ' %');
}
