/**
 * Python's `round(x, digits)`: correctly rounded on the exact binary value, halves to the even digit.
 *
 * JavaScript's `toFixed` is correctly rounded too, but takes halves away from zero. A half is a number whose double
 * times 10^digits is odd; since 10^digits * 2 = 5^digits * 2^(digits+1), that is so exactly when x * 2^(digits+1) is an
 * odd whole number, which a float multiplication by a power of two shows without error.
 * @param digits decimals, 0 to 20
 * @returns NaN and the infinities as they are
 */
export function roundPython(x: number, digits: number): number {
  if (!Number.isFinite(x) || Math.abs(x) >= 1e21) return x;
  const text = x.toFixed(digits);
  const isHalf = Math.abs((x * 2 ** (digits + 1)) % 2) === 1;
  const last = Number(text[text.length - 1]);
  return Number(isHalf && last % 2 === 1 ? `${text.slice(0, -1)}${last - 1}` : text);
}

/**
 * Python's `str(x)` of a float: the shortest text that reads back as x, always with a point or an exponent.
 *
 * 232 is `232.0`, 10.74 is `10.74`, 0.00003 is `3e-05`: the exponent starts below 1e-4 and from 1e16 on, and has two
 * digits at least. NaN is `nan`, infinity `inf`.
 */
export function formatPythonFloat(x: number): string {
  if (Number.isNaN(x)) return 'nan';
  if (!Number.isFinite(x)) return x > 0 ? 'inf' : '-inf';
  const size = Math.abs(x);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [mantissa, exponent] = x.toExponential().split('e') as [string, string];
    return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
  }
  const text = Object.is(x, -0) ? '-0' : `${x}`;
  return text.includes('.') ? text : `${text}.0`;
}
