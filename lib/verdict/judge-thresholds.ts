import type { K6Thresholds } from '../conditions/check-thresholds.ts';
import { computeMargin } from '../conditions/operators.ts';
import { type MetricSelector, parseMetricSelector, parseThresholdExpression } from '../conditions/thresholds.ts';
import { isOf } from '../metrics/metric.ts';
import { REQUEST_COUNTERS } from '../metrics/request-counters.ts';
import { STATISTIC_METRICS } from '../metrics/request-metrics.ts';
import { ownValue } from '../shared/own-value.ts';
import type { RequestLabel } from '../stats/request-label.ts';
import { type LabelFilter, listRequests, type RunData, requestAt, sortSelected } from '../stats/run-data.ts';
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

const TRENDS = new Map(STATISTIC_METRICS.map((metric) => [metric.trend, metric.name]));
const COUNTERS = new Map(REQUEST_COUNTERS.map((counter) => [counter.name, counter]));

/**
 * Judges k6's thresholds over the records: with several instances, or tokens counted only now, no engine had it all.
 *
 * A threshold is passed when neither the records nor the engine found it crossed. Requests without a record count as
 * failed, as in the tables. A rate per second is over the time taken, which begins with the first request.
 */
export function judgeThresholds(thresholds: K6Thresholds, run: RunData, context: ThresholdContext): JudgedThresholds {
  const results: ThresholdResult[] = [];
  const notes: string[] = [];
  for (const [selector, list] of Object.entries(thresholds)) {
    const parsed = parseMetricSelector(selector);
    if (parsed === null || list.length === 0) continue;
    const sink = createSink(parsed, run, context);
    for (const item of list) {
      const expression = typeof item === 'string' ? item : item.threshold;
      const result = judgeOne(selector, expression, sink, context);
      if (result !== null) results.push(result);
      else notes.push(`Not judged: ${selector}: ${expression}, which no record tells; the engine does.`);
    }
  }
  const judged = new Set(results.map(nameOf));
  // What a passed-through option added is not in the profile.
  results.push(...context.engine.filter((result) => !judged.has(nameOf(result))));
  return { results: results.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)), notes };
}

function nameOf({ metric, expression }: ThresholdResult): string {
  return `${metric} ${expression}`;
}

/** `undefined`: the tag is on no sample of this metric, or no record tells its value. */
function tagOf(label: RequestLabel, metric: string, tag: string): string | undefined {
  if (tag === 'model') return label.model;
  if (tag === 'url') return label.url;
  if (tag === 'scenario') return label.scenario;
  if (tag === 'outcome') return label.outcome;
  if (tag === 'status') return String(label.status ?? 0);
  const own = COUNTERS.get(metric)?.tag;
  return own?.name === tag ? (own.read(label) ?? undefined) : undefined;
}

function matches(label: RequestLabel, { metric, tags }: MetricSelector): boolean {
  return tags.every(({ name, value }) => isRunTag(name) || tagOf(label, metric, name) === value);
}

/** Tags that a run has as a whole. */
function isRunTag(tag: string): tag is 'api' | 'dataset' {
  return tag === 'api' || tag === 'dataset';
}

/** null: no record tells. */
function createSink(selector: MetricSelector, run: RunData, context: ThresholdContext): Sink | null {
  const { metric, tags } = selector;
  for (const { name, value } of tags) {
    if (isRunTag(name)) {
      const known = context.tags[name];
      // One value: the whole run is in or out. Several: the records do not tell which is whose.
      if (known.length !== 1 || known[0] !== value) return null;
    } else if (
      !['model', 'url', 'scenario', 'outcome', 'status', 'kind', 'token_source', 'finish_reason'].includes(name)
    ) {
      return null;
    }
  }
  const requests = (counts: LabelFilter): Uint32Array =>
    listRequests(run, (label) => matches(label, selector) && counts(label));
  const trend = TRENDS.get(metric);
  // k6 then has the samples of probes, which belong to no request.
  if (trend === 'connect' && run.connecting !== null) return null;
  if (trend !== undefined) {
    return { type: 'trend', sorted: sortSelected(run, trend, (label) => matches(label, selector)) };
  }
  const unfinished = countsUnfinished(selector) ? context.unfinishedRequests : 0;
  if (metric === 'llm_request_failed') {
    const trues = requests(({ outcome }) => outcome === 'failed').length + unfinished;
    // A cancelled request is neither good nor bad.
    return { type: 'rate', trues, total: trues + requests(({ outcome }) => outcome === 'completed').length };
  }
  const duration_s = (run.timeTaken ?? 0) / 1000;
  const counter = COUNTERS.get(metric);
  if (counter !== undefined) {
    const count = requests(() => true).reduce((sum, index) => {
      const request = requestAt(run, index);
      return sum + ((isOf(counter.of, request) ? counter.count(request) : null) ?? 0);
    }, 0);
    return { type: 'counter', count: count + (metric === 'llm_requests_failed' ? unfinished : 0), duration_s };
  }
  if (metric === 'dropped_iterations' && tags.length === 0) {
    return { type: 'counter', count: context.droppedIterations, duration_s };
  }
  return null;
}

function countsUnfinished({ tags }: MetricSelector): boolean {
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
