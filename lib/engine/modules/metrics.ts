import type { Metric, MetricType } from '../metrics/metric.ts';
import { readTags } from '../metrics/tag-set.ts';
import type { Vu } from '../vu/vu.ts';

type K6Metrics = typeof import('k6/metrics');
/** What a script sees of a custom metric: k6's own members, so that a change there is a compile error here. */
type Custom<Name extends keyof K6Metrics> = Pick<InstanceType<K6Metrics[Name]>, 'add' | 'name'>;
type Constructor<Name extends keyof K6Metrics> = new (name: string, isTime?: boolean) => Custom<Name>;

/** `k6/metrics` for one VU: its classes record as this VU, into metrics that all VUs share by name. */
export function createMetricsModule(vu: Vu): { [Name in 'Counter' | 'Gauge' | 'Rate' | 'Trend']: Constructor<Name> } {
  const create = (type: MetricType) =>
    class extends CustomMetric {
      constructor(name: string, isTime?: boolean) {
        super(vu, type, name, isTime);
      }
    };
  return { Counter: create('counter'), Gauge: create('gauge'), Rate: create('rate'), Trend: create('trend') };
}

class CustomMetric {
  readonly name: string;
  readonly #vu: Vu;
  readonly #metric: Metric;

  /** @throws {Error} k6's texts: not at the script's top level, a bad name, a name of another type */
  constructor(vu: Vu, type: MetricType, name: string, isTime?: boolean) {
    if (vu.phase !== 'init') throw new Error('metrics must be declared in the init context');
    this.#vu = vu;
    this.#metric = vu.run.registry.create(String(name), type, isTime ? 'time' : 'default');
    this.name = String(name);
  }

  /** @returns false when the value is not a number; k6 then warns, or throws with the option `throw` */
  add(value: unknown, tags?: unknown): boolean {
    const vu = this.#vu;
    vu.refuseInInit('Adding to metrics in the init context is not supported');
    const number = toNumber(value);
    if (number === null) return this.#refuse(value);
    const extra = this.#readTags(tags);
    vu.record(this.#metric, number, extra ? vu.tags.with(extra) : vu.tags);
    return true;
  }

  #readTags(tags: unknown): Record<string, string> | null {
    try {
      return readTags(tags);
    } catch (error) {
      throw new Error(`cannot add tags for the '${this.name}' custom metric: ${(error as Error).message}`);
    }
  }

  #refuse(value: unknown): false {
    const what = value === undefined ? 'no value was provided' : `'${String(value).slice(0, 100)}' is an invalid value`;
    const text = `${what} for metric '${this.name}', a number or a boolean value is expected`;
    if (this.#vu.run.settings.throw) throw new Error(text);
    this.#vu.run.log.warn(text);
    return false;
  }
}

/** k6's reading of a sample's value; null for what is none. */
function toNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isNaN(value) ? null : value;
  if (value === undefined || value === null || typeof value === 'symbol') return null;
  const number = Number(value);
  if (number === 0 && value) return 1;
  return Number.isNaN(number) ? null : number;
}
