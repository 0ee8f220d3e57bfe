import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import { formatLine, kindOfLine } from './record-line.ts';

describe('formatLine', () => {
  it('names its kind first, and leaves out fields that are null', () => {
    const line = formatLine('record', exampleRecord({ prompt: 'a "b"\nc', notes: ['x'] }));
    expect(line).toMatch(/^\{"llm_perf":"record","v":2,"index":0,[^\n]*\}$/);
    expect(line).not.toContain(':null');
    const kept = Object.entries(exampleRecord({ prompt: 'a "b"\nc', notes: ['x'] })).filter(
      ([, value]) => value !== null,
    );
    expect(JSON.parse(line)).toEqual({ llm_perf: 'record', ...Object.fromEntries(kept) });
  });

  it('keeps a failure and a conversation whole', () => {
    const conversation = { id: 'a', turn: 1, turns: null };
    const failed = exampleFailure({ conversation });
    expect(JSON.parse(formatLine('record', failed))).toMatchObject({ failure: failed.failure, conversation });
  });

  it('writes other kinds as they are', () => {
    expect(formatLine('end', { v: 2, vus_max: null })).toBe('{"llm_perf":"end","v":2,"vus_max":null}');
  });
});

describe('kindOfLine', () => {
  it('reads the kind, known or not', () => {
    expect(kindOfLine(formatLine('run', { v: 2 }))).toBe('run');
    expect(kindOfLine('{"llm_perf":"weather","v":9}')).toBe('weather');
    expect(kindOfLine('{"llm_perf":"wea')).toBeNull();
    expect(kindOfLine('hello {"llm_perf":"run"}')).toBeNull();
  });
});
