import type { NumberList } from './number-list.ts';

const PERCENTS = [1, 5, 10, 25, 50, 75, 90, 95, 99] as const;

/** A metric as GenAI-Perf and AIPerf write it: numpy's percentiles, and the deviation of the population. */
export type NvidiaMetric = Readonly<Record<string, string | number | null>>;

/** All statistics of a metric; undefined without values, which leaves the metric out of the file. */
export function describeList(unit: string, list: NumberList): NvidiaMetric | undefined {
  if (list.count() === 0) return undefined;
  const sorted = list.sorted();
  return {
    unit,
    avg: list.mean(),
    ...Object.fromEntries(PERCENTS.map((percent) => [`p${percent}`, list.percentile(percent)])),
    min: sorted.at(0) as number,
    max: sorted.at(-1) as number,
    std: list.deviation(),
  };
}

/** A metric of the whole run; undefined without a value. */
export function describeValue(unit: string, avg: number | null): NvidiaMetric | undefined {
  return avg === null ? undefined : { unit, avg };
}

/** Without the metrics that have no value. */
export function dropAbsent(metrics: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(metrics).filter(([, metric]) => metric !== undefined));
}
