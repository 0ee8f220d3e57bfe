import type { Gate } from '../conditions/gates.ts';
import { computeMargin, holds, type Operator } from '../conditions/operators.ts';
import { computeStatistic } from '../conditions/statistics.ts';
import type { MetricUnit, RunCounts } from '../metrics/metric.ts';
import type { RequestMetricName } from '../metrics/request-metrics.ts';
import { RUN_METRICS, type RunMetricName } from '../metrics/run-metrics.ts';
import { PROBE_SCENARIO } from '../shared/beside-scenarios.ts';
import type { Milliseconds } from '../shared/units.ts';
import type { Percentile } from '../stats/percentile-rule.ts';
import {
  type LabelFilter,
  listRequests,
  type RunData,
  readWithParameter,
  sortSelected,
  testLabels,
} from '../stats/run-data.ts';
import { DEFAULT_SLICE_MS } from '../stats/run-slices.ts';
import { type SortedValues, sortValues } from '../stats/sorted-values.ts';
import { computeGoodput } from './goodput.ts';
import { matchesTags, mayMatchUnfinished } from './record-tags.ts';
import { countRun } from './run-counts.ts';
import { describeEmptySlices, findWorst, readSlices, type SliceMeasure, type SliceValues } from './worst-slice.ts';

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
  /** Why there is no value, or what the value leaves out. */
  readonly note: string | null;
}

/** What gates need to know beside the records. */
export interface GateContext {
  /** By the rule of the tables, so that a gate compares what they show. */
  readonly percentile: Percentile;
  readonly unfinishedRequests: number;
  readonly droppedIterations: number;
  /** The length of the slices of `worst_slice_`. */
  readonly sliceMs?: Milliseconds;
}

/**
 * Judges gates exactly, over the records; one result a gate, in their order.
 *
 * A gate without a value is crossed: what was not measured passes nothing. Rates per second are over the time that the
 * whole run took, so that those of its parts add up. Warm-up requests count nowhere.
 */
export function judgeGates(gates: readonly Gate[], run: RunData, context: GateContext): GateResult[] {
  return gates.map((gate) => {
    const { measure, operator } = gate;
    if (measure.type !== 'statistic' || !measure.worstSlice) return judgeGate(gate, readValue(gate, run, context), run);
    const { slices, values } = readGateSlices(gate, measure, run, context);
    return judgeGate(
      gate,
      findWorst(values, operator, measure.metric),
      run,
      describeEmptySlices(slices, values.length),
    );
  });
}

/** The run that a gate is about: the light user is in no number of the load; null where there was none. */
export function chooseRequests({ tags }: Gate, all: RunData): RunData | null {
  return tags.some(({ name, value }) => name === 'scenario' && value === PROBE_SCENARIO) ? all.probes : all;
}

function readGateSlices(
  gate: Gate,
  measure: SliceMeasure,
  all: RunData,
  { percentile, sliceMs = DEFAULT_SLICE_MS }: GateContext,
): SliceValues {
  const run = chooseRequests(gate, all);
  if (run === null) return { slices: 0, values: [] };
  return readSlices(run, measure, (label) => matchesTags(label, gate.tags), { percentile, sliceMs });
}

/** @returns Infinity where a failed request is the answer; null where there is no such number */
function readValue(gate: Gate, all: RunData, context: GateContext): number | null {
  const { measure, tags } = gate;
  const run = chooseRequests(gate, all);
  if (run === null) return null;
  const isMeant: LabelFilter = (label) => matchesTags(label, tags);
  const unfinished = run === all && mayMatchUnfinished(tags) ? context.unfinishedRequests : 0;
  switch (measure.type) {
    case 'goodput':
      return computeGoodput(run, isMeant, measure.measure, measure.limits, unfinished);
    case 'run':
      return readRunMetric(measure.measure, countRun(run, isMeant, { unfinished, dropped: context.droppedIterations }));
    case 'statistic': {
      const { metric, parameter, statistic, adjusted } = measure;
      if (parameter !== undefined && metric !== 'itl') {
        const values = readWithParameter(run, metric, parameter, isMeant);
        return computeStatistic(sortValues(values), statistic, context.percentile);
      }
      if (!adjusted || metric === 'itl') {
        const sorted = tags.length === 0 ? run.sorted(metric) : sortSelected(run, metric, isMeant);
        return computeStatistic(sorted, statistic, context.percentile);
      }
      const value = computeStatistic(adjust(run, metric, isMeant, unfinished), statistic, context.percentile);
      // Between two infinite values, interpolation gives no number.
      return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
    }
    default:
      return measure satisfies never;
  }
}

function readRunMetric(name: RunMetricName, counts: RunCounts): number | null {
  return RUN_METRICS.find((metric) => metric.name === name)?.read(counts) ?? null;
}

/**
 * What someone who sent each request waited for, by its place: a failed one took for ever, and all the time from its schedule
 * to its start is part of it, in the client's queue too. NaN for a request without the number.
 */
export function adjustValues(run: RunData, metric: RequestMetricName): Float64Array {
  const [late, queued] = [run.column('late'), run.column('queued')];
  const isFailed = testLabels(run, ({ outcome }) => outcome === 'failed');
  return run
    .values(metric)
    .map((value, request) =>
      isFailed(request) ? Number.POSITIVE_INFINITY : value + Math.max(0, (late[request] || 0) + (queued[request] || 0)),
    );
}

/** The adjusted values of the requests that are meant, with those that left no record. */
function adjust(run: RunData, metric: RequestMetricName, isMeant: LabelFilter, unfinished: number): SortedValues {
  const values = adjustValues(run, metric);
  const waits = Array.from(listRequests(run, isMeant), (request) => values[request] as number);
  return sortValues(Float64Array.from([...waits, ...new Array(unfinished).fill(Number.POSITIVE_INFINITY)]));
}

/** Why there is no value. */
function whyNone({ tags }: Gate, run: RunData): string {
  const isOfNone = tags.length > 0 && !run.labels.some((label) => matchesTags(label, tags));
  if (!isOfNone) return 'no value: no request has this number';
  const hasNoUrls =
    tags.some(({ name }) => name === 'url') && run.labels.every(({ url }) => url === null || url === undefined);
  return `no value: no request has ${hasNoUrls ? 'a url, in a run with one' : 'these tags'}`;
}

function judgeGate(gate: Gate, value: number | null, run: RunData, note: string | null = null): GateResult {
  const { source, unit, operator, limit } = gate;
  const shared = { gate: source, unit, operator, limit };
  if (value === null) {
    return { ...shared, value, margin: null, ok: false, note: whyNone(gate, chooseRequests(gate, run) ?? run) };
  }
  const ok = holds(value, operator, limit);
  if (!Number.isFinite(value)) {
    return { ...shared, value: null, margin: null, ok, note: 'infinite: failed requests take for ever' };
  }
  return { ...shared, value, margin: computeMargin(value, operator, limit), ok, note };
}
