export type Operator = '<' | '<=' | '>' | '>=' | '==' | '!=';

/** Whether `value operator limit` is true. */
export function holds(value: number, operator: Operator, limit: number): boolean {
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
      return value === limit;
    case '!=':
      return value !== limit;
    default:
      return operator satisfies never;
  }
}

/** How far a value is from a limit, in its unit; above 0: room to spare, below 0: missing. */
export function computeMargin(value: number, operator: Operator, limit: number): number {
  if (operator === '<' || operator === '<=') return limit - value;
  if (operator === '>' || operator === '>=') return value - limit;
  const distance = Math.abs(value - limit);
  return operator === '!=' ? distance : 0 - distance;
}
