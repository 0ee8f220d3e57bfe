import type { MetricUnit, RequestMetric } from '../metrics/metric.ts';
import {
  REQUEST_METRICS,
  type RequestMetricName,
  STATISTIC_METRICS,
  type StatisticMetricName,
} from '../metrics/request-metrics.ts';
import { RUN_METRICS, type RunMetricName } from '../metrics/run-metrics.ts';
import type { Problem } from '../shared/errors.ts';
import { findNearestName } from '../shared/nearest-name.ts';
import { GOODPUT_MEASURES, type GoodputMeasure, SELECTOR_TAGS, type SelectorTag } from './gate-names.ts';
import type { Operator } from './operators.ts';
import {
  amend,
  type Condition,
  formatArguments,
  formatCondition,
  type Measure,
  onlyMeasure,
  parseCondition,
} from './parse-condition.ts';
import { type ConditionKind, Refusal, readConditions } from './refusal.ts';
import { readStatistic, type Statistic } from './statistics.ts';
import { splitTags } from './tags.ts';
import { TEXTS } from './texts.ts';
import { readLimit, toUnit } from './units.ts';

/** A metric, and what its name has in brackets after it. */
interface NamedMetric<Name> {
  readonly metric: Name;
  /** In its own unit; only where the metric has one. */
  readonly parameter?: number;
}

/** A limit that one request meets or does not. */
export interface RequestLimit extends NamedMetric<RequestMetricName> {
  readonly operator: Operator;
  readonly limit: number;
}

/** The number that a gate compares. */
type GateMeasure =
  | (NamedMetric<StatisticMetricName> & {
      readonly type: 'statistic';
      readonly statistic: Statistic;
      /** true: failed requests count as infinite, and the wait before a late start is part of the time. */
      readonly adjusted: boolean;
      /** The worst of it over the slices of the run (`--slice`). */
      readonly worstSlice?: true;
    })
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
  readonly operator: Operator;
  readonly limit: number;
}

const GATE: ConditionKind<Gate> = { read: readGate, what: 'a gate', forms: TEXTS.gate, example: 'p99(ttft)<500' };

/** Reads gates, see `readConditions`. */
export function checkGates(
  sources: readonly unknown[],
  where: string,
  paste: (gate: string) => string,
): { readonly gates: readonly Gate[]; readonly problems: readonly Problem[] } {
  const { conditions, problems } = readConditions(sources, GATE, where, paste);
  return { gates: conditions, problems };
}

/**
 * Reads one gate: `measure operator number`, where the measure is
 *
 * - a statistic of a metric, `p99(ttft)`, with `adjusted_` in front of `p`, `med` and `max` of a time, or `worst_slice_` in front
 *   of any,
 * - `goodput|goodput_per_s|goodput_tokens_per_s (metric<limit, …)`,
 * - the name of a number of the whole run,
 * - or a metric with a parameter, `fluidity(25ms)`, for its average,
 *
 * and `{tag:value,…}` after it picks the requests it is about. Times are milliseconds and shares 0 to 1, unless a unit
 * says otherwise.
 *
 * @throws {Refusal}
 */
function readGate(source: string): Gate {
  const condition = parseCondition(source);
  if (condition === null) throw new Refusal(TEXTS.gate, GATE.example);
  if (condition.operator === null) throw new Refusal(TEXTS.gate, `${formatCondition(condition)}<500`);
  const { measure, unit } = readMeasure(condition);
  const tags = readTags(condition);
  return { source, measure, unit, tags, operator: condition.operator, limit: readLimit(condition, unit) };
}

type Entry<Name> = Pick<RequestMetric, 'unit' | 'parameter' | 'adjustable'> & { readonly name: Name };

const RUN_NAMES = RUN_METRICS.map(({ name }) => name);
const ADJUSTABLE = REQUEST_METRICS.filter(({ adjustable }) => adjustable === true).map(({ name }) => name);

/** What is in front of a statistic; empty where nothing is. */
const prefixOf = (name: string): string => /^(adjusted|worst_slice)_/.exec(name)?.[0] ?? '';

function readMeasure(condition: Condition): Pick<Gate, 'measure' | 'unit'> {
  const { name, args } = condition.measure;
  if (Object.hasOwn(GOODPUT_MEASURES, name)) {
    const measure = name as GoodputMeasure;
    return { measure: { type: 'goodput', measure, limits: readLimits(condition) }, unit: GOODPUT_MEASURES[measure] };
  }
  if (RUN_NAMES.some((known) => known === name)) {
    const { metric, unit } = readMetric(condition.measure, RUN_METRICS, (better) => amend(condition, better));
    return { measure: { type: 'run', measure: metric.metric }, unit };
  }
  if (STATISTIC_METRICS.some((metric) => metric.name === name && 'parameter' in metric)) {
    const { metric, unit } = readMetric(condition.measure, STATISTIC_METRICS, (better) => amend(condition, better));
    return { measure: { type: 'statistic', ...metric, statistic: { method: 'avg' }, adjusted: false }, unit };
  }
  const prefix = prefixOf(name);
  const [adjusted, sliced] = [prefix === 'adjusted_', prefix === 'worst_slice_'];
  const statistic = readStatistic(name.slice(prefix.length));
  if (statistic === null) throw refuseName(condition);
  if (args === null) throw new Refusal(TEXTS.metricMissing, amend(condition, `${name}(ttft)`));
  const { metric, unit, adjustable } = readMetric(onlyMeasure(args), STATISTIC_METRICS, (better) =>
    amend(condition, `${name}(${better})`),
  );
  if (adjusted && (statistic.method === 'avg' || statistic.method === 'min')) {
    throw new Refusal(TEXTS.adjusted, amend(condition, `adjusted_p99(${metric.metric})`));
  }
  if (adjusted && adjustable !== true) {
    throw new Refusal(`adjusted_ of ${ADJUSTABLE.join(', ')}`, amend(condition, `${name}(latency)`));
  }
  const worst = sliced ? ({ worstSlice: true } as const) : {};
  return { measure: { type: 'statistic', ...metric, statistic, adjusted, ...worst }, unit };
}

/** Nothing of that name: the nearest name, as a number of the run, a goodput or a statistic. */
function refuseName(condition: Condition): Refusal {
  const { name, args } = condition.measure;
  const isMetric = (word: string): boolean => STATISTIC_METRICS.some((metric) => metric.name === word);
  if (args === null && isMetric(name)) {
    return new Refusal(`which statistic of ${name}: avg, min, max, med or pN`, amend(condition, `p99(${name})`));
  }
  const nearest = findNearestName(name, args === null ? RUN_NAMES : Object.keys(GOODPUT_MEASURES));
  if (nearest !== null) {
    return new Refusal(`did you mean ${nearest}?`, amend(condition, `${nearest}${formatArguments(args)}`));
  }
  if (args === null) return new Refusal(`${TEXTS.gate}; numbers of the run: ${RUN_NAMES.join(', ')}`, GATE.example);
  const given = onlyMeasure(args)?.name ?? '';
  const metric = isMetric(given) ? given : 'ttft';
  const asked = prefixOf(name);
  const prefix = asked === 'adjusted_' && !ADJUSTABLE.some((known) => known === metric) ? '' : asked;
  return new Refusal(`${TEXTS.statistics} in front of (${metric})`, amend(condition, `${prefix}p99(${metric})`));
}

/**
 * Reads a metric, with its parameter where it has one.
 *
 * @param better a whole condition with a metric that is right in place of this one
 */
function readMetric<Name extends string>(
  given: Measure | null,
  metrics: readonly Entry<Name>[],
  better: (metric: string) => string,
): { readonly metric: NamedMetric<Name>; readonly unit: MetricUnit; readonly adjustable?: true | undefined } {
  const { name, args } = given ?? { name: '', args: null };
  const entry = metrics.find((metric) => metric.name === name);
  if (entry === undefined) {
    const known = metrics.map((metric) => metric.name);
    const nearest = findNearestName(name, known);
    const allowed = nearest === null ? `one of ${known.join(', ')}` : `did you mean ${nearest}?`;
    throw new Refusal(allowed, better(nearest ?? 'ttft'));
  }
  const { unit, parameter, adjustable } = entry;
  if (parameter === undefined) {
    if (args !== null) throw new Refusal(`${name} without brackets`, better(name));
    return { metric: { metric: entry.name }, unit, adjustable };
  }
  const [number, more] = args ?? [{ value: parameter.default, unit: '' }];
  const isNumber = number !== undefined && 'value' in number && more === undefined;
  const value = isNumber ? toUnit(number.value, number.unit, parameter.unit) : null;
  if (value !== null && value > 0 && Number.isFinite(value))
    return { metric: { metric: entry.name, parameter: value }, unit, adjustable };
  const example = `${name}(${parameter.default}${parameter.unit})`;
  throw new Refusal(`${name} with a number above 0 in brackets, as in ${example}`, better(example));
}

function readLimits(condition: Condition): RequestLimit[] {
  const { name, args } = condition.measure;
  const example = amend(condition, `${name}(ttft<500, tpot<50)`);
  if (args === null || args.length === 0) throw new Refusal(TEXTS.limitsMissing, example);
  return args.map((item, index) => {
    if ('value' in item || item.operator === null || item.measure.tags !== null)
      throw new Refusal(TEXTS.limit, example);
    const replace = (better: string): string =>
      amend(
        condition,
        `${name}(${args.map((other, i) => (i === index ? better : formatCondition(other))).join(', ')})`,
      );
    const { metric, unit } = readMetric(item.measure, REQUEST_METRICS, (better) => replace(amend(item, better)));
    return { ...metric, operator: item.operator, limit: readLimit(item, unit, replace) };
  });
}

function readTags({ measure, ...rest }: Condition): Gate['tags'] {
  if (measure.tags === null) return [];
  const tags = splitTags(measure.tags);
  return tags.map(({ name, value }) => {
    const known = SELECTOR_TAGS.find((tag) => tag === name);
    if (known !== undefined && value !== '') return { name: known, value };
    const nearest = findNearestName(name, SELECTOR_TAGS) ?? 'model';
    const better = { ...measure, tags: `${nearest}:${value === '' ? 'value' : value}` };
    throw new Refusal(TEXTS.tags, formatCondition({ ...rest, measure: better }));
  });
}
