import type { NumberWithInterval, RunOutcome } from '../report/html/report-data.ts';
import { isObject, type JsonObject, parseJson } from '../shared/json.ts';
import { ownValue } from '../shared/own-value.ts';
import { HISTORY_METRICS, type HistoryMetric } from './history-metrics.ts';

/** A finished run, as `summary.json` and `benchmark_args.json` beside it tell of it. */
export interface HistoryRun extends RunOutcome {
  readonly runId: string | null;
  readonly startedAt: Date;
}

/** What tells when a run started where its summary does not. */
interface Hints {
  readonly path: string;
  readonly modifiedAt: Date;
}

/**
 * Reads a summary that may be anybody's.
 *
 * @param args the content of `benchmark_args.json`; undefined: none
 * @returns why it cannot be one of ours, where it is none
 */
export function parseHistoryRun(text: string, args: unknown, hints: Hints): HistoryRun | string {
  const file = parseJson(text);
  if (file === undefined) return 'it is not JSON, or was cut off';
  if (!isObject(file) || !isObject(ownValue(file, 'summary')) || !isObject(ownValue(file, 'validity'))) {
    return 'it is of another program';
  }
  const version = ownValue(file, 'version');
  if (version !== 1) return 'it is of another version of this program';
  const set = isObject(args) ? args : {};
  const rate = readRate(set);
  const conditions = [ownValue(file, 'thresholds'), ownValue(file, 'gates')].flatMap((list) =>
    Array.isArray(list) ? list.filter(isObject) : [],
  );
  return {
    runId: textAt(file, 'run_id'),
    startedAt: chooseStart(textAt(file, 'started_at'), hints),
    model: textAt(set, 'model'),
    dataset: textAt(set, 'dataset'),
    varies: rate === null ? 'parallel' : 'rate',
    parallel: numberAt(set, ['parallel']) ?? numberAt(file, ['summary', 'concurrency']),
    rate,
    verdict: textAt(ownValue(file, 'validity') as JsonObject, 'verdict') ?? 'NOT JUDGED',
    conditions: conditions.length,
    crossed: conditions.filter((condition) => ownValue(condition, 'ok') === false).length,
    numbers: HISTORY_METRICS.map((metric) => readNumber(file, metric)),
  };
}

/** evalscope's -1 is not a rate, and all requests at once where the loop is open; so is an open loop that tells none. */
function readRate(args: JsonObject): HistoryRun['rate'] {
  const rate = ownValue(args, 'rate');
  if (rate === 'inf' || (typeof rate === 'number' && rate >= 0)) return rate;
  return ownValue(args, 'open_loop') === true ? 'inf' : null;
}

/** The run's own word, else the name of its folder (`20261124_120000`, local time), else when its summary was written. */
function chooseStart(startedAt: string | null, { path, modifiedAt }: Hints): Date {
  const told = new Date(startedAt ?? Number.NaN);
  if (!Number.isNaN(told.getTime())) return told;
  const stamp = [...path.matchAll(/(?:^|\/)(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)/g)].at(-1);
  if (stamp === undefined) return modifiedAt;
  const [, year, month, day, hour, minute, second] = stamp;
  const named = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}`);
  return Number.isNaN(named.getTime()) ? modifiedAt : named;
}

function readNumber(file: JsonObject, { keys, plainKey }: HistoryMetric): NumberWithInterval {
  const at = (key: string): number | null => numberAt(file, ['intervals', ...keys, key]);
  const value = at('value');
  if (value !== null) return [value, at('low'), at('high')];
  if (plainKey === 'success_ratio') return [readSuccess(file), null, null];
  return [plainKey === null ? null : numberAt(file, ['summary', plainKey]), null, null];
}

function readSuccess(file: JsonObject): number | null {
  const [completed, failed] = ['completed_requests', 'failed_requests'].map((key) => numberAt(file, ['summary', key]));
  return completed == null || failed == null || completed + failed === 0 ? null : completed / (completed + failed);
}

function textAt(object: JsonObject, key: string): string | null {
  const value = ownValue(object, key);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** null for what is not a number, and for one that is none: JSON may say 1e999. */
function numberAt(object: JsonObject, keys: readonly string[]): number | null {
  let value: unknown = object;
  for (const key of keys) value = isObject(value) ? ownValue(value, key) : undefined;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
