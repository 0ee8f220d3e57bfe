import type { Milliseconds } from '../../shared/units.ts';
import { ENGINE_EXIT_CODES, EngineError } from '../engine-error.ts';
import { SampleList } from './sample-list.ts';

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
    return { count: this.value, rate: this.read('rate', duration) ?? 0 };
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
    return Object.fromEntries(trendStats.map((stat) => [stat, this.read(stat)]));
  }

  /** One of `summaryTrendStats`: avg, min, med, max, count, p(N). */
  read(stat: string): number {
    if (stat === 'count' || stat === 'min' || stat === 'max') return this[stat];
    if (stat === 'avg') return this.count === 0 ? 0 : this.sum / this.count;
    return this.percentile(stat === 'med' ? 50 : parsePercentile(stat));
  }

  /** @param p 0 to 100 */
  percentile(p: number): number {
    return percentile(this.samples.sorted(), p);
  }
}

/**
 * The p-th percentile by linear interpolation between the two nearest ranks.
 *
 * Variant: rank `(N-1)*p/100`, Hyndman & Fan type 7, which is k6's own and numpy's default.
 * @param sorted ascending; 0 values give 0, one value gives itself
 * @param p 0 to 100
 */
export function percentile(sorted: Float64Array, p: number): number {
  if (sorted.length === 0) return 0;
  const rank = (p / 100) * (sorted.length - 1);
  const low = sorted[Math.floor(rank)]!;
  const high = sorted[Math.ceil(rank)]!;
  return low + (high - low) * (rank - Math.floor(rank));
}

/**
 * The number in `p(99.9)`.
 *
 * @throws {EngineError} exit code 255, k6's text, for another form or a number outside 0 to 100
 */
export function parsePercentile(stat: string): number {
  const match = /^p\((.*)\)$/.exec(stat);
  if (!match) throw new EngineError(`invalid trend stat '${stat}', unknown format`, ENGINE_EXIT_CODES.other);
  const value = match[1] === '' ? Number.NaN : Number(match[1]);
  if (value >= 0 && value <= 100) return value;
  throw new EngineError(
    `invalid percentile trend stat value '${stat}', provide a number between 0 and 100`,
    ENGINE_EXIT_CODES.other,
  );
}
