import { describe, expect, it, vi } from 'vitest';

vi.mock('k6/execution', () => ({ default: {} }));
vi.mock('k6/metrics', () => ({}));

const { chooseSink } = await import('./k6-write-line.ts');

describe('chooseSink', () => {
  it('takes the console where it is a file, and the samples elsewhere', () => {
    expect(chooseSink('auto', 'records.jsonl', {})).toBe('console');
    for (const none of [null, undefined, '']) expect(chooseSink('auto', none, {})).toBe('samples');
    expect(chooseSink('console', null, {})).toBe('console');
    expect(chooseSink('samples', 'records.jsonl', {})).toBe('samples');
    // What is left without records: the configuration of the run, and what the engine counted.
    expect(chooseSink('off', 'records.jsonl', {})).toBe('console');
  });

  it('never takes a console that k6 Cloud reads', () => {
    const cloud = { K6_CLOUDRUN_TEST_RUN_ID: '7' };
    expect(chooseSink('console', null, cloud)).toBe('samples');
    expect(chooseSink('auto', 'records.jsonl', cloud)).toBe('console');
    expect(chooseSink('console', 'a', { ...cloud, K6_CLOUDRUN_INSTANCE_ID: '1' })).toBe('samples');
  });
});
