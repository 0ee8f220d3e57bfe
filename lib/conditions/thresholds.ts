import type { MetricUnit } from '../metrics/metric.ts';
import type { MetricType } from './metric-types.ts';
import type { Operator } from './operators.ts';
import { parseCondition } from './parse-condition.ts';
import { readStatistic, type Statistic } from './statistics.ts';
import { splitTags, type Tag } from './tags.ts';
import { toUnit } from './units.ts';

/** What of a metric is compared. */
export type Aggregation =
  | Statistic
  | { readonly method: 'count' }
  | { readonly method: 'rate' }
  | { readonly method: 'value' };

export interface ThresholdExpression {
  /** As k6 takes it: what was given, or the same in k6's words. */
  readonly source: string;
  readonly aggregation: Aggregation;
  readonly operator: Operator;
  readonly limit: number;
}

/** The aggregation methods of each type of metric, as k6 allows them. */
export const METHODS: Readonly<Record<MetricType, readonly Aggregation['method'][]>> = {
  counter: ['count', 'rate'],
  gauge: ['value'],
  rate: ['rate'],
  trend: ['avg', 'min', 'max', 'percentile'],
};

/** k6's own grammar (`metrics/thresholds_parser.go` of k6 v2), for what `parseCondition` has read. */
const K6_FORM = /^\s*(?:avg|min|max|med|count|rate|value|p\([^\s()]+\))\s*(?:[<>]=?|===?|!=)\s*[^\s=]\S*\s*$/;

/**
 * Reads one threshold: `method operator number`, such as `p(95)<500` or `rate <= 0.01`, in k6's grammar, or in the words
 * of gates, which k6 does not know: `p95`, `mean`, `median`, and numbers with a unit.
 *
 * A bare `p`, Go's hexadecimal numbers and `_` between digits are refused, unlike in k6.
 *
 * @param unit of the metric; null: numbers have none
 * @returns null where it is not a threshold
 */
export function parseThresholdExpression(source: string, unit: MetricUnit | null = null): ThresholdExpression | null {
  const condition = parseCondition(source);
  if (condition === null) return null;
  const { measure, operator, limit: given } = condition;
  const aggregation = measure.args === null && measure.tags === null ? readAggregation(measure.name) : null;
  if (aggregation === null || operator === null || given === null) return null;
  const limit = given.unit === '' ? given.value : unit === null ? null : toUnit(given.value, given.unit, unit);
  if (limit === null) return null;
  const isK6 = given.unit === '' && K6_FORM.test(source);
  const parsed = { aggregation, operator, limit };
  return { source: isK6 ? source : formatForK6(parsed), ...parsed };
}

function readAggregation(name: string): Aggregation | null {
  return name === 'count' || name === 'rate' || name === 'value' ? { method: name } : readStatistic(name);
}

function formatForK6({ aggregation, operator, limit }: Omit<ThresholdExpression, 'source'>): string {
  const { method } = aggregation;
  return `${method === 'percentile' ? `p(${aggregation.percentile})` : method}${operator}${limit}`;
}

/** A metric's name with the tags of a sub-metric; empty without braces. */
export interface MetricSelector {
  readonly metric: string;
  readonly tags: readonly Tag[];
}

/**
 * Takes `name{tag:value,tag:value}` apart, as k6's `ParseMetricName` does.
 *
 * @returns null for braces that do not match, text after them, or a tag without a value
 */
export function parseMetricSelector(source: string): MetricSelector | null {
  const open = source.indexOf('{');
  const close = source.lastIndexOf('}');
  if (open < 0 && close < 0) return { metric: source, tags: [] };
  if (open < 0 || close !== source.length - 1 || close < open) return null;
  const text = source.slice(open + 1, close);
  const isWhole = text.split(',').every((tag) => /:[\s\S]/.test(tag));
  return isWhole ? { metric: source.slice(0, open), tags: splitTags(text) } : null;
}
