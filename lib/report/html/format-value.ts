/** Stands where there is no value. */
export const NO_VALUE = '–';

/** A number with about three significant digits and commas between thousands: `1,235`, `12.3`, `0.0042`. */
export function formatNumber(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return NO_VALUE;
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return groupThousands(Math.round(value));
  if (size >= 10) return value.toFixed(1);
  if (size >= 1) return value.toFixed(2);
  return `${Number(value.toPrecision(2))}`;
}

/** Milliseconds with their unit, in seconds from ten of them on: `3.09 ms`, `696 ms`, `12.3 s`. */
export function formatMilliseconds(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return NO_VALUE;
  return Math.abs(value) >= 10_000 ? `${formatNumber(value / 1000)} s` : `${formatNumber(value)} ms`;
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

/** `+54 %`, `-8.3 %`. */
export function formatMargin(ratio: number | null): string {
  if (ratio === null) return NO_VALUE;
  const percent = ratio * 100;
  const digits = Math.abs(percent) < 10 ? 1 : 0;
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(digits)} %`;
}

function groupThousands(value: number): string {
  return `${value}`.replace(/\B(?=(\d{3})+$)/g, ',');
}
