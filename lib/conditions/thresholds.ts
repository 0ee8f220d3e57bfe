import type { MetricType } from '../verdict/metric-types.ts';

type Operator = '<=' | '<' | '>=' | '>' | '===' | '==' | '!=';

/** What of a metric is compared; `percentile` is 0 to 100. */
export type Aggregation =
  | { readonly method: 'avg' | 'min' | 'max' | 'med' | 'count' | 'rate' | 'value' }
  | { readonly method: 'p'; readonly percentile: number };

export interface ThresholdExpression {
  readonly aggregation: Aggregation;
  readonly operator: Operator;
  readonly limit: number;
}

/** The aggregation methods of each type of metric, as k6 allows them. */
export const METHODS: Readonly<Record<MetricType, readonly Aggregation['method'][]>> = {
  counter: ['count', 'rate'],
  gauge: ['value'],
  rate: ['rate'],
  trend: ['avg', 'min', 'max', 'med', 'p'],
};

/** k6 cuts at the first operator of this list that occurs; each stands before the shorter ones it contains. */
const OPERATORS: readonly Operator[] = ['<=', '<', '>=', '>', '===', '==', '!='];

/**
 * Reads one threshold: `method operator number` in k6's grammar (`metrics/thresholds_parser.go` of k6 v2), such as
 * `p(95)<500` or `rate <= 0.01`. The number is Go's: `1e3`, `-5` and `Inf` are numbers, `200ms` is none.
 *
 * Two differences, both stricter: a bare `p` is refused, and so are Go's hexadecimal numbers and `_` between digits.
 *
 * @returns null where k6 would refuse the run
 */
export function parseThresholdExpression(source: string): ThresholdExpression | null {
  for (const operator of OPERATORS) {
    const at = source.indexOf(operator);
    if (at < 0 || at + operator.length === source.length) continue;
    const aggregation = parseAggregation(source.slice(0, at).trim());
    const limit = parseGoFloat(source.slice(at + operator.length).trim());
    return aggregation === null || limit === null ? null : { aggregation, operator, limit };
  }
  return null;
}

/** A metric's name with the tags of a sub-metric, `key:value` each; empty without braces. */
export interface MetricSelector {
  readonly metric: string;
  readonly tags: readonly string[];
}

/**
 * Takes `name{tag:value,tag:value}` apart, as k6's `ParseMetricName` does. A comma always ends a tag, so no value can
 * hold one; a colon in a value is fine.
 *
 * @returns null for braces that do not match, text behind them, or a tag without a value
 */
export function parseMetricSelector(source: string): MetricSelector | null {
  const open = source.indexOf('{');
  const close = source.lastIndexOf('}');
  if (open < 0 && close < 0) return { metric: source, tags: [] };
  if (open < 0 || close !== source.length - 1 || close < open) return null;
  const tags = source.slice(open + 1, close).split(',');
  if (tags.some((tag) => tag.indexOf(':') < 0 || tag.indexOf(':') === tag.length - 1)) return null;
  return { metric: source.slice(0, open), tags: tags.map((tag) => tag.trim()) };
}

function parseAggregation(source: string): Aggregation | null {
  switch (source) {
    case 'avg':
    case 'min':
    case 'max':
    case 'med':
    case 'count':
    case 'rate':
    case 'value':
      return { method: source };
    default: {
      if (!source.startsWith('p(') || !source.endsWith(')')) return null;
      const percentile = parseGoFloat(source.slice(2, -1));
      return percentile !== null && percentile >= 0 && percentile <= 100 ? { method: 'p', percentile } : null;
    }
  }
}

/** Go's `ParseFloat`, its decimal forms; out of range is an error there and null here. */
function parseGoFloat(source: string): number | null {
  const word = /^([+-]?)(inf|infinity|nan)$/i.exec(source);
  if (word !== null) {
    if (word[2]?.toLowerCase() === 'nan') return word[1] === '' ? Number.NaN : null;
    return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(source)) return null;
  const value = Number(source);
  return Number.isFinite(value) ? value : null;
}
