import type { MetricUnit } from '../../metrics/metric.ts';
import { NO_VALUE } from '../../shared/format-digits.ts';

/** A number with about three significant digits and commas between thousands: `1,235`, `12.3`, `0.0042`. */
export function formatNumber(value: number | null): string {
  return Number.isInteger(value) ? groupThousands(value as number) : formatMeasured(value);
}

/** The same for what is measured: a value that happens to be whole has the digits of its neighbours, `10.0`. */
export function formatMeasured(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return NO_VALUE;
  // As it is rounded: 9.999 is 10.0, not 10.00.
  const size = Math.abs(Number(value.toPrecision(3)));
  if (size >= 100 || size === 0) return groupThousands(Math.round(value));
  if (size >= 10) return value.toFixed(1);
  if (size >= 1) return value.toFixed(2);
  return `${Number(value.toPrecision(2))}`;
}

/** Milliseconds with their unit, in seconds from ten of them on: `10.0 ms`, `696 ms`, `12.3 s`. */
export function formatMilliseconds(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return NO_VALUE;
  return Math.abs(value) >= 10_000 ? `${formatMeasured(value / 1000)} s` : `${formatMeasured(value)} ms`;
}

/** A share of 0 to 1 in percent, never rounded up to 100 % or down to 0 %: `99.9 %`. */
export function formatShare(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return NO_VALUE;
  const percent = value * 100;
  if (percent === 100 || percent === 0) return `${percent} %`;
  for (let digits = 1; digits < 5; digits++) {
    const text = percent.toFixed(digits);
    if (Number(text) !== 100 && Number(text) !== 0) return `${text} %`;
  }
  return percent > 50 ? '> 99.9999 %' : '< 0.0001 %';
}

/** A value of a metric with its unit, where that is short: `696 ms`, `99.9 %`, `1,235`. */
export function formatMetric(value: number | null, unit: MetricUnit): string {
  if (unit === 'ms') return formatMilliseconds(value);
  return unit === 'share' ? formatShare(value) : formatNumber(value);
}

/** Two formatted ends of an interval, `28.4 to 36.0`: the unit is beside the value already, unless it is not the same for all. */
export function formatInterval(...[value, low, high]: readonly [string, string, string]): string {
  const unit = / (?:ms|s|%)$/.exec(value)?.[0] ?? '';
  const isOne = low.endsWith(unit) && high.endsWith(unit);
  return (isOne ? [low, high].map((text) => text.slice(0, text.length - unit.length)) : [low, high]).join(' to ');
}

/** The distance to a limit over the limit, `+54 %`, `−8.3 %`; beyond all of it, where the value lies: `12 times the limit`. */
export function formatMargin(ratio: number | null): string {
  if (ratio === null) return NO_VALUE;
  const size = Math.abs(ratio);
  // Above a limit, and above one that is to be exceeded, the value is the limit and as much again.
  if (size > 1) return `${(1 + size).toFixed(size < 9 ? 1 : 0)} times the limit`;
  return `${ratio < 0 ? '−' : '+'}${(size * 100).toFixed(size < 0.1 ? 1 : 0)} %`;
}

/** Numbers of an axis as they are, with commas from a thousand on. */
export function formatTick(value: number): string {
  return Math.abs(value) >= 1000 ? formatNumber(value) : `${Number(value.toPrecision(6))}`;
}

function groupThousands(value: number): string {
  return `${value}`.replace(/\B(?=(\d{3})+$)/g, ',');
}
