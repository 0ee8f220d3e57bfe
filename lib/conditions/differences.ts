import { COMPARED_METRICS, type ComparedMetricName } from '../metrics/request-metrics.ts';
import { COMPARED_RUN_METRICS, type ComparedRunMetricName } from '../metrics/run-metrics.ts';
import type { Problem } from '../shared/errors.ts';
import type { StatisticName } from '../stats/shown-statistics.ts';
import { type Condition, onlyMeasure, parseCondition } from './parse-condition.ts';
import { type ConditionKind, Refusal, readConditions } from './refusal.ts';
import { readStatistic } from './statistics.ts';
import { TEXTS } from './texts.ts';
import { toUnit } from './units.ts';

/** A limit for how much a number may change, as in `p99(ttft)>+10%`: what fails. */
export interface RegressionGate {
  /** As the user wrote it, without blanks around it. */
  readonly source: string;
  readonly metric: ComparedMetricName | ComparedRunMetricName;
  readonly statistic: StatisticName;
  readonly operator: '<' | '>';
  /** Of next / base - 1 when relative, else of next - base in the metric's unit. */
  readonly limit: number;
  readonly isRelative: boolean;
}

const TIMING_NAMES = COMPARED_METRICS.map(({ name }) => name);
const RUN_NAMES = COMPARED_RUN_METRICS.map(({ name }) => name);

const DIFFERENCE: ConditionKind<RegressionGate> = {
  read: readDifference,
  what: 'a gate',
  forms: `STATISTIC(METRIC)>CHANGE or NUMBER<CHANGE, with mean, p50, p99 or p99.9 of ${TIMING_NAMES.join(', ')}, or ${RUN_NAMES.join(', ')}; a change has % or ms, as in +10% or +0.5ms`,
  example: 'p99(ttft)>+10%',
};

/** Reads limits on differences, see `readConditions`. */
export function parseRegressionGates(sources: readonly string[]): {
  readonly gates: readonly RegressionGate[];
  readonly problems: readonly Problem[];
} {
  const paste = (gate: string): string => `--fail-on '${gate}'`;
  const { conditions, problems } = readConditions(sources, DIFFERENCE, '--fail-on', paste);
  return { gates: conditions, problems };
}

/** @throws {Refusal} */
function readDifference(source: string): RegressionGate {
  const condition = parseCondition(source);
  if (condition === null || condition.measure.tags !== null) throw new Refusal(DIFFERENCE.forms, DIFFERENCE.example);
  const subject = readSubject(condition);
  const { operator } = condition;
  if (operator !== '<' && operator !== '>') {
    throw new Refusal(operator === null ? DIFFERENCE.forms : TEXTS.direction, DIFFERENCE.example);
  }
  return { source, ...subject, operator, ...readChange(condition, subject.metric) };
}

function readSubject({ measure: { name, args } }: Condition): Pick<RegressionGate, 'metric' | 'statistic'> {
  const inner = onlyMeasure(args);
  const of = args === null ? name : inner?.args === null ? inner.name : '';
  const timing = TIMING_NAMES.find((known) => known === of);
  const run = RUN_NAMES.find((known) => known === of);
  if (args === null) {
    if (run !== undefined) return { metric: run, statistic: 'run' };
    if (timing === undefined) throw new Refusal(DIFFERENCE.forms, 'output_tokens_per_s<-5%');
    throw new Refusal(`a statistic of ${timing}`, `p99(${timing})>+10%`);
  }
  if (run !== undefined) throw new Refusal(`${run} alone, of which a run has one`, `${run}<-5%`);
  if (timing === undefined) throw new Refusal(`statistics of ${TIMING_NAMES.join(', ')}`, DIFFERENCE.example);
  const statistic = readStatistic(name);
  if (statistic?.method === 'avg') return { metric: timing, statistic: 'mean' };
  if (statistic?.method === 'percentile' && statistic.percentile > 0 && statistic.percentile < 100) {
    return { metric: timing, statistic: `p${statistic.percentile}` };
  }
  throw new Refusal(TEXTS.changedStatistic, `p99(${timing})>+10%`);
}

/** `%` is of the base; a change in the unit itself has to name it, where the unit has a name. */
function readChange(
  { limit }: Condition,
  metric: ComparedMetricName | ComparedRunMetricName,
): Pick<RegressionGate, 'limit' | 'isRelative'> {
  if (limit === null || !Number.isFinite(limit.value)) throw new Refusal(DIFFERENCE.forms, DIFFERENCE.example);
  if (limit.unit === '%') return { limit: limit.value / 100, isRelative: true };
  const unit = [...COMPARED_METRICS, ...COMPARED_RUN_METRICS].find(({ name }) => name === metric)?.unit;
  switch (unit) {
    case 'ms': {
      const value = limit.unit === '' ? null : toUnit(limit.value, limit.unit, 'ms');
      if (value !== null) return { limit: value, isRelative: false };
      throw new Refusal('a change with the unit %, ms, s or us', `p99(${metric})>+10%`);
    }
    case 'share':
      if (limit.unit === 'pp') return { limit: limit.value / 100, isRelative: false };
      throw new Refusal(
        'a change with the unit % (of the base) or pp (percentage points)',
        `${nameWithStatistic(metric)}<-1pp`,
      );
    default: {
      const value = toUnit(limit.value, limit.unit, 'tokens/s');
      if (value !== null) return { limit: value, isRelative: false };
      throw new Refusal('a change with the unit %, or none for so many per second', `${nameWithStatistic(metric)}<-5%`);
    }
  }
}

/** A metric of the run alone, and the mean of one of requests. */
function nameWithStatistic(metric: ComparedMetricName | ComparedRunMetricName): string {
  return COMPARED_METRICS.some(({ name }) => name === metric) ? `mean(${metric})` : metric;
}
