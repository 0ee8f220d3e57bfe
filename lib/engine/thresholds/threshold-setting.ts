import { isObject } from '../../shared/json.ts';
import type { Milliseconds } from '../../shared/units.ts';
import { readBoolean, readDuration, wrongType } from '../settings/fields.ts';

/** One entry of a metric's list in `options.thresholds`, short or long form. */
export interface ThresholdSetting {
  readonly source: string;
  readonly abortOnFail: boolean;
  /** How long a run must have lasted before this threshold may abort it; null when not set. */
  readonly delayAbortEval: Milliseconds | null;
}

/**
 * Reads `options.thresholds`.
 *
 * @throws {EngineError} exit code 104 when an entry is no list of expressions; expressions themselves are parsed later
 */
export function readThresholds(value: unknown): Readonly<Record<string, readonly ThresholdSetting[]>> {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw wrongType('thresholds', value, 'map[string]metrics.Thresholds');
  return Object.fromEntries(Object.entries(value).map(([name, list]) => [name, readList(list)]));
}

function readList(value: unknown): ThresholdSetting[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw wrongType('thresholds', value, '[]metrics.thresholdConfig');
  return value.map((entry: unknown) => {
    if (typeof entry === 'string') return { source: entry, abortOnFail: false, delayAbortEval: null };
    if (!isObject(entry)) throw wrongType('thresholds', entry, 'metrics.rawThresholdConfig');
    const source = entry['threshold'];
    if (source !== undefined && typeof source !== 'string') throw wrongType('thresholds.threshold', source, 'string');
    return {
      source: source ?? '',
      abortOnFail: readBoolean(entry['abortOnFail'], 'thresholds.abortOnFail'),
      delayAbortEval: readDuration(entry['delayAbortEval']) ?? null,
    };
  });
}
