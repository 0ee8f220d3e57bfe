import type { EngineProgress } from './engine-options.ts';
import { regularDuration } from './executors/vu-steps.ts';
import type { Metric } from './metrics/metric.ts';
import { CounterSink, GaugeSink, RateSink, TrendSink } from './metrics/sinks.ts';
import { percentile } from './metrics/trend-stats.ts';
import type { Run } from './run.ts';
import type { Scenario } from './settings/scenarios.ts';

/** How often progress is reported, milliseconds. */
const PERIOD = 200;

/** A Trend of so few values is sorted whenever somebody looks; a larger one every two seconds, as k6 does for thresholds. */
const FEW_VALUES = 1000;
const PERCENTILE_PERIOD = 2000;

/** Reports progress until the returned function is called, which reports once more. */
export function reportProgress(run: Run, totalVus: number, report: (progress: EngineProgress) => void): () => void {
  const { scenarios } = run.settings;
  const iterationsTotal = plannedIterations(scenarios);
  const durationMs = plannedDuration(scenarios);
  const readers = createReaders(run);
  const snapshot = (): void =>
    report({
      elapsedMs: run.elapsed(),
      activeVus: run.activeVus,
      totalVus,
      iterationsDone: run.iterationsCompleted,
      iterationsTotal,
      durationMs,
      ...readers,
    });
  const timer = setInterval(snapshot, PERIOD);
  return () => {
    clearInterval(timer);
    snapshot();
  };
}

function createReaders(run: Run): Pick<EngineProgress, 'counter' | 'gauge' | 'rate' | 'trend' | 'percentile'> {
  const sinkOf = (name: string): Metric['sink'] | undefined => findMetric(run, name)?.sink;
  return {
    counter: (name) => {
      const sink = sinkOf(name);
      return sink instanceof CounterSink ? sink.value : 0;
    },
    gauge: (name) => {
      const sink = sinkOf(name);
      return sink instanceof GaugeSink ? sink.value : 0;
    },
    rate: (name) => {
      const sink = sinkOf(name);
      return sink instanceof RateSink ? sink.rate : 0;
    },
    trend: (name) => {
      const sink = sinkOf(name);
      if (!(sink instanceof TrendSink)) return { count: 0, sum: 0, min: 0, max: 0 };
      const { count, sum, min, max } = sink;
      return { count, sum, min, max };
    },
    percentile: createPercentileReader(run, sinkOf),
  };
}

function createPercentileReader(run: Run, sinkOf: (name: string) => Metric['sink'] | undefined) {
  const seen = new Map<string, { readonly at: number; readonly value: number }>();
  return (name: string, p: number): number => {
    const sink = sinkOf(name);
    if (!(sink instanceof TrendSink)) return 0;
    const key = `${name} ${p}`;
    const last = seen.get(key);
    const now = run.elapsed();
    if (last !== undefined && sink.count > FEW_VALUES && now - last.at < PERCENTILE_PERIOD) return last.value;
    const value = percentile(sink.samples.sorted(), p);
    seen.set(key, { at: now, value });
    return value;
  };
}

function findMetric(run: Run, name: string): Metric | undefined {
  const brace = name.indexOf('{');
  if (brace < 0) return run.registry.get(name);
  const parts = run.registry.get(name.slice(0, brace))?.submetrics;
  return parts?.find(({ metric }) => metric.name === name)?.metric;
}

function plannedIterations(scenarios: readonly Scenario[]): number | null {
  let total = 0;
  for (const scenario of scenarios) {
    if (!('iterations' in scenario)) return null;
    total += scenario.iterations * (scenario.executor === 'per-vu-iterations' ? scenario.vus : 1);
  }
  return total;
}

function plannedDuration(scenarios: readonly Scenario[]): number | null {
  if (scenarios.some((scenario) => 'iterations' in scenario)) return null;
  return Math.max(...scenarios.map((scenario) => scenario.startTime + regularDuration(scenario)));
}
