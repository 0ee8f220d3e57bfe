import { ownValue } from '../../shared/own-value.ts';
import type { Milliseconds } from '../../shared/units.ts';

const UNITS: Readonly<Record<string, Milliseconds>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

const NUMBER = String.raw`(\d+(?:\.\d*)?|\.\d+)`;
const PART = new RegExp(`${NUMBER}(ns|us|µs|μs|ms|s|m|h)`, 'g');

/**
 * Go's `time.ParseDuration`: `1h30m`, `500ms`, `1.5s`, `-2s`, `0`; every other number needs a unit.
 *
 * @throws {Error} with Go's text, `time: missing unit in duration "500"`
 */
export function parseGoDuration(text: string): Milliseconds {
  const body = text.replace(/^[+-]/, '');
  if (body === '0') return 0;
  const rest = body.replace(PART, '');
  if (body === '' || rest !== '') {
    const problem = new RegExp(`^${NUMBER}$`).test(rest) ? 'missing unit in' : 'invalid';
    throw new Error(`time: ${problem} duration ${JSON.stringify(text)}`);
  }
  let total = 0;
  for (const [, number, unit] of body.matchAll(PART)) total += Number(number) * (ownValue(UNITS, unit as string) ?? 0);
  return text.startsWith('-') ? -total : total;
}

/**
 * k6's duration values: a number or numeric text is milliseconds, text may carry days (`1d2h`), the rest is Go's.
 *
 * @throws {Error} when the value is not a duration
 */
export function parseDuration(value: unknown): Milliseconds {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value !== 'string') throw new Error(`'${JSON.stringify(value)}' is not a valid duration value`);
  if (value.trim() !== '' && Number.isFinite(Number(value))) return Number(value);
  const days = /^(\d+)d(.*)$/.exec(value);
  if (!days) return parseGoDuration(value);
  const rest = days[2] as string;
  return Number(days[1]) * 86_400_000 + (rest === '' ? 0 : parseGoDuration(rest));
}

/** Go's `Duration.String`, from milliseconds on: `10ms`, `1.5s`, `10m0s`, `24h0m0s`. */
export function formatDuration(milliseconds: Milliseconds): string {
  if (milliseconds !== 0 && milliseconds < 1000) return `${milliseconds}ms`;
  const hours = Math.floor(milliseconds / 3_600_000);
  const minutes = Math.floor((milliseconds % 3_600_000) / 60_000);
  const seconds = `${Number(((milliseconds % 60_000) / 1000).toFixed(9))}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
