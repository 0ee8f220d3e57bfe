import type { MetricUnit } from '../metrics/metric.ts';
import { STATISTIC_METRICS } from '../metrics/request-metrics.ts';
import type { Problem } from '../shared/errors.ts';
import { findNearestName } from '../shared/nearest-name.ts';
import { ownValue } from '../shared/own-value.ts';
import { showJson, showValue } from '../shared/show-word.ts';
import { KNOWN_TAGS, METRIC_TYPES, type MetricType } from './metric-types.ts';
import { METHODS, parseMetricSelector, parseThresholdExpression } from './thresholds.ts';

/** One threshold with k6's options. */
interface ThresholdObject {
  threshold: string;
  abortOnFail?: boolean;
  delayAbortEval?: string;
}

/** What k6 takes as `options.thresholds`; the arrays are mutable because k6's own type asks for that. */
export type K6Thresholds = Record<string, (string | ThresholdObject)[]>;

export interface CheckedThresholds {
  readonly thresholds: K6Thresholds;
  readonly problems: readonly Problem[];
  /** What is allowed and probably not meant. */
  readonly notes: readonly string[];
}

const EXAMPLES: Readonly<Record<MetricType, string>> = {
  counter: 'count>0',
  gauge: 'value>0',
  rate: 'rate<0.01',
  trend: 'p(95)<500',
};

const METHODS_TEXT: Readonly<Record<MetricType, string>> = {
  counter: 'count or rate',
  gauge: 'value',
  rate: 'rate',
  trend: 'avg, min, max, med or p(N) with N from 0 to 100',
};

const KEYS: readonly string[] = ['threshold', 'abortOnFail', 'delayAbortEval'];

/**
 * Checks a thresholds object as k6 would, and lists everything that k6 refuses one by one, or only at the end of a run:
 * a text instead of an array, unknown metrics, methods that do not fit, malformed expressions, percentiles above 100,
 * tags in a wrong form.
 *
 * @param where name of the profile or file, which every problem begins with
 */
export function checkThresholds(source: Readonly<Record<string, unknown>>, where: string): CheckedThresholds {
  const problems: Problem[] = [];
  const notes: string[] = [];
  const thresholds: K6Thresholds = {};
  for (const [selector, list] of Object.entries(source)) {
    const type = checkSelector(selector, list, where, problems, notes);
    if (type === null) continue;
    thresholds[selector] = checkList(selector, list, type, where, problems);
  }
  return { thresholds, problems, notes };
}

function checkSelector(
  selector: string,
  list: unknown,
  where: string,
  problems: Problem[],
  notes: string[],
): MetricType | null {
  const parsed = parseMetricSelector(selector);
  if (parsed === null) {
    problems.push({
      key: `${where}, metric`,
      got: showValue(selector),
      allowed: 'name or name{tag:value,tag:value}; a comma separates tags and cannot stand in a value',
      paste: `"${selector.split('{')[0] ?? ''}{model:qwen2.5}": ["${EXAMPLES.trend}"]`,
    });
    return null;
  }
  const { metric, tags } = parsed;
  const type = ownValue(METRIC_TYPES, metric);
  if (type === undefined) {
    const nearest = findNearestName(metric, Object.keys(METRIC_TYPES));
    const name = nearest ?? 'llm_ttft';
    problems.push({
      key: `${where}, metric`,
      got: showValue(metric),
      allowed: nearest === null ? 'one of our metrics (llm_...) or of k6' : `did you mean ${nearest}?`,
      paste: formatEntry(
        name + selector.slice(metric.length),
        rescue(list, name, ownValue(METRIC_TYPES, name) ?? 'trend'),
      ),
    });
    return null;
  }
  for (const { name } of tags) {
    if (KNOWN_TAGS.includes(name)) continue;
    notes.push(`${where}: no sample of ours has a tag ${name}; without samples "${selector}" judges nothing`);
  }
  return type;
}

function checkList(selector: string, list: unknown, type: MetricType, where: string, problems: Problem[]) {
  // k6 takes null and [] for "no gate, but show this sub-metric".
  if (list === null) return [];
  if (!Array.isArray(list)) {
    problems.push({
      key: `${where}, ${selector}`,
      got: showJson(list),
      allowed: 'an array of thresholds, even for a single one',
      paste: formatEntry(selector, rescue(list, selector, type)),
    });
    return [];
  }
  const checked: (string | ThresholdObject)[] = [];
  for (const item of list) {
    const complaint = typeof item === 'string' ? null : checkObject(item);
    if (complaint !== null) {
      problems.push({
        key: `${where}, ${selector}`,
        got: showJson(item),
        allowed: complaint,
        paste: `"${selector}": [{ "threshold": "${EXAMPLES[type]}", "abortOnFail": true, "delayAbortEval": "10s" }]`,
      });
      continue;
    }
    const expression: string = typeof item === 'string' ? item : item.threshold;
    const parsed = parseThresholdExpression(expression, unitOf(selector, type));
    if (parsed === null || !METHODS[type].includes(parsed.aggregation.method)) {
      problems.push({
        key: `${where}, ${selector}`,
        got: showValue(expression),
        allowed: `method operator number: ${METHODS_TEXT[type]} on a ${type}; one of < <= > >= == !=; a number`,
        paste: formatEntry(selector, rescue(expression, selector, type)),
      });
      continue;
    }
    checked.push(typeof item === 'string' ? parsed.source : { ...normalizeObject(item), threshold: parsed.source });
  }
  return checked;
}

function checkObject(item: unknown): string | null {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return 'a text or an object with "threshold"';
  const object = item as Record<string, unknown>;
  const unknown = Object.keys(object).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) return `the keys ${KEYS.join(', ')}; not ${JSON.stringify(unknown)}`;
  if (typeof object['threshold'] !== 'string') return 'a text under "threshold"';
  const { abortOnFail, delayAbortEval } = object;
  if (abortOnFail !== undefined && typeof abortOnFail !== 'boolean') return 'true or false under "abortOnFail"';
  const isMilliseconds = typeof delayAbortEval === 'number' && delayAbortEval >= 0;
  if (delayAbortEval === undefined || isMilliseconds || isDuration(delayAbortEval)) return null;
  return 'a duration with its unit under "delayAbortEval", such as "10s"';
}

/** k6 reads a bare number as milliseconds; its types, and we, write a text. */
function normalizeObject(item: ThresholdObject & { delayAbortEval?: string | number }): ThresholdObject {
  return typeof item.delayAbortEval === 'number' ? { ...item, delayAbortEval: `${item.delayAbortEval}ms` } : item;
}

function isDuration(value: unknown): boolean {
  return typeof value === 'string' && /^((\d+\.?\d*|\.\d+)(ms|us|µs|ns|d|h|m|s))+$/.test(value);
}

/** What was given, where it is right, in k6's words; else an example. */
function rescue(given: unknown, selector: string, type: MetricType): string {
  const first = Array.isArray(given) ? given[0] : given;
  const parsed = typeof first === 'string' ? parseThresholdExpression(first, unitOf(selector, type)) : null;
  return parsed !== null && METHODS[type].includes(parsed.aggregation.method) ? parsed.source : EXAMPLES[type];
}

/** What its numbers are in; k6's own Trends are times. null: they have no unit. */
function unitOf(selector: string, type: MetricType): MetricUnit | null {
  if (type !== 'trend') return type === 'rate' ? 'share' : null;
  const metric = selector.replace(/\{.*/, '');
  return STATISTIC_METRICS.find(({ trend }) => trend === metric)?.unit ?? 'ms';
}

function formatEntry(selector: string, expression: string): string {
  return `"${selector}": ["${expression}"]`;
}
