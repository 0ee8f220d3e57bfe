import type { Problem } from '../shared/errors.ts';
import { ownValue } from '../shared/own-value.ts';
import { isHarmless, showValue } from '../shared/show-word.ts';
import {
  RUN_METRICS,
  type RunMetric,
  type StatisticName,
  TIMING_METRICS,
  type TimingMetric,
} from '../stats/run-metrics.ts';
import type { ComparedNumber } from './compare-runs.ts';

/** A limit for how much a number may change, as in `p99(ttft)>+10%`: what fails. */
export interface RegressionGate {
  /** As the user wrote it. */
  readonly source: string;
  readonly metric: TimingMetric | RunMetric;
  readonly statistic: StatisticName;
  readonly operator: '<' | '>';
  /** Of next / base - 1 when relative, else of next - base in the metric's unit. */
  readonly limit: number;
  readonly isRelative: boolean;
}

/** How a gate came out. `unsure`: the value is beyond the limit and the interval is not, or there is no interval. */
export interface GateOutcome {
  readonly source: string;
  readonly state: 'passed' | 'unsure' | 'failed';
  readonly detail: string;
}

const TIMING_NAMES = TIMING_METRICS.map(({ name }) => name);
const RUN_NAMES = RUN_METRICS.map(({ name }) => name);
const EXAMPLE = "--fail-on 'p99(ttft)>+10%'";
const FORMS = `STATISTIC(METRIC)>CHANGE or NUMBER<CHANGE, with mean, p50, p99 or p99.9 of ${TIMING_NAMES.join(', ')}, or ${RUN_NAMES.join(', ')}; a change has % or ms, as in +10% or +0.5ms`;

/** Reads gates; every one that is wrong becomes a problem. */
export function parseRegressionGates(sources: readonly string[]): {
  readonly gates: readonly RegressionGate[];
  readonly problems: readonly Problem[];
} {
  const gates: RegressionGate[] = [];
  const problems: Problem[] = [];
  for (const source of sources) {
    const parsed = parseGate(source);
    if ('metric' in parsed) gates.push(parsed);
    else
      problems.push({
        key: '--fail-on',
        got: showValue(source),
        ...(isHarmless(source) ? parsed : { allowed: FORMS, paste: EXAMPLE }),
      });
  }
  return { gates, problems };
}

type Refusal = Pick<Problem, 'allowed' | 'paste'>;

/** Statistic, metric in brackets or alone, operator, signed number, unit. */
const GATE =
  /^\s*(?:([a-z]+(?:\d+(?:\.\d+)?|\(\d+(?:\.\d+)?\))?)\(([a-z_]+)\)|([a-z_]+))\s*([<>]=?|[=!]=+)\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*([a-z%/]*)\s*$/i;

function parseGate(source: string): RegressionGate | Refusal {
  const match = GATE.exec(source);
  if (match === null) return { allowed: FORMS, paste: EXAMPLE };
  const [, statisticText, timing, single, operator, number, unit = ''] = match;
  if (operator !== '<' && operator !== '>') {
    return { allowed: '> for numbers that may not grow, < for those that may not fall', paste: EXAMPLE };
  }
  const subject = timing === undefined ? readRunMetric(single ?? '') : readTiming(statisticText ?? '', timing);
  if (!('metric' in subject)) return subject;
  const change = readChange(Number(number), unit, subject.metric);
  return 'limit' in change ? { source: source.trim(), ...subject, operator, ...change } : change;
}

type GateSubject = Pick<RegressionGate, 'metric' | 'statistic'>;

function readRunMetric(name: string): GateSubject | Refusal {
  const metric = RUN_NAMES.find((known) => known === name);
  if (metric !== undefined) return { metric, statistic: 'run' };
  const isTiming = TIMING_NAMES.some((known) => known === name);
  if (isTiming) return { allowed: `a statistic of ${name}`, paste: `--fail-on 'p99(${name})>+10%'` };
  return { allowed: FORMS, paste: "--fail-on 'output_tokens_per_s<-5%'" };
}

function readTiming(statistic: string, name: string): GateSubject | Refusal {
  const metric = TIMING_NAMES.find((known) => known === name);
  if (metric === undefined) {
    const isRun = RUN_NAMES.some((known) => known === name);
    return isRun
      ? { allowed: `${name} alone, of which a run has one`, paste: `--fail-on '${name}<-5%'` }
      : { allowed: `statistics of ${TIMING_NAMES.join(', ')}`, paste: EXAMPLE };
  }
  if (statistic === 'mean' || statistic === 'avg') return { metric, statistic: 'mean' };
  const percent = /^(?:med|median)$/.test(statistic) ? 50 : Number(/^p\(?([\d.]+)\)?$/.exec(statistic)?.[1]);
  if (percent > 0 && percent < 100) return { metric, statistic: `p${percent}` };
  return { allowed: 'mean, med or a percentile between 0 and 100 such as p99', paste: `--fail-on 'p99(${name})>+10%'` };
}

function readChange(
  value: number,
  unit: string,
  metric: TimingMetric | RunMetric,
): Pick<RegressionGate, 'limit' | 'isRelative'> | Refusal {
  if (unit === '%') return { limit: value / 100, isRelative: true };
  const kind = describeUnit(metric);
  const scale = ownValue(kind.scales, unit);
  if (scale !== undefined) return { limit: value * scale, isRelative: false };
  return { allowed: `a change with the unit ${kind.units}`, paste: `--fail-on '${kind.example}'` };
}

interface UnitKind {
  /** Units a change can have beside %, and how many of the metric's own each is. */
  readonly scales: Readonly<Record<string, number>>;
  readonly units: string;
  readonly example: string;
}

function describeUnit(metric: TimingMetric | RunMetric): UnitKind {
  const unit = [...TIMING_METRICS, ...RUN_METRICS].find(({ name }) => name === metric)?.unit;
  switch (unit) {
    case 'ms':
      return { scales: { us: 0.001, ms: 1, s: 1000 }, units: '%, ms, s or us', example: `p99(${metric})>+10%` };
    case 'ratio':
      return {
        scales: { pp: 0.01 },
        units: '% (of the base) or pp (percentage points)',
        example: `${metric}<-1pp`,
      };
    default: {
      const example = metric === 'output_speed' ? 'mean(output_speed)<-5%' : `${metric}<-5%`;
      return { scales: { '': 1, '/s': 1 }, units: '%, or none for so many per second', example };
    }
  }
}

/**
 * Judges gates on a comparison. A gate fails only when the whole 95 % interval lies beyond its limit: a run that is too
 * short fails nothing, and says so. It fails too where the base has a number and the new run has none, since nothing
 * measured is no pass.
 */
export function judgeRegressionGates(
  gates: readonly RegressionGate[],
  numbers: readonly ComparedNumber[],
): GateOutcome[] {
  return gates.map((gate) => {
    const number = numbers.find(({ metric, statistic }) => metric === gate.metric && statistic === gate.statistic);
    return { source: gate.source, ...judgeGate(gate, number) };
  });
}

function judgeGate(gate: RegressionGate, number: ComparedNumber | undefined): Omit<GateOutcome, 'source'> {
  if (number === undefined || number.base === null) return { state: 'unsure', detail: 'the base has no such number' };
  if (number.next === null) return { state: 'failed', detail: 'the new run has no such number' };
  const change = gate.isRelative ? number.relative : number.difference;
  if (change === null) return { state: 'unsure', detail: 'the base is 0, so there is no change in percent' };
  const show = (value: number): string => formatChange(value, gate, number);
  const { value, low, high } = change;
  const isBeyond = (limit: number): boolean => (gate.operator === '>' ? limit > gate.limit : limit < gate.limit);
  if (low === null || high === null) return { state: 'unsure', detail: `${show(value)}, too few requests to tell` };
  const nearest = gate.operator === '>' ? low : high;
  const detail = `${show(value)}, 95 % interval ${show(low)} to ${show(high)}`;
  if (isBeyond(nearest)) return { state: 'failed', detail };
  return isBeyond(value)
    ? { state: 'unsure', detail: `${detail}, which reaches within the limit` }
    : { state: 'passed', detail };
}

function formatChange(value: number, gate: RegressionGate, { unit }: ComparedNumber): string {
  const sign = value < 0 ? '' : '+';
  if (gate.isRelative) return `${sign}${(value * 100).toFixed(1)} %`;
  if (unit === 'ratio') return `${sign}${(value * 100).toFixed(2)} pp`;
  return `${sign}${Number(value.toPrecision(4))} ${unit}`;
}
