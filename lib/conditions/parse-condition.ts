import type { Operator } from './operators.ts';

/** A number as it was written: `500`, `0.5s`, `+10%`; the unit is empty where there is none. */
export interface Quantity {
  readonly value: number;
  readonly unit: string;
}

/** What a condition is about: a name, what is in brackets after it, and a selector in braces after that. */
export interface Measure {
  /** `p99` for `p(99)` too. */
  readonly name: string;
  /** null: no brackets; empty: nothing in them, or nothing that could be read. */
  readonly args: readonly (Condition | Quantity)[] | null;
  /** As it was written, without its braces; null: none. */
  readonly tags: string | null;
}

/** The form of a condition, before anybody asks what its words mean. Inside brackets a name alone is one, too. */
export interface Condition {
  readonly measure: Measure;
  /** null: none, or something else in its place. */
  readonly operator: Operator | null;
  /** null: what follows is not a number with an optional unit, and nothing else. */
  readonly limit: Quantity | null;
}

interface Token {
  readonly type: 'quantity' | 'name' | 'operator' | 'tags' | 'other';
  readonly text: string;
  readonly unit: string;
}

/**
 * The next token: a number with its unit, a name, an operator, a selector in braces, or any other character.
 *
 * A number is Go's decimal form, since k6 reads thresholds that way: `.5`, `1.`, `1e3`, `+Inf`. No named groups: k6 1.x
 * leaves `groups` undefined.
 */
const TOKEN =
  /^\s*(?:([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]?inf(?:inity)?(?!\w)|nan(?!\w))\s*([a-z%/]*)|([a-z_]\w*(?:\.\d+)?)|(<=|>=|===?|!==?|<|>)|\{([^{}]*)\}|(\S))/i;

/**
 * Reads `measure operator number`, the one grammar under thresholds, gates and limits on differences:
 * `p(95)<500`, `goodput(ttft<0.5s, tpot<50){model:m}>=95%`, `fluidity(25ms)>=0.99`, `mean(tpot)>+10%`.
 *
 * @returns null where not even a measure can be read
 */
export function parseCondition(source: string): Condition | null {
  const tokens = tokenize(source);
  let at = 0;

  function take(type: Token['type'], text?: string): Token | null {
    const token = tokens[at];
    if (token?.type !== type || (text !== undefined && token.text !== text)) return null;
    at += 1;
    return token;
  }

  function readQuantity(): Quantity | null {
    const token = take('quantity');
    const value = token === null ? null : parseNumber(token.text);
    return token === null || value === null ? null : { value, unit: token.unit };
  }

  function readCondition(): Condition | null {
    const measure = readMeasure();
    if (measure === null) return null;
    // JavaScript's longer spellings mean the same here, as `===` does in k6.
    const operator = (take('operator')?.text.slice(0, 2) ?? null) as Operator | null;
    return { measure, operator, limit: operator === null ? null : readQuantity() };
  }

  function readMeasure(): Measure | null {
    const name = take('name')?.text;
    if (name === undefined) return null;
    const args = readArguments();
    const [first] = args ?? [];
    if (/(?:^|_)p$/.test(name) && args?.length === 1 && first !== undefined && 'value' in first && first.unit === '') {
      return { name: `${name}${first.value}`, args: readArguments(), tags: take('tags')?.text ?? null };
    }
    return { name, args, tags: take('tags')?.text ?? null };
  }

  function readArguments(): Measure['args'] {
    if (take('other', '(') === null) return null;
    const start = at;
    const args: (Condition | Quantity)[] = [];
    do {
      const item = readQuantity() ?? readCondition();
      if (item === null) break;
      args.push(item);
    } while (take('other', ',') !== null);
    if (args.length > 0 && take('other', ')') !== null) return args;
    at = start;
    for (let depth = 1; at < tokens.length && depth > 0; at += 1) {
      const { type, text } = tokens[at] as Token;
      if (type === 'other') depth += text === '(' ? 1 : text === ')' ? -1 : 0;
    }
    return [];
  }

  const condition = readCondition();
  if (condition === null || at === tokens.length) return condition;
  return condition.operator === null ? null : { ...condition, limit: null };
}

/** What is in brackets, where it is one measure without a limit and a selector: `ttft` of `p99(ttft)`; null otherwise. */
export function onlyMeasure(args: Measure['args']): Measure | null {
  const [first] = args ?? [];
  if (args?.length !== 1 || first === undefined || 'value' in first) return null;
  return first.operator === null && first.measure.tags === null ? first.measure : null;
}

/** As a line that reads back as the same condition. */
export function formatCondition(item: Condition | Quantity): string {
  return 'value' in item
    ? `${item.value}${item.unit}`
    : amend(item, `${item.measure.name}${formatArguments(item.measure.args)}`);
}

/** A condition with another measure, given as text without a selector. */
export function amend({ measure: { tags }, operator, limit }: Condition, measure: string): string {
  const selector = tags === null ? '' : `{${tags}}`;
  return `${measure}${selector}${operator ?? ''}${limit === null ? '' : formatCondition(limit)}`;
}

/** `(ttft<500, tpot<50)`; empty without brackets. */
export function formatArguments(args: Measure['args']): string {
  return args === null ? '' : `(${args.map(formatCondition).join(', ')})`;
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let rest = source;
  for (let match = TOKEN.exec(rest); match !== null; match = TOKEN.exec(rest)) {
    const [whole, number, unit = '', name, operator, tags, other = ''] = match;
    if (number !== undefined) tokens.push({ type: 'quantity', text: number, unit });
    else if (name !== undefined) tokens.push({ type: 'name', text: name, unit: '' });
    else if (operator !== undefined) tokens.push({ type: 'operator', text: operator, unit: '' });
    else if (tags !== undefined) tokens.push({ type: 'tags', text: tags, unit: '' });
    else tokens.push({ type: 'other', text: other, unit: '' });
    rest = rest.slice(whole.length);
  }
  return tokens;
}

/** Go's `ParseFloat`, its decimal forms; out of range is an error there and null here. */
function parseNumber(text: string): number | null {
  if (/nan/i.test(text)) return Number.NaN;
  if (/inf/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
