import { NO_VALUE } from '../shared/format-digits.ts';
import { formatPythonFloat, roundPython } from './python-number.ts';

/**
 * A value of the tables, rounded as it is shown and written. `float` prints as Python prints a float (`232.0`), `count` as
 * it prints an int, unless interpolation made a fraction of it.
 */
export type Cell =
  | { readonly kind: 'float' | 'count'; readonly value: number | null }
  | { readonly kind: 'text'; readonly value: string | null };

/** A float of the tables, rounded as Python rounds; null stays null. */
export function floatCell(value: number | null, digits: number): Cell {
  return { kind: 'float', value: value === null ? null : roundPython(value, digits) };
}

/** A whole number; a fraction, which only interpolation makes, is rounded to four digits. */
export function countCell(value: number | null): Cell {
  return { kind: 'count', value: value === null ? null : roundPython(value, 4) };
}

/** A share of 0 to 1 in percent, with one decimal: `99.5%`. */
export function formatPercent(ratio: number): string {
  return `${formatCell(floatCell(ratio * 100, 1))}%`;
}

export function textCell(value: string | null): Cell {
  return { kind: 'text', value };
}

export function formatCell(cell: Cell): string {
  if (cell.value === null) return NO_VALUE;
  if (cell.kind === 'text') return cell.value;
  return cell.kind === 'count' && Number.isInteger(cell.value) ? `${cell.value}` : formatPythonFloat(cell.value);
}
