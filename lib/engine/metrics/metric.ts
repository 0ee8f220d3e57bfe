import type { Threshold } from '../thresholds/thresholds.ts';
import { CounterSink, GaugeSink, RateSink, type Sink, TrendSink } from './sinks.ts';
import type { TagSet } from './tag-set.ts';

const SINKS = { counter: CounterSink, gauge: GaugeSink, rate: RateSink, trend: TrendSink };

export type MetricType = keyof typeof SINKS;
export type ValueType = 'default' | 'time' | 'data';

/** A part of a metric: the samples that carry certain tags. Exists where a threshold names it. */
export interface Submetric {
  /** What is between the braces, as written. */
  readonly suffix: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly metric: Metric;
}

/** A metric, or a sub-metric (then `parent` is set), with what was measured. */
export class Metric {
  readonly name: string;
  readonly type: MetricType;
  readonly contains: ValueType;
  readonly parent: Metric | null;
  readonly sink: Sink;
  readonly submetrics: Submetric[] = [];
  thresholds: readonly Threshold[] = [];
  /** Shown in the summary: a sample came, or a threshold names it. */
  observed = false;

  constructor(name: string, type: MetricType, contains: ValueType, parent: Metric | null = null) {
    this.name = name;
    this.type = type;
    this.contains = contains;
    this.parent = parent;
    this.sink = new SINKS[type]();
  }

  /** Adds a sample here and to the sub-metrics whose tags it carries. */
  add(value: number, tags: TagSet): void {
    this.observed = true;
    this.sink.add(value);
    for (const { tags: wanted, metric } of this.submetrics) {
      if (!carries(tags.map, wanted)) continue;
      metric.observed = true;
      metric.sink.add(value);
    }
  }

  /** The sub-metric of these tags, made when it is not there yet. */
  submetric(suffix: string, tags: Readonly<Record<string, string>>): Metric {
    const same = this.submetrics.find((other) => sameTags(other.tags, tags));
    if (same) return same.metric;
    const metric = new Metric(`${this.name}{${suffix}}`, this.type, this.contains, this);
    this.submetrics.push({ suffix, tags, metric });
    return metric;
  }
}

function carries(tags: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  for (const key in wanted) if (tags[key] !== wanted[key]) return false;
  return true;
}

function sameTags(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  return Object.keys(a).length === Object.keys(b).length && carries(a, b);
}
