import type { MetricUnit } from '../metrics/metric.ts';
import type { RequestMetricName, StatisticMetricName } from '../metrics/request-metrics.ts';
import type { RunMetricName } from '../metrics/run-metrics.ts';
import type { Problem } from '../shared/errors.ts';
import { findNearestName } from '../shared/nearest-name.ts';
import { isHarmless, showJson, showValue } from '../shared/show-word.ts';
import {
  ADJUSTABLE_METRICS,
  GOODPUT_MEASURES,
  type GoodputMeasure,
  LIMIT_UNITS,
  RUN_UNITS,
  SELECTOR_TAGS,
  type SelectorTag,
  STATISTIC_UNITS,
} from '../verdict/gate-names.ts';

export type GateOperator = '<' | '<=' | '>' | '>=' | '==' | '!=';

/** A limit that one request meets or does not. */
export interface RequestLimit {
  readonly metric: RequestMetricName;
  readonly operator: GateOperator;
  readonly limit: number;
}

/** `percentile` is 0 to 100; `med` is read as the 50th. */
export type GateStatistic =
  | { readonly method: 'avg' | 'min' | 'max' }
  | { readonly method: 'percentile'; readonly percentile: number };

/** The number that a gate compares. */
type GateMeasure =
  | {
      readonly type: 'statistic';
      readonly metric: StatisticMetricName;
      readonly statistic: GateStatistic;
      /** true: failed requests count as infinite, and the wait before a late start is part of the time. */
      readonly adjusted: boolean;
    }
  | { readonly type: 'goodput'; readonly measure: GoodputMeasure; readonly limits: readonly RequestLimit[] }
  | { readonly type: 'run'; readonly measure: RunMetricName };

/** One condition on a run, read out of a text such as `p99(ttft){status:200}<500`. */
export interface Gate {
  /** The text, without blanks around it: it names the gate in every report. */
  readonly source: string;
  readonly measure: GateMeasure;
  readonly unit: MetricUnit;
  /** All of them must hold; empty: every request. */
  readonly tags: readonly { readonly name: SelectorTag; readonly value: string }[];
  readonly operator: GateOperator;
  readonly limit: number;
}

export type ParsedGate =
  | { readonly state: 'gate'; readonly gate: Gate }
  /** `allowed`: what is allowed in place of what is wrong; `better`: a whole gate that is right. */
  | { readonly state: 'refused'; readonly allowed: string; readonly better: string };

class Refusal extends Error {
  readonly allowed: string;
  readonly better: string;

  constructor(allowed: string, better: string) {
    super(allowed);
    this.allowed = allowed;
    this.better = better;
  }
}

const EXAMPLE = 'p99(ttft)<500';
const FORMS =
  'statistic(metric), goodput(limits) or a number of the run, then < <= > >= == or != and a number without unit';
/**
 * Name with an argument in numbers as in `p(99.9)`, brackets, what is in them, selector.
 *
 * No named groups: k6 1.x leaves `groups` undefined.
 */
const MEASURE = /^([a-z_][a-z_0-9]*(?:\.\d+)?(?:\(\s*\d+(?:\.\d+)?\s*\))?)\s*(\(([^()]*)\))?\s*(?:\{([^{}]*)\})?$/;

/**
 * Reads one gate: `measure operator number`, where the measure is
 *
 * - `avg|min|max|med|pN|p(N) (metric)`, with `adjusted_` in front of `p`, `med` and `max` of a time,
 * - `goodput|goodput_per_s|goodput_tokens_per_s (metric<limit, …)`,
 * - or the name of a number of the whole run,
 *
 * and `{tag:value,…}` behind it picks the requests it is about. Times are milliseconds, shares 0 to 1.
 */
export function parseGate(text: string): ParsedGate {
  const source = text.trim();
  try {
    const { left, operator, right } = splitAtOperator(source);
    const match = MEASURE.exec(left);
    if (match === null) throw new Refusal(FORMS, EXAMPLE);
    const [, head = '', call, args = '', tags] = match;
    const { measure, unit } = readMeasure(head, call === undefined ? null : args, `${operator}${right}`);
    const limit = readNumber(right, unit, `${left}${operator}`);
    return {
      state: 'gate',
      gate: { source, measure, unit, tags: tags === undefined ? [] : readTags(tags, source), operator, limit },
    };
  } catch (error) {
    if (error instanceof Refusal) return { state: 'refused', allowed: error.allowed, better: error.better };
    throw error;
  }
}

/**
 * Reads gates, and finds everything that is wrong with them at once.
 *
 * @param where what every problem begins with: the setting, or a profile's name
 * @param paste how a right gate is written there
 */
export function checkGates(
  sources: readonly unknown[],
  where: string,
  paste: (gate: string) => string,
): { readonly gates: readonly Gate[]; readonly problems: readonly Problem[] } {
  const gates: Gate[] = [];
  const problems: Problem[] = [];
  for (const source of sources) {
    if (typeof source !== 'string') {
      problems.push({
        key: where,
        got: showJson(source),
        allowed: 'a gate as text',
        paste: paste(EXAMPLE),
      });
      continue;
    }
    const parsed = parseGate(source);
    if (parsed.state === 'refused') {
      problems.push({ key: where, got: showValue(source), ...suggest(source, parsed, paste) });
    } else if (!gates.some((gate) => gate.source === parsed.gate.source)) {
      gates.push(parsed.gate);
    }
  }
  return { gates, problems };
}

/** JavaScript's longer spellings mean the same here, as they do in k6. */
function toOperator(word: string): GateOperator {
  return (word === '===' ? '==' : word === '!==' ? '!=' : word) as GateOperator;
}

/** At the first operator outside of brackets. */
function splitAtOperator(source: string): { left: string; operator: GateOperator; right: string } {
  let depth = 0;
  for (let i = 0; i < source.length; i++) {
    const character = source[i] as string;
    if (character === '(' || character === '{') depth += 1;
    else if (character === ')' || character === '}') depth -= 1;
    else if (depth === 0 && '<>=!'.includes(character)) {
      const word = /^(?:<=|>=|===?|!==?|<|>)/.exec(source.slice(i))?.[0];
      if (word === undefined) break;
      return {
        left: source.slice(0, i).trim(),
        operator: toOperator(word),
        right: source.slice(i + word.length).trim(),
      };
    }
  }
  throw new Refusal(FORMS, MEASURE.test(source) && source.endsWith(')') ? `${source}<500` : EXAMPLE);
}

function readMeasure(head: string, args: string | null, rest: string): { measure: GateMeasure; unit: MetricUnit } {
  if (Object.hasOwn(GOODPUT_MEASURES, head)) {
    const measure = head as GoodputMeasure;
    return {
      measure: { type: 'goodput', measure, limits: readLimits(args, head, rest) },
      unit: GOODPUT_MEASURES[measure],
    };
  }
  if (Object.hasOwn(RUN_UNITS, head)) {
    if (args !== null) throw new Refusal(`${head} without brackets`, `${head}${rest}`);
    const measure = head as RunMetricName;
    return { measure: { type: 'run', measure }, unit: RUN_UNITS[measure] };
  }
  const adjusted = head.startsWith('adjusted_');
  const statistic = readStatistic(adjusted ? head.slice('adjusted_'.length) : head);
  if (statistic === null) throw refuseName(head, args, rest);
  if (args === null) throw new Refusal('the metric in brackets behind the statistic', `${head}(ttft)${rest}`);
  const metric = readMetric(args, STATISTIC_UNITS, (name) => `${head}(${name})${rest}`);
  if (adjusted && (statistic.method === 'avg' || statistic.method === 'min')) {
    throw new Refusal(
      'adjusted_ in front of p, med or max: one failed request makes an average infinite',
      `adjusted_p99(${metric})${rest}`,
    );
  }
  if (adjusted && !ADJUSTABLE_METRICS.includes(metric)) {
    throw new Refusal(`adjusted_ of ${ADJUSTABLE_METRICS.join(', ')}`, `${head}(latency)${rest}`);
  }
  return { measure: { type: 'statistic', metric, statistic, adjusted }, unit: STATISTIC_UNITS[metric] };
}

function readStatistic(name: string): GateStatistic | null {
  if (name === 'avg' || name === 'min' || name === 'max') return { method: name };
  if (name === 'med') return { method: 'percentile', percentile: 50 };
  const digits = /^p(?:(\d+(?:\.\d+)?)|\(\s*(\d+(?:\.\d+)?)\s*\))$/.exec(name);
  const percentile = Number(digits?.[1] ?? digits?.[2] ?? Number.NaN);
  return percentile >= 0 && percentile <= 100 ? { method: 'percentile', percentile } : null;
}

/** Nothing of that name: the nearest name, as a number of the run, a goodput or a statistic. */
function refuseName(head: string, args: string | null, rest: string): Refusal {
  if (args === null && Object.hasOwn(STATISTIC_UNITS, head)) {
    return new Refusal(`which statistic of ${head}: avg, min, max, med or pN`, `p99(${head})${rest}`);
  }
  const statistics = 'avg, min, max, med, pN or p(N) with N from 0 to 100';
  if (args !== null) {
    const nearest = findNearestName(head, Object.keys(GOODPUT_MEASURES));
    if (nearest !== null) return new Refusal(`did you mean ${nearest}?`, `${nearest}(${args})${rest}`);
    const metric = Object.hasOwn(STATISTIC_UNITS, args.trim()) ? args.trim() : 'ttft';
    return new Refusal(`${statistics} in front of (${metric})`, `p99(${metric})${rest}`);
  }
  const nearest = findNearestName(head, Object.keys(RUN_UNITS));
  const allowed = nearest === null ? `${FORMS}; numbers of the run: ${Object.keys(RUN_UNITS).join(', ')}` : null;
  return new Refusal(allowed ?? `did you mean ${nearest}?`, nearest === null ? EXAMPLE : `${nearest}${rest}`);
}

function readMetric<Name extends string>(
  text: string,
  names: Readonly<Record<Name, MetricUnit>>,
  better: (name: string) => string,
): Name {
  const name = text.trim();
  if (Object.hasOwn(names, name)) return name as Name;
  const known = Object.keys(names);
  const nearest = findNearestName(name, known);
  throw new Refusal(
    nearest === null ? `one of ${known.join(', ')}` : `did you mean ${nearest}?`,
    better(nearest ?? 'ttft'),
  );
}

function readLimits(args: string | null, head: string, rest: string): RequestLimit[] {
  if (args === null || args.trim() === '') {
    throw new Refusal('limits that a good request meets, in brackets', `${head}(ttft<500, tpot<50)${rest}`);
  }
  return args.split(',').map((part) => {
    const match = /^(\w+)\s*(<=|>=|===?|!==?|<|>)\s*(.+)$/.exec(part.trim());
    if (match === null)
      throw new Refusal(`limits such as ttft<500 between commas`, `${head}(ttft<500, tpot<50)${rest}`);
    const [, name = '', word = '', number = ''] = match;
    const replace = (better: string): string => `${head}(${args.replace(part.trim(), better)})${rest}`;
    const metric = readMetric(name, LIMIT_UNITS, (nearest) => replace(`${nearest}${word}${number}`));
    const operator = toOperator(word);
    const unit = LIMIT_UNITS[metric];
    try {
      return { metric, operator, limit: readNumber(number, unit, '') };
    } catch (error) {
      if (error instanceof Refusal) throw new Refusal(error.allowed, replace(`${name}${word}${error.better}`));
      throw error;
    }
  });
}

/** @param before what stands before the number, for the line to paste */
function readNumber(text: string, unit: MetricUnit, before: string): number {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([a-z%/]*)$/i.exec(text);
  const number = Number(match?.[1] ?? Number.NaN);
  if (!Number.isFinite(number))
    throw new Refusal(`a number (${unit}) behind the operator`, `${before}${guessLimit(unit)}`);
  const suffix = match?.[2] ?? '';
  const isShare = unit === 'share';
  if (suffix !== '') {
    const factor = suffix === 's' && unit === 'ms' ? 1000 : suffix === '%' && isShare ? 0.01 : 1;
    throw new Refusal(`a number without unit; it is in ${describeUnit(unit)}`, `${before}${scale(number, factor)}`);
  }
  if (isShare && (number < 0 || number > 1)) {
    const better = number > 1 && number <= 100 ? scale(number, 0.01) : '0.99';
    throw new Refusal('a share from 0 to 1', `${before}${better}`);
  }
  return number;
}

/** Without the last digits of binary arithmetic: 99.9 * 0.01 is 0.999. */
function scale(number: number, factor: number): string {
  return String(Number((number * factor).toPrecision(12)));
}

function guessLimit(unit: MetricUnit): string {
  return unit === 'share' ? '0.99' : '500';
}

function describeUnit(unit: MetricUnit): string {
  if (unit === 'ms') return 'milliseconds';
  return unit === 'share' ? 'shares, 0 to 1' : unit;
}

function readTags(text: string, source: string): Gate['tags'] {
  return text.split(',').map((part) => {
    const colon = part.indexOf(':');
    const name = part.slice(0, Math.max(0, colon)).trim();
    const value = part.slice(colon + 1).trim();
    const known = SELECTOR_TAGS.find((tag) => tag === name);
    if (known !== undefined && value !== '') return { name: known, value };
    const nearest = findNearestName(name, SELECTOR_TAGS) ?? 'model';
    throw new Refusal(
      `tag:value between commas; tags: ${SELECTOR_TAGS.join(', ')}`,
      source.replace(`{${text}}`, `{${nearest}:${value === '' ? 'value' : value}}`),
    );
  });
}

/** What to write instead: made of the gate that was given, unless a key may stand in that. */
function suggest(
  source: string,
  { allowed, better }: { readonly allowed: string; readonly better: string },
  paste: (gate: string) => string,
): Pick<Problem, 'allowed' | 'paste'> {
  return isHarmless(source) ? { allowed, paste: paste(better) } : { allowed: FORMS, paste: paste(EXAMPLE) };
}
