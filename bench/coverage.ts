import { createRandom } from '../lib/shared/random.ts';
import { expandedInterval } from '../lib/stats/confidence-interval.ts';
import { resampleRun } from '../lib/stats/resample-run.ts';
import type { StatisticName } from '../lib/stats/shown-statistics.ts';
import { type RunModel, simulateClosedLoop, simulateRun } from './simulated-run.ts';

/** A model of requests with its true numbers. */
export interface KnownRun {
  readonly model: RunModel;
  readonly requests: number;
  /** Gaps a request, whose numbers are then tested instead of the latency's. Default 0. */
  readonly gaps?: number;
  readonly truth: Readonly<Partial<Record<StatisticName, number>>>;
}

/** How often intervals held the true number, and how often there was one. */
export interface Coverage {
  readonly covered: number;
  readonly told: number;
}

/** The share of simulated runs whose 95 % interval holds the truth, among those with an interval. */
export function measureCoverage(
  { model, requests, gaps = 0, truth }: KnownRun,
  trials: number,
  replicates: number,
  seed: number,
): Partial<Record<StatisticName, Coverage>> {
  const random = createRandom(seed);
  const names = Object.keys(truth) as StatisticName[];
  const covered = new Map(names.map((name) => [name, 0]));
  const told = new Map(names.map((name) => [name, 0]));
  for (let trial = 0; trial < trials; trial++) {
    const sample = simulateRun(model, requests, random, gaps);
    const run = resampleRun(sample, {
      seed: random.integer(0, 2 ** 31),
      replicates,
      percentileRule: 'quick-start',
      percentiles: names.flatMap((name) => (name === 'mean' ? [] : [Number(name.slice(1))])),
    });
    for (const name of names) {
      const number = run.timings[gaps > 0 ? 'itl' : 'latency'][name];
      if (number === null || number === undefined || !number.precise) continue;
      const { low, high } = expandedInterval(number.replicates, number.blocks);
      const true_ = truth[name] as number;
      told.set(name, (told.get(name) ?? 0) + 1);
      if (low <= true_ && true_ <= high) covered.set(name, (covered.get(name) ?? 0) + 1);
    }
  }
  return Object.fromEntries(
    names.map((name) => [
      name,
      { covered: (covered.get(name) ?? 0) / (told.get(name) || 1), told: (told.get(name) ?? 0) / trials },
    ]),
  );
}

/** How often the interval of requests/s holds what such runs have on average. */
export function measureThroughputCoverage(
  { model, requests, clients }: { readonly model: RunModel; readonly requests: number; readonly clients: number },
  trials: number,
  replicates: number,
  seed: number,
): Coverage {
  const random = createRandom(seed);
  const rateOf = (replicated: number): { value: number; low: number; high: number; precise: boolean } => {
    const number = resampleRun(simulateClosedLoop(model, requests, clients, random), {
      seed: random.integer(0, 2 ** 31),
      replicates: replicated,
      percentileRule: 'quick-start',
      percentiles: [],
    }).rates.requests_per_s;
    if (number === null) throw new Error('a simulated run has requests');
    return { ...number, ...expandedInterval(number.replicates, number.blocks) };
  };
  const many = 20 * trials;
  let sum = 0;
  for (let run = 0; run < many; run++) sum += rateOf(1).value;
  const truth = sum / many;
  const told = Array.from({ length: trials }, () => rateOf(replicates)).filter(({ precise }) => precise);
  const covered = told.filter(({ low, high }) => low <= truth && truth <= high).length;
  return { covered: covered / (told.length || 1), told: told.length / trials };
}

/** Normal quantiles at 50, 90, 95 and 99 %. */
const NORMAL = { p50: 0, p90: 1.2815515655446004, p95: 1.6448536269514722, p99: 2.3263478740408408 } as const;

/** The true numbers of a log-normal distribution around 100 ms. */
export function logNormalTruth(spread: number): Record<'mean' | 'p50' | 'p90' | 'p95' | 'p99', number> {
  const quantile = (z: number): number => 100 * Math.exp(spread * z);
  return {
    mean: 100 * Math.exp(spread ** 2 / 2),
    p50: quantile(NORMAL.p50),
    p90: quantile(NORMAL.p90),
    p95: quantile(NORMAL.p95),
    p99: quantile(NORMAL.p99),
  };
}

/** The true numbers of the time in an M/M/1 queue with a service of 100 ms. */
export function queueTruth(utilization: number): Record<'mean' | 'p50' | 'p90' | 'p95' | 'p99', number> {
  const mean = 100 / (1 - utilization);
  const quantile = (p: number): number => -mean * Math.log(1 - p);
  return { mean, p50: quantile(0.5), p90: quantile(0.9), p95: quantile(0.95), p99: quantile(0.99) };
}
