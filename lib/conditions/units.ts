import type { MetricUnit } from '../metrics/metric.ts';
import { ownValue } from '../shared/own-value.ts';
import { type Condition, formatCondition } from './parse-condition.ts';
import { Refusal } from './refusal.ts';
import { TEXTS } from './texts.ts';

/** How many of a metric's own unit each suffix of a number is. A number without one is in the unit itself. */
const SUFFIXES: Readonly<Record<MetricUnit, Readonly<Record<string, number>>>> = {
  ms: { us: 0.001, ms: 1, s: 1000 },
  share: { '%': 0.01 },
  tokens: {},
  chunks: {},
  requests: {},
  inputs: {},
  'tokens/s': { '/s': 1 },
  'requests/s': { '/s': 1 },
  'inputs/s': { '/s': 1 },
};

/**
 * A number with its suffix in the unit of a metric, without the last digits of binary arithmetic: 99.9 % is 0.999.
 *
 * @returns null for a suffix that the unit does not have
 */
export function toUnit(value: number, suffix: string, unit: MetricUnit): number | null {
  const factor = suffix === '' ? 1 : ownValue(SUFFIXES[unit], suffix);
  if (factor === undefined) return null;
  return factor === 1 ? value : roundTo12(value * factor);
}

function roundTo12(value: number): number {
  return Number(value.toPrecision(12));
}

/** `us, ms or s`; empty for a unit without suffixes. */
function listSuffixes(unit: MetricUnit): string {
  return Object.keys(SUFFIXES[unit])
    .join(', ')
    .replace(/, (?=[^,]*$)/, ' or ');
}

/**
 * The limit of a condition, in the unit of its metric.
 *
 * @param place puts a condition that is right in the place of a part of a longer one
 * @throws {Refusal}
 */
export function readLimit(condition: Condition, unit: MetricUnit, place = (better: string): string => better): number {
  const { limit } = condition;
  const offer = (value: number): string => place(formatCondition({ ...condition, limit: { value, unit: '' } }));
  if (limit === null || !Number.isFinite(limit.value)) {
    throw new Refusal(`a number (${unit}) after the operator`, offer(unit === 'share' ? 0.99 : 500));
  }
  const value = toUnit(limit.value, limit.unit, unit);
  if (value === null) {
    const suffixes = listSuffixes(unit);
    throw new Refusal(
      `a number in ${describeUnit(unit)}${suffixes === '' ? ', without unit' : `, or with ${suffixes}`}`,
      offer(limit.value),
    );
  }
  if (unit !== 'share' || (value >= 0 && value <= 1)) return value;
  const isPercent = limit.unit === '' && value > 1 && value <= 100;
  throw new Refusal(TEXTS.share, offer(isPercent ? roundTo12(value * 0.01) : 0.99));
}

function describeUnit(unit: MetricUnit): string {
  if (unit === 'ms') return 'milliseconds';
  return unit === 'share' ? 'shares, 0 to 1' : unit;
}
