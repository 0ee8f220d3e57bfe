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

const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/**
 * Go's `time.ParseDuration`: `1h30m`, `500ms`, `1.5s`, `-2s`, `0`; every other number needs a unit.
 *
 * @returns milliseconds
 * @throws {Error} with Go's text, `time: missing unit in duration "500"`
 */
export function parseGoDuration(text: string): Milliseconds {
  const body = text.replace(/^[+-]/, '');
  if (body === '0') return 0;
  let total = 0;
  let position = 0;
  while (position < body.length) {
    PART.lastIndex = position;
    const match = PART.exec(body);
    if (!match) break;
    total += Number(match[1]) * (ownValue(UNITS, match[2] as string) as number);
    position = PART.lastIndex;
  }
  if (body !== '' && position === body.length) return text.startsWith('-') ? -total : total;
  const quoted = JSON.stringify(text);
  if (/^(\d+(\.\d*)?|\.\d+)$/.test(body.slice(position))) throw new Error(`time: missing unit in duration ${quoted}`);
  const unit = /^(?:\d+(?:\.\d*)?|\.\d+)([^\d.]+)/.exec(body.slice(position));
  if (unit) throw new Error(`time: unknown unit ${JSON.stringify(unit[1])} in duration ${quoted}`);
  throw new Error(`time: invalid duration ${quoted}`);
}

/**
 * k6's duration values: a number or numeric text is milliseconds, text may carry days (`1d2h`), the rest is Go's.
 *
 * @throws {Error} when the value is no duration
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

/** Go's `Duration.String`: `10ms`, `1.5s`, `10m0s`, `24h0m0s`. */
export function formatDuration(milliseconds: Milliseconds): string {
  if (milliseconds === 0) return '0s';
  const sign = milliseconds < 0 ? '-' : '';
  const size = Math.abs(milliseconds);
  if (size < 1e-3) return `${sign}${trim(size * 1e6)}ns`;
  if (size < 1) return `${sign}${trim(size * 1e3)}µs`;
  if (size < 1000) return `${sign}${trim(size)}ms`;
  const hours = Math.floor(size / 3_600_000);
  const minutes = Math.floor((size % 3_600_000) / 60_000);
  const seconds = trim((size % 60_000) / 1000);
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`;
}

function trim(value: number): string {
  return String(Number(value.toFixed(9)));
}
