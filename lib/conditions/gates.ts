import type { MetricUnit } from '../metrics/metric.ts';
import type { RequestMetricName, StatisticMetricName } from '../metrics/request-metrics.ts';
import type { RunMetricName } from '../metrics/run-metrics.ts';
import type { Problem } from '../shared/errors.ts';
import { findNearestName } from '../shared/nearest-name.ts';
import {
  ADJUSTABLE_METRICS,
  GOODPUT_MEASURES,
  type GoodputMeasure,
  LIMIT_UNITS,
  RUN_UNITS,
  SELECTOR_TAGS,
  type SelectorTag,
  STATISTIC_UNITS,
} from './gate-names.ts';
import type { Operator } from './operators.ts';
import { amend, bareName, type Condition, formatCondition, parseCondition } from './parse-condition.ts';
import { type ConditionKind, Refusal, readConditions } from './refusal.ts';
import { readStatistic, type Statistic } from './statistics.ts';
import { splitTags } from './tags.ts';
import { TEXTS } from './texts.ts';
import { readLimit } from './units.ts';

/** A limit that one request meets or does not. */
export interface RequestLimit {
  readonly metric: RequestMetricName;
  readonly operator: Operator;
  readonly limit: number;
}

/** The number that a gate compares. */
type GateMeasure =
  | {
      readonly type: 'statistic';
      readonly metric: StatisticMetricName;
      readonly statistic: Statistic;
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
 * - a statistic of a metric, `p99(ttft)`, with `adjusted_` in front of `p`, `med` and `max` of a time,
 * - `goodput|goodput_per_s|goodput_tokens_per_s (metric<limit, …)`,
 * - or the name of a number of the whole run,
 *
 * and `{tag:value,…}` behind it picks the requests it is about. Times are milliseconds and shares 0 to 1, unless a unit
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

function readMeasure(condition: Condition): Pick<Gate, 'measure' | 'unit'> {
  const { name, args } = condition.measure;
  if (Object.hasOwn(GOODPUT_MEASURES, name)) {
    const measure = name as GoodputMeasure;
    return {
      measure: { type: 'goodput', measure, limits: readLimits(condition) },
      unit: GOODPUT_MEASURES[measure],
    };
  }
  if (Object.hasOwn(RUN_UNITS, name)) {
    if (args !== null) throw new Refusal(`${name} without brackets`, amend(condition, name));
    const measure = name as RunMetricName;
    return { measure: { type: 'run', measure }, unit: RUN_UNITS[measure] };
  }
  const [, prefix = '', word = ''] = /^(adjusted_)?(.*)$/.exec(name) ?? [];
  const statistic = readStatistic(word);
  if (statistic === null) throw refuseName(condition);
  if (args === null) throw new Refusal(TEXTS.metricMissing, amend(condition, `${name}(ttft)`));
  const metric = readName(bareName(args[0]), STATISTIC_UNITS, (other) => amend(condition, `${name}(${other})`));
  const adjusted = prefix !== '';
  if (adjusted && (statistic.method === 'avg' || statistic.method === 'min')) {
    throw new Refusal(TEXTS.adjusted, amend(condition, `adjusted_p99(${metric})`));
  }
  if (adjusted && !ADJUSTABLE_METRICS.includes(metric)) {
    throw new Refusal(`adjusted_ of ${ADJUSTABLE_METRICS.join(', ')}`, amend(condition, `${name}(latency)`));
  }
  return { measure: { type: 'statistic', metric, statistic, adjusted }, unit: STATISTIC_UNITS[metric] };
}

/** Nothing of that name: the nearest name, as a number of the run, a goodput or a statistic. */
function refuseName(condition: Condition): Refusal {
  const { name, args } = condition.measure;
  if (args === null && Object.hasOwn(STATISTIC_UNITS, name)) {
    return new Refusal(`which statistic of ${name}: avg, min, max, med or pN`, amend(condition, `p99(${name})`));
  }
  const nearest = findNearestName(name, Object.keys(args === null ? RUN_UNITS : GOODPUT_MEASURES));
  if (nearest !== null) {
    const brackets = args === null ? '' : `(${args.map(formatCondition).join(', ')})`;
    return new Refusal(`did you mean ${nearest}?`, amend(condition, `${nearest}${brackets}`));
  }
  if (args === null) {
    return new Refusal(`${TEXTS.gate}; numbers of the run: ${Object.keys(RUN_UNITS).join(', ')}`, GATE.example);
  }
  const given = bareName(args[0]);
  const metric = Object.hasOwn(STATISTIC_UNITS, given) ? given : 'ttft';
  return new Refusal(`${TEXTS.statistics} in front of (${metric})`, amend(condition, `p99(${metric})`));
}

/** @param better a whole condition with that name in place of the one that is wrong */
function readName<Name extends string>(
  name: string,
  names: Readonly<Record<Name, MetricUnit>>,
  better: (name: string) => string,
): Name {
  if (Object.hasOwn(names, name)) return name as Name;
  const known = Object.keys(names);
  const nearest = findNearestName(name, known);
  const allowed = nearest === null ? `one of ${known.join(', ')}` : `did you mean ${nearest}?`;
  throw new Refusal(allowed, better(nearest ?? 'ttft'));
}

function readLimits(condition: Condition): RequestLimit[] {
  const { name, args } = condition.measure;
  const example = amend(condition, `${name}(ttft<500, tpot<50)`);
  if (args === null || args.length === 0) throw new Refusal(TEXTS.limitsMissing, example);
  return args.map((item, index) => {
    if ('value' in item || item.operator === null) throw new Refusal(TEXTS.limit, example);
    const replace = (better: string): string =>
      amend(
        condition,
        `${name}(${args.map((other, i) => (i === index ? better : formatCondition(other))).join(', ')})`,
      );
    const metric = readName(bareName({ ...item, operator: null }), LIMIT_UNITS, (other) => replace(amend(item, other)));
    return { metric, operator: item.operator, limit: readLimit(item, LIMIT_UNITS[metric], replace) };
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
