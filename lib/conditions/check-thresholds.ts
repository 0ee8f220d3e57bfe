import type { MetricUnit } from '../metrics/metric.ts';
import { STATISTIC_METRICS } from '../metrics/request-metrics.ts';
import type { Problem } from '../shared/errors.ts';
import { isObject } from '../shared/json.ts';
import { findNearestName } from '../shared/nearest-name.ts';
import { ownValue } from '../shared/own-value.ts';
import { isHarmless, showJson, showValue } from '../shared/show-word.ts';
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
  const refuse: Refuse = (what, got, allowed, paste) => {
    problems.push({ key: `${where}, ${what}`, got, allowed, paste });
  };
  for (const [selector, list] of Object.entries(source)) {
    const type = checkSelector(selector, list, refuse, (note) => notes.push(`${where}: ${note}`));
    if (type !== null) thresholds[selector] = checkList(selector, list, type, refuse);
  }
  return { thresholds, problems, notes };
}

/** Adds a problem with a metric, or with what is under it. */
type Refuse = (what: string, got: string, allowed: string, paste: string) => void;

function checkSelector(
  selector: string,
  list: unknown,
  refuse: Refuse,
  addNote: (note: string) => void,
): MetricType | null {
  const parsed = parseMetricSelector(selector);
  if (parsed === null) {
    const allowed = 'name or name{tag:value,tag:value}; a comma separates tags and cannot be part of a value';
    const given = (selector.split(/[{}]/)[0] ?? '').trim();
    const name = findNearestMetric(given) ?? 'llm_ttft';
    const expression = rescue(list, name, ownValue(METRIC_TYPES, name) ?? 'trend');
    const paste = formatEntry(`${name}{model:qwen2.5}`, expression);
    refuse('metric', showValue(selector), allowed, paste);
    return null;
  }
  const { metric, tags } = parsed;
  const type = ownValue(METRIC_TYPES, metric);
  if (type === undefined) {
    const nearest = findNearestMetric(metric);
    const name = nearest ?? 'llm_ttft';
    const allowed = nearest === null ? 'one of our metrics (llm_...) or of k6' : `did you mean ${nearest}?`;
    const expression = rescue(list, name, ownValue(METRIC_TYPES, name) ?? 'trend');
    refuse('metric', showValue(metric), allowed, formatEntry(name + selector.slice(metric.length), expression));
    return null;
  }
  for (const { name } of tags) {
    if (KNOWN_TAGS.includes(name)) continue;
    addNote(`no sample of ours has a tag ${name}; without samples "${selector}" judges nothing`);
  }
  return type;
}

function checkList(selector: string, list: unknown, type: MetricType, refuse: Refuse): K6Thresholds[string] {
  // k6 takes null and [] for "no gate, but show this sub-metric".
  if (list === null) return [];
  if (!Array.isArray(list)) {
    const paste = formatEntry(selector, rescue(list, selector, type));
    refuse(selector, showJson(list), 'an array of thresholds, even for a single one', paste);
    return [];
  }
  return list.flatMap((item) => {
    const complaint = typeof item === 'string' ? null : checkObject(item);
    if (complaint !== null) {
      const example = `{ "threshold": "${EXAMPLES[type]}", "abortOnFail": true, "delayAbortEval": "10s" }`;
      refuse(selector, showJson(item), complaint, `${formatKey(selector)}: [${example}]`);
      return [];
    }
    const expression: string = typeof item === 'string' ? item : item.threshold;
    const parsed = parseThresholdExpression(expression, unitOf(selector, type));
    if (parsed === null || !METHODS[type].includes(parsed.aggregation.method)) {
      const allowed = `method operator number: ${METHODS_TEXT[type]} on a ${type}; one of < <= > >= == !=; a number`;
      refuse(selector, showValue(expression), allowed, formatEntry(selector, rescue(expression, selector, type)));
      return [];
    }
    return typeof item === 'string' ? parsed.source : { ...normalizeObject(item), threshold: parsed.source };
  });
}

function checkObject(item: unknown): string | null {
  if (!isObject(item)) return 'a text or an object with "threshold"';
  const unknown = Object.keys(item).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) return `the keys ${KEYS.join(', ')}; not ${JSON.stringify(unknown)}`;
  const { threshold, abortOnFail, delayAbortEval } = item;
  if (typeof threshold !== 'string') return 'a text under "threshold"';
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

function findNearestMetric(name: string): string | null {
  return findNearestName(name, Object.keys(METRIC_TYPES));
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
  return `${formatKey(selector)}: [${JSON.stringify(expression)}]`;
}

/** A selector as a key of JSON; of one that is long or like a key, the metric alone. */
function formatKey(selector: string): string {
  return JSON.stringify(isHarmless(selector) ? selector : selector.replace(/\{[\s\S]*/, ''));
}
