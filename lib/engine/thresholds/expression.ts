import type { Submetric } from '../metrics/metric.ts';
import { badConfiguration } from '../settings/fields.ts';

/** Longer operators first, where one contains the other. */
const OPERATORS = {
  '<=': (value, limit) => value <= limit,
  '<': (value, limit) => value < limit,
  '>=': (value, limit) => value >= limit,
  '>': (value, limit) => value > limit,
  '===': (value, limit) => value === limit,
  '==': (value, limit) => value === limit,
  '!=': (value, limit) => value !== limit,
} as const satisfies Readonly<Record<string, (value: number, limit: number) => boolean>>;

type Operator = keyof typeof OPERATORS;

/** A parsed threshold: `p(95)<200`. */
export interface ThresholdExpression {
  /** `count`, `avg`, …, or `p` for a percentile: what k6 names in messages. */
  readonly method: string;
  /** What a sink reads: the method, or `p(95)`. */
  readonly key: string;
  readonly operator: Operator;
  readonly value: number;
}

const METHODS = ['value', 'count', 'rate', 'avg', 'min', 'med', 'max'];

/**
 * k6's grammar: `method ws* operator ws* float`; `p(N)` with N from 0 to 100.
 *
 * @throws {EngineError} exit code 104, k6's text
 */
export function parseThresholdExpression(source: string): ThresholdExpression {
  const { left, operator, right } = split(source);
  const key = parseMethod(source, left);
  const value = parseGoFloat(right);
  if (value !== null) return { method: key.startsWith('p') ? 'p' : key, key, operator, value };
  throw badConfiguration(
    `failed parsing threshold expresion's ${JSON.stringify(source)} right hand side; ` +
      `reason: strconv.ParseFloat: parsing ${JSON.stringify(right)}: invalid syntax`,
  );
}

/** Whether `value` keeps what the expression demands. */
export function holds(value: number, { operator, value: limit }: ThresholdExpression): boolean {
  return OPERATORS[operator](value, limit);
}

function split(source: string): { left: string; operator: Operator; right: string } {
  for (const operator of Object.keys(OPERATORS) as Operator[]) {
    const at = source.indexOf(operator);
    const right = at < 0 ? '' : source.slice(at + operator.length);
    if (right !== '') return { left: source.slice(0, at).trim(), operator, right: right.trim() };
  }
  throw badConfiguration(
    `failed parsing threshold expression ${JSON.stringify(source)}; reason: malformed threshold expression`,
  );
}

/** @returns what a sink reads; a bare `p` is the 0th percentile, k6's own reading of a missing number */
function parseMethod(source: string, text: string): string {
  if (METHODS.includes(text)) return text;
  if (text === 'p') return 'p(0)';
  const [, inner] = /^p\((.*)\)$/.exec(text) ?? [];
  const percentile = inner === undefined ? null : parseGoFloat(inner);
  if (percentile !== null && percentile >= 0 && percentile <= 100) return `p(${percentile})`;
  const reason =
    inner === undefined
      ? 'failed parsing method from expression'
      : 'malformed percentile value, provide a number between 0 and 100';
  throw badConfiguration(
    `failed parsing threshold expression's ${JSON.stringify(source)} left hand side; reason: ${reason}`,
  );
}

/** Go's `ParseFloat`: decimal and exponent forms, a sign, `Inf`; null for anything else. */
function parseGoFloat(text: string): number | null {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  const infinity = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (!infinity) return null;
  return infinity[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** `ttft{model:a}` taken apart; `part` is null for a whole metric. */
interface MetricSelector {
  readonly metric: string;
  readonly part: Omit<Submetric, 'metric'> | null;
}

/**
 * Parses the key of a threshold: a metric name, with `{tag:value,…}` for a part of it.
 *
 * As k6: quotes and spaces around keys and values go, a value may hold a colon but no comma, and must not be empty.
 * @throws {EngineError} exit code 104, k6's text
 */
export function parseMetricSelector(name: string): MetricSelector {
  if (!/[{}]/.test(name)) return { metric: name, part: null };
  const [, metric = '', suffix] = /^([^{]*)\{(.*)\}$/s.exec(name) ?? [];
  if (suffix === undefined) {
    throw malformed(`metric ${JSON.stringify(name)} has unmatched opening/close curly brace`);
  }
  const tags: Record<string, string> = {};
  for (const part of suffix.split(',')) {
    const [, key = '', value] = /^([^:]*):(.+)$/s.exec(part) ?? [];
    if (value === undefined) throw malformed(`metric ${JSON.stringify(part)} tag expression is malformed`);
    tags[unquote(key)] = unquote(value);
  }
  return { metric, part: { suffix: suffix.trim(), tags } };
}

function malformed(detail: string): Error {
  return badConfiguration(`unable to validate threshold expressions; reason: parsing metric name failed, ${detail}`);
}

function unquote(text: string): string {
  return text.trim().replace(/^["']+|["']+$/g, '');
}
