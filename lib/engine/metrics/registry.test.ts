import { describe, expect, it } from 'vitest';
import { MetricRegistry } from './registry.ts';
import type { CounterSink } from './sinks.ts';
import { TagSet } from './tag-set.ts';

describe('MetricRegistry', () => {
  it('gives the same metric for the same name and type', () => {
    const registry = new MetricRegistry();
    expect(registry.create('ttft', 'trend', 'time')).toBe(registry.create('ttft', 'trend', 'time'));
  });

  it('refuses another type, another kind of value and bad names, with the texts of k6', () => {
    const registry = new MetricRegistry();
    registry.create('abc', 'counter');
    expect(() => registry.create('abc', 'trend')).toThrow(
      "metric 'abc' already exists but with type counter, instead of trend",
    );
    expect(() => registry.create('abc', 'counter', 'time')).toThrow('but with a value type default, instead of time');
    expect(() => registry.create('c', 'counter')).toThrow("Invalid metric name: 'c'.");
    expect(() => registry.create('1ab', 'counter')).toThrow('Invalid metric name');
  });

  it('adds samples to the sub-metrics whose tags they carry', () => {
    const metric = new MetricRegistry().create('tokens', 'counter');
    const part = metric.submetric('model:a', { model: 'a' });
    metric.add(5, new TagSet({ model: 'a', x: 'y' }));
    metric.add(7, new TagSet({ model: 'b' }));
    expect((metric.sink as CounterSink).value).toBe(12);
    expect((part.sink as CounterSink).value).toBe(5);
    expect(part.name).toBe('tokens{model:a}');
    expect(metric.submetric('"model":"a"', { model: 'a' })).toBe(part);
  });

  it('lists what was observed only', () => {
    const registry = new MetricRegistry();
    registry.create('silent', 'counter');
    registry.create('loud', 'counter').add(1, new TagSet({}));
    expect(registry.observed().map(({ name }) => name)).toEqual(['loud']);
  });
});
