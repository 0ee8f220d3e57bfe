import type { Milliseconds } from './units.ts';

/** How a date and time as ISO 8601 begins; a blank may stand for the T. */
export const ISO_START = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/;

/** A date and time as ISO 8601, without a zone in UTC, since 1970; null where the text is none. */
export function parseIso(text: string): Milliseconds | null {
  // k6 knows no small z.
  const plain = text.replace(' ', 'T').toUpperCase();
  const ms = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(plain) ? plain : `${plain}Z`);
  return ISO_START.test(text) && Number.isFinite(ms) ? ms : null;
}
