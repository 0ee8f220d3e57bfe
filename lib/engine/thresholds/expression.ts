import { badConfiguration } from '../settings/fields.ts';

type Operator = '<=' | '<' | '>=' | '>' | '===' | '==' | '!=';

/** A parsed threshold: `p(95)<200`. */
export interface ThresholdExpression {
  /** `count`, `avg`, …, or `p` for a percentile: what k6 names in messages. */
  readonly method: string;
  /** What a sink reads: the method, or `p(95)`. */
  readonly key: string;
  readonly operator: Operator;
  readonly value: number;
}

/** Longer operators first, where one contains the other. */
const OPERATORS: readonly Operator[] = ['<=', '<', '>=', '>', '===', '==', '!='];
const METHODS = ['value', 'count', 'rate', 'avg', 'min', 'med', 'max', 'p'];

/**
 * k6's grammar: `method ws* operator ws* float`; `p(N)` with N from 0 to 100.
 *
 * @throws {EngineError} exit code 104, k6's text
 */
export function parseThresholdExpression(source: string): ThresholdExpression {
  const { left, operator, right } = split(source);
  const method = parseMethod(source, left);
  const value = parseGoFloat(right);
  if (value === null) {
    throw badConfiguration(
      `failed parsing threshold expresion's ${JSON.stringify(source)} right hand side; ` +
        `reason: strconv.ParseFloat: parsing ${JSON.stringify(right)}: invalid syntax`,
    );
  }
  // A bare `p` reads the 0th percentile: k6's own reading of a missing number.
  return method.startsWith('p')
    ? { method: 'p', key: method === 'p' ? 'p(0)' : method, operator, value }
    : { method, key: method, operator, value };
}

/** Whether `value` keeps what the expression demands. */
export function holds(value: number, { operator, value: limit }: ThresholdExpression): boolean {
  switch (operator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '==':
    case '===':
      return value === limit;
    case '!=':
      return value !== limit;
    default:
      return operator satisfies never;
  }
}

function split(source: string): { left: string; operator: Operator; right: string } {
  for (const operator of OPERATORS) {
    const at = source.indexOf(operator);
    const right = at < 0 ? '' : source.slice(at + operator.length);
    if (right !== '') return { left: source.slice(0, at).trim(), operator, right: right.trim() };
  }
  throw badConfiguration(
    `failed parsing threshold expression ${JSON.stringify(source)}; reason: malformed threshold expression`,
  );
}

function parseMethod(source: string, text: string): string {
  if (METHODS.includes(text)) return text;
  const refuse = (reason: string): Error =>
    badConfiguration(
      `failed parsing threshold expression's ${JSON.stringify(source)} left hand side; reason: ${reason}`,
    );
  if (!text.startsWith('p(') || !text.endsWith(')')) throw refuse('failed parsing method from expression');
  const inner = text.slice(2, -1);
  const percentile = parseGoFloat(inner);
  if (percentile === null) {
    throw refuse(
      `malformed percentile value; reason: strconv.ParseFloat: parsing ${JSON.stringify(inner)}: invalid syntax`,
    );
  }
  if (!(percentile >= 0 && percentile <= 100)) {
    throw refuse('malformed percentile value, provide a number between 0 and 100');
  }
  return `p(${percentile})`;
}

/** Go's `ParseFloat`: decimal and exponent forms, a sign, `Inf`, `NaN`; null for anything else. */
function parseGoFloat(text: string): number | null {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (!special) return null;
  if (special[2]!.toLowerCase() === 'nan') return Number.NaN;
  return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
