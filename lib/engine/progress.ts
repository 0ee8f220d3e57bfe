import type { EngineProgress } from './engine-options.ts';
import { regularDuration } from './executors/vu-steps.ts';
import { CounterSink, TrendSink } from './metrics/sinks.ts';
import type { Run } from './run.ts';
import type { Scenario } from './settings/scenarios.ts';

/** How often progress is reported, milliseconds. */
const PERIOD = 200;

/** A Trend of so few values is sorted whenever somebody looks; a larger one every two seconds, as k6 does for thresholds. */
const FEW_VALUES = 1000;
const PERCENTILE_PERIOD = 2000;

/** Reports progress until the returned function is called, which reports once more. */
export function reportProgress(run: Run, report: (progress: EngineProgress) => void): () => void {
  const { scenarios } = run.settings;
  const iterationsTotal = plannedIterations(scenarios);
  const durationMs = plannedDuration(scenarios);
  const percentile = createPercentileReader(run);
  const counter = (name: string): number => {
    const sink = run.registry.get(name)?.sink;
    return sink instanceof CounterSink ? sink.value : 0;
  };
  const snapshot = (): void =>
    report({
      elapsedMs: run.elapsed(),
      iterationsDone: run.iterationsCompleted,
      iterationsTotal,
      durationMs,
      counter,
      percentile,
    });
  const timer = setInterval(snapshot, PERIOD);
  return () => {
    clearInterval(timer);
    snapshot();
  };
}

function createPercentileReader(run: Run): EngineProgress['percentile'] {
  const seen = new Map<string, { readonly at: number; readonly value: number }>();
  return (name, p) => {
    const sink = run.registry.get(name)?.sink;
    if (!(sink instanceof TrendSink) || sink.empty) return null;
    const key = `${name} ${p}`;
    const last = seen.get(key);
    const now = run.elapsed();
    if (last !== undefined && sink.count > FEW_VALUES && now - last.at < PERCENTILE_PERIOD) return last.value;
    const value = sink.percentile(p);
    seen.set(key, { at: now, value });
    return value;
  };
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
