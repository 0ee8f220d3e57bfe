import { describe, expect, it } from 'vitest';
import { exampleRecord } from '../../tests/fixtures/example-record.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { createRunParts } from './run-parts.ts';

/** An instance of the run `a`, whose first request starts at noon, or so many minutes later. */
function instance(file: number, changes: Partial<RequestRecord> = {}, minutes = 0): RequestRecord[] {
  const started_at = new Date(Date.parse('2026-03-01T12:00:00.000Z') + minutes * 60_000).toISOString();
  return [0, 1].map((i) =>
    exampleRecord({
      index: 2 * i + file,
      run_id: 'a',
      segment: file === 0 ? '0:1/2' : '1/2:1',
      started_at,
      ...changes,
    }),
  );
}

function unlike(
  files: readonly (readonly RequestRecord[])[],
  args: readonly Readonly<Record<string, unknown>>[] = [],
): readonly string[] {
  const parts = createRunParts(['one.json', 'two.json', 'three.json']);
  for (const [file, told] of args.entries()) parts.addArgs(told, file);
  for (const [file, records] of files.entries()) {
    for (const record of records) expect(parts.add(record, file)).toBeNull();
  }
  return parts.findUnlike();
}

describe('createRunParts', () => {
  it('takes instances of a run for one, with a common id or without, though they start minutes apart', () => {
    expect(unlike([instance(0), instance(1)])).toEqual([]);
    expect(unlike([instance(0), instance(1, { run_id: 'b' }, 20)])).toEqual([]);
    // Records of version 1 tell neither.
    const old = { run_id: null, segment: null };
    expect(unlike([instance(0, old), instance(1, old, 5)])).toEqual([]);
  });

  it('takes a run that lies in two files for one', () => {
    const [first, second] = instance(0) as [RequestRecord, RequestRecord];
    expect(unlike([[first], [second]])).toEqual([]);
  });

  it('finds two runs by their ids, where their shares do not complete each other', () => {
    const two = ['one.json and two.json: two runs, a and b'];
    expect(unlike([instance(0, { segment: null }), instance(1, { run_id: 'b', segment: null })])).toEqual(two);
    expect(unlike([instance(0), instance(1, { run_id: 'b', segment: '0:1/2' })])).toEqual(two);
    expect(unlike([instance(0), instance(1, { run_id: 'b', segment: '1/3:1' })])).toEqual(two);
    expect(unlike([instance(0), instance(1, { segment: null })])).toEqual([
      'one.json and two.json: shares of one run that overlap, 0:1/2 and the whole run',
    ]);
  });

  it('finds two runs in one file', () => {
    expect(unlike([[...instance(0, { segment: null }), ...instance(1, { run_id: 'b', segment: null })]])).toEqual([
      'one.json: two runs, a and b',
    ]);
  });

  it('finds two runs by requests of one index that are not the same', () => {
    const old = { run_id: null, segment: null };
    expect(unlike([instance(0, old), instance(0, { ...old, start_ms: 1001 })])).toEqual([
      'one.json and two.json: two different requests of the index 0, so this is more than one run',
      'one.json and two.json: two different requests of the index 2, so this is more than one run',
    ]);
    expect(unlike([instance(0), instance(0, { start_ms: 1001 })])[0]).toBe(
      'one.json and two.json: two different requests of the index 0 under the run id "a", so this is more than one run',
    );
  });

  it('knows the requests of two scenarios of one script apart', () => {
    expect(unlike([[...instance(0), ...instance(0, { scenario: 'other', start_ms: 1001 })]])).toEqual([]);
  });

  it('finds other settings, other models and another way to stream', () => {
    const told = { run_id: 'a', max_tokens: 100, url: 'http://h/v1', outputs_dir: 'x' };
    expect(
      unlike(
        [instance(0), instance(1)],
        [
          { ...told, segment: '0:1/2' },
          { ...told, segment: '1/2:1', max_tokens: 200, outputs_dir: 'y' },
        ],
      ),
    ).toEqual(['one.json and two.json: other settings, max_tokens 100 and 200']);
    expect(unlike([instance(0), instance(1, { model: 'other', stream: false })])).toEqual([
      'one.json and two.json: other settings, model "qwen2.5" and "other", stream true and false',
    ]);
  });

  it('finds clocks that lie too far apart for instances of one run', () => {
    expect(unlike([instance(0), instance(1, {}, 366 * 24 * 60)])).toEqual([
      'one.json and two.json: clocks 1.0 years apart, so they did not run together',
    ]);
    expect(unlike([instance(0), instance(1, {}, 120)])[0]).toContain('2.0 hours apart');
  });

  it('finds a request that comes twice, and says where', () => {
    const parts = createRunParts(['one.json', 'two.json']);
    for (const record of instance(0)) parts.add(record, 0);
    expect(parts.add(instance(0)[1] as RequestRecord, 1)).toEqual({ files: ['one.json', 'two.json'], index: 2 });
    expect(parts.runIds()).toEqual(['a']);
    expect(parts.segments()).toEqual(['0:1/2']);
  });
});
