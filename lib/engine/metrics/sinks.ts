import type { Milliseconds } from '../../shared/units.ts';
import { SampleList } from './sample-list.ts';
import { trendStat } from './trend-stats.ts';

/** Sums up the samples of one metric. */
export interface Sink {
  add(value: number): void;
  readonly empty: boolean;
  /** The `values` of `handleSummary`'s data. */
  summarize(trendStats: readonly string[], duration: Milliseconds): Record<string, number>;
  /**
   * What a threshold compares: `method` is `count`, `avg`, `p(95)`; undefined where k6 has no value, and then the
   * threshold passes.
   */
  read(method: string, duration: Milliseconds): number | undefined;
}

export class CounterSink implements Sink {
  value = 0;
  empty = true;

  add(value: number): void {
    this.value += value;
    this.empty = false;
  }

  summarize(_stats: readonly string[], duration: Milliseconds): Record<string, number> {
    return { count: this.value, rate: duration > 0 ? this.value / (duration / 1000) : 0 };
  }

  read(method: string, duration: Milliseconds): number | undefined {
    if (method === 'count') return this.value;
    return duration > 0 ? this.value / (duration / 1000) : undefined;
  }
}

export class GaugeSink implements Sink {
  value = 0;
  min = 0;
  max = 0;
  empty = true;

  add(value: number): void {
    this.value = value;
    if (this.empty || value > this.max) this.max = value;
    if (this.empty || value < this.min) this.min = value;
    this.empty = false;
  }

  summarize(): Record<string, number> {
    return { value: this.value, min: this.min, max: this.max };
  }

  read(): number {
    return this.value;
  }
}

export class RateSink implements Sink {
  trues = 0;
  total = 0;

  get empty(): boolean {
    return this.total === 0;
  }

  get rate(): number {
    return this.total === 0 ? 0 : this.trues / this.total;
  }

  add(value: number): void {
    this.total++;
    if (value !== 0) this.trues++;
  }

  summarize(): Record<string, number> {
    return { rate: this.rate, passes: this.trues, fails: this.total - this.trues };
  }

  /** Without samples there is no rate, so every threshold on it passes, `rate>0.99` too: k6's rule. */
  read(): number | undefined {
    return this.total === 0 ? undefined : this.rate;
  }
}

/** All values are kept, so percentiles are exact. An empty Trend reads 0 everywhere, as in k6. */
export class TrendSink implements Sink {
  readonly samples = new SampleList();
  count = 0;
  sum = 0;
  min = 0;
  max = 0;

  get empty(): boolean {
    return this.count === 0;
  }

  add(value: number): void {
    if (this.count === 0 || value > this.max) this.max = value;
    if (this.count === 0 || value < this.min) this.min = value;
    this.samples.add(value);
    this.count++;
    this.sum += value;
  }

  summarize(trendStats: readonly string[]): Record<string, number> {
    return Object.fromEntries(trendStats.map((stat) => [stat, trendStat(this, stat)]));
  }

  read(method: string): number {
    return trendStat(this, method);
  }
}
