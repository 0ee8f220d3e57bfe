import type { K6Thresholds } from '../conditions/check-thresholds.ts';
import { computeMargin } from '../conditions/operators.ts';
import { type MetricSelector, parseMetricSelector, parseThresholdExpression } from '../conditions/thresholds.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { hasTimings, readMetric } from '../metrics/metric.ts';
import { REQUEST_COUNTERS } from '../metrics/request-counters.ts';
import { STATISTIC_METRICS } from '../metrics/request-metrics.ts';
import { ownValue } from '../shared/own-value.ts';
import { evaluateThreshold, type Sink } from './evaluate.ts';
import type { ThresholdResult } from './threshold-result.ts';

/** What thresholds need to know beside the records. */
export interface ThresholdContext {
  /** What the engine found itself; empty where only the samples are there. */
  readonly engine: readonly ThresholdResult[];
  readonly unfinishedRequests: number;
  readonly droppedIterations: number;
  /** true: not every request left a record, so what the engine says goes first. */
  readonly incomplete: boolean;
  /** The values of tags that samples have and records have not. */
  readonly tags: { readonly api: readonly string[]; readonly dataset: readonly string[] };
}

interface JudgedThresholds {
  readonly results: readonly ThresholdResult[];
  /** Lines about thresholds that nobody could judge. */
  readonly notes: readonly string[];
}

/** Takes the records of a run in any order, and judges them by k6's thresholds, as k6 does. */
export interface ThresholdJudge {
  add(record: RequestRecord): void;
  judge(context: ThresholdContext): JudgedThresholds;
}

const TRENDS = new Map(STATISTIC_METRICS.map((metric) => [metric.trend, metric]));
const COUNTERS = new Map(REQUEST_COUNTERS.map((counter) => [counter.name, counter]));

/** A metric with its tags, and what the records gave it. */
interface Entry {
  readonly selector: string;
  readonly metric: string;
  readonly tags: MetricSelector['tags'];
  readonly expressions: readonly string[];
  readonly values: number[];
  count: number;
  trues: number;
}

/**
 * Judges k6's thresholds over the records: with several instances, or tokens counted only now, no engine had it all.
 *
 * A threshold is passed when neither the records nor the engine found it crossed. Requests without a record count as
 * failed, as in the tables. A rate per second is over the time taken, which begins with the first request.
 */
export function createThresholdJudge(thresholds: K6Thresholds): ThresholdJudge {
  const entries: Entry[] = Object.entries(thresholds).flatMap(([selector, list]) => {
    const parsed = parseMetricSelector(selector);
    if (parsed === null || list.length === 0) return [];
    const expressions = list.map((item) => (typeof item === 'string' ? item : item.threshold));
    return [{ selector, ...parsed, expressions, values: [], count: 0, trues: 0 }];
  });
  let firstStart: number | null = null;
  let lastEnd: number | null = null;
  return {
    add(record) {
      if (record.warmup === true) return;
      firstStart = firstStart === null ? record.start_ms : Math.min(firstStart, record.start_ms);
      lastEnd = lastEnd === null ? record.end_ms : Math.max(lastEnd, record.end_ms);
      for (const entry of entries) if (matches(record, entry)) take(record, entry);
    },
    judge(context) {
      const durationS = firstStart === null || lastEnd === null ? 0 : (lastEnd - firstStart) / 1000;
      const results: ThresholdResult[] = [];
      const notes: string[] = [];
      for (const entry of entries) {
        const sink = createSink(entry, durationS, context);
        for (const expression of entry.expressions) {
          const result = judgeOne(entry.selector, expression, sink, context);
          if (result !== null) results.push(result);
          else notes.push(`Not judged: ${entry.selector}: ${expression}, which no record tells; the engine does.`);
        }
      }
      const judged = new Set(results.map(nameOf));
      // What a passed-through option added is not in the profile.
      results.push(...context.engine.filter((result) => !judged.has(nameOf(result))));
      return { results: results.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)), notes };
    },
  };
}

function nameOf({ metric, expression }: ThresholdResult): string {
  return `${metric} ${expression}`;
}

/** `undefined`: the tag is on no sample of this metric, or no record tells its value. */
function tagOf(record: RequestRecord, metric: string, tag: string): string | undefined {
  if (tag === 'model') return record.model;
  if (tag === 'scenario') return record.scenario;
  if (tag === 'outcome') return record.outcome;
  if (tag === 'status') return String(record.status ?? 0);
  const own = COUNTERS.get(metric)?.tag;
  return own?.name === tag ? (own.read(record) ?? undefined) : undefined;
}

function matches(record: RequestRecord, { metric, tags }: Entry): boolean {
  return tags.every(({ name, value }) => isRunTag(name) || tagOf(record, metric, name) === value);
}

/** Tags that a run has as a whole. */
function isRunTag(tag: string): tag is 'api' | 'dataset' {
  return tag === 'api' || tag === 'dataset';
}

function take(record: RequestRecord, entry: Entry): void {
  // A cancelled request is neither good nor bad.
  if (entry.metric === 'llm_request_failed' && record.outcome === 'cancelled') return;
  const counter = COUNTERS.get(entry.metric);
  entry.count += counter === undefined ? 1 : (counter.count(record) ?? 0);
  if (record.outcome === 'failed') entry.trues += 1;
  const trend = TRENDS.get(entry.metric);
  if (trend === undefined) return;
  if ('read' in trend) {
    const value = readMetric(trend, record);
    if (value !== null) entry.values.push(value);
  } else if (hasTimings(record)) {
    for (const value of trend.readAll(record)) entry.values.push(value);
  }
}

/** null: no record tells. */
function createSink(entry: Entry, durationS: number, context: ThresholdContext): Sink | null {
  const { metric, tags, values, count, trues } = entry;
  for (const { name, value } of tags) {
    if (isRunTag(name)) {
      const known = context.tags[name];
      // One value: the whole run is in or out. Several: the records do not tell which is whose.
      if (known.length !== 1 || known[0] !== value) return null;
    } else if (!['model', 'scenario', 'outcome', 'status', 'kind', 'token_source', 'finish_reason'].includes(name)) {
      return null;
    }
  }
  if (TRENDS.has(metric)) return { type: 'trend', sorted: Float64Array.from(values).sort() };
  const unfinished = countsUnfinished(entry) ? context.unfinishedRequests : 0;
  if (metric === 'llm_request_failed') return { type: 'rate', trues: trues + unfinished, total: count + unfinished };
  if (COUNTERS.has(metric)) {
    const more = metric === 'llm_requests_failed' ? unfinished : 0;
    return { type: 'counter', count: count + more, duration_s: durationS };
  }
  if (metric === 'dropped_iterations' && tags.length === 0) {
    return { type: 'counter', count: context.droppedIterations, duration_s: durationS };
  }
  return null;
}

function countsUnfinished({ tags }: Entry): boolean {
  const known: Readonly<Record<string, string>> = { outcome: 'failed', kind: 'aborted', status: '0' };
  return tags.every(({ name, value }) => (ownValue(known, name) ?? value) === value);
}

function judgeOne(
  metric: string,
  expression: string,
  sink: Sink | null,
  context: ThresholdContext,
): ThresholdResult | null {
  const parsed = parseThresholdExpression(expression);
  const engine = context.engine.find((result) => result.metric === metric && result.expression === expression);
  if (parsed === null || sink === null || (context.incomplete && engine !== undefined)) {
    return engine === undefined ? null : { ...engine, judged_on: 'engine' };
  }
  const { passed, observed } = evaluateThreshold(parsed, sink);
  if (passed && engine?.ok === false) return { ...engine, judged_on: 'engine' };
  const { limit } = parsed;
  return {
    metric,
    expression,
    ok: passed,
    value: observed,
    limit,
    margin: observed === null ? null : computeMargin(observed, parsed.operator, limit),
    judged_on: 'records',
  };
}
