import { Metric, type MetricType, type ValueType } from './metric.ts';

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]{1,128}$/;

/** The metrics of a run. The same name with the same type is one metric, in whichever VU it is made. */
export class MetricRegistry {
  readonly #metrics = new Map<string, Metric>();

  get(name: string): Metric | undefined {
    return this.#metrics.get(name);
  }

  all(): IterableIterator<Metric> {
    return this.#metrics.values();
  }

  /**
   * The metric of that name, made when it is new.
   *
   * @throws {Error} k6's texts: a bad name, or the name of a metric of another type
   */
  create(name: string, type: MetricType, contains: ValueType = 'default'): Metric {
    if (!NAME.test(name)) {
      throw new Error(
        `Invalid metric name: '${name}'. Metric names must only include up to 128 ASCII letters, numbers, ` +
          'or underscores and start with a letter or an underscore.',
      );
    }
    const known = this.#metrics.get(name);
    if (!known) {
      const metric = new Metric(name, type, contains);
      this.#metrics.set(name, metric);
      return metric;
    }
    if (known.type !== type) {
      throw new Error(`metric '${name}' already exists but with type ${known.type}, instead of ${type}`);
    }
    if (known.contains !== contains) {
      throw new Error(
        `metric '${name}' already exists but with a value type ${known.contains}, instead of ${contains}`,
      );
    }
    return known;
  }

  /** Metrics and sub-metrics that the summary shows, by name. */
  observed(): Metric[] {
    const result: Metric[] = [];
    for (const metric of this.#metrics.values()) {
      if (metric.observed) result.push(metric);
      for (const part of metric.submetrics) if (part.metric.observed) result.push(part.metric);
    }
    return result;
  }

  /** Lets go of everything measured: VU copies of the script outlive the run in the module cache, and reach here. */
  clear(): void {
    this.#metrics.clear();
  }
}
