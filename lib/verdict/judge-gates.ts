import type { Gate } from '../conditions/gates.ts';
import { computeMargin, holds, type Operator } from '../conditions/operators.ts';
import type { PercentileFunction } from '../conditions/statistics.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import type { MetricUnit } from '../metrics/metric.ts';
import { createGoodputCounter, createValueList, type GoodputCounter, type ValueList } from './gate-values.ts';
import { matchesTags, mayMatchUnfinished } from './record-tags.ts';
import { createRunTally, type RunTally } from './run-tally.ts';

/** How one gate came out. */
export interface GateResult {
  readonly gate: string;
  readonly unit: MetricUnit;
  /** What was compared; null where there is no such number, and where failed requests make it infinite. */
  readonly value: number | null;
  readonly operator: Operator;
  readonly limit: number;
  /** How far the value is from the limit, in its unit; above 0: room to spare, below 0: missing. null without a value. */
  readonly margin: number | null;
  readonly ok: boolean;
  /** Why there is no value. */
  readonly note: string | null;
}

/** What gates need to know beside the records. */
export interface GateContext {
  /** By the rule of the tables, so that a gate compares what they show. */
  readonly percentile: PercentileFunction;
  readonly unfinishedRequests: number;
  readonly droppedIterations: number;
}

/** Takes the records of a run in any order, and judges them by gates. */
export interface GateJudge {
  add(record: RequestRecord): void;
  /** One result a gate, in their order. */
  judge(context: GateContext): GateResult[];
}

/** A collector shared by all gates that look at the same thing. */
type Collector =
  | { readonly type: 'values'; readonly tags: Gate['tags']; readonly part: ValueList }
  | { readonly type: 'goodput'; readonly tags: Gate['tags']; readonly part: GoodputCounter }
  | { readonly type: 'tally'; readonly tags: Gate['tags']; readonly part: RunTally };

/**
 * Judges gates exactly, over the records. Memory: 8 bytes for each value that a gate with a statistic looks at.
 *
 * A gate without a value is crossed: what was not measured passes nothing. Rates per second are over the time that the
 * whole run took, so that those of its parts add up. Warm-up requests count nowhere.
 */
export function createGateJudge(gates: readonly Gate[]): GateJudge {
  const collectors = new Map<string, Collector>();
  for (const gate of gates) if (!collectors.has(keyOf(gate))) collectors.set(keyOf(gate), createCollector(gate));
  let firstStart: number | null = null;
  let lastEnd: number | null = null;
  return {
    add(record) {
      if (record.warmup === true) return;
      firstStart = firstStart === null ? record.start_ms : Math.min(firstStart, record.start_ms);
      lastEnd = lastEnd === null ? record.end_ms : Math.max(lastEnd, record.end_ms);
      for (const { tags, part } of collectors.values()) if (matchesTags(record, tags)) part.add(record);
    },
    judge(context) {
      const timeTakenMs = firstStart === null || lastEnd === null ? null : lastEnd - firstStart;
      return gates.map((gate) => {
        const value = readValue(gate, collectors.get(keyOf(gate)) as Collector, context, timeTakenMs);
        return judgeGate(gate, value);
      });
    },
  };
}

function keyOf({ measure, tags }: Gate): string {
  const selection = JSON.stringify(tags);
  if (measure.type === 'statistic') return `${measure.metric} ${measure.adjusted} ${selection}`;
  return measure.type === 'goodput' ? `${JSON.stringify(measure.limits)} ${selection}` : selection;
}

function createCollector({ measure, tags }: Gate): Collector {
  if (measure.type === 'statistic') {
    return { type: 'values', tags, part: createValueList(measure.metric, measure.adjusted) };
  }
  if (measure.type === 'goodput') return { type: 'goodput', tags, part: createGoodputCounter(measure.limits) };
  return { type: 'tally', tags, part: createRunTally() };
}

function readValue(
  { measure, tags }: Gate,
  { part }: Collector,
  context: GateContext,
  timeTakenMs: number | null,
): number | null {
  const unfinished = mayMatchUnfinished(tags) ? context.unfinishedRequests : 0;
  if (measure.type === 'statistic') {
    return (part as ValueList).read(measure.statistic, context.percentile, unfinished);
  }
  const facts = { timeTakenMs, unfinished, droppedIterations: context.droppedIterations };
  return measure.type === 'goodput'
    ? (part as GoodputCounter).read(measure.measure, facts)
    : (part as RunTally).read(measure.measure, facts);
}

function judgeGate({ source, unit, operator, limit }: Gate, value: number | null): GateResult {
  const shared = { gate: source, unit, operator, limit };
  if (value === null) {
    return { ...shared, value, margin: null, ok: false, note: 'no value: no request has this number' };
  }
  const ok = holds(value, operator, limit);
  if (!Number.isFinite(value)) {
    return { ...shared, value: null, margin: null, ok, note: 'infinite: failed requests take for ever' };
  }
  return { ...shared, value, margin: computeMargin(value, operator, limit), ok, note: null };
}
