import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleRecord } from '../../tests/fixtures/example-record.ts';
import { parseJson } from '../shared/json.ts';
import { parseRecordJson } from './parse-record-json.ts';

const gap = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 31 }).map((microseconds) => microseconds / 1000),
  fc.integer({ min: 0, max: 1e9 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

describe('parseRecordJson', () => {
  it('gives what JSON.parse gives of a record', () => {
    fc.assert(
      fc.property(fc.array(gap, { maxLength: 40 }), fc.string(), (chunk_gaps_ms, response) => {
        const text = JSON.stringify(exampleRecord({ chunk_gaps_ms, response }));
        expect(parseRecordJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ...[
      '[1,2]',
      '[]',
      '[0]',
      '[0.5,10,10.25]',
      '[1.0]',
      '[12345678901]',
      '[86400000.123]',
      '[1e3]',
      '[-1]',
      '[ 1, 2 ]',
    ],
    ...[
      '[01]',
      '[1.]',
      '[.5]',
      '[1,]',
      '[,1]',
      '[1',
      '[1 2]',
      '["1"]',
      '[null]',
      '[[1]]',
      '[1.2345]',
      '[1.23456]',
      '[-0]',
    ],
    ...['[1],"more":{"chunk_gaps_ms":[2]}', 'null,"more":{"chunk_gaps_ms":[2]}', '[1],"chunk_gaps_ms":[2,3]'],
    ...['[1],"chunk_gaps_ms":null', '[1]}}'],
  ])('reads a list written as %s as JSON.parse does', (list) => {
    const text = `{"v":2,"chunk_gaps_ms":${list},"chunks":3}`;
    expect(parseRecordJson(text)).toEqual(parseJson(text));
    expect(parseRecordJson(` ${text}`)).toEqual(parseJson(text));
  });

  it('is not taken in by a text that holds such a list', () => {
    const text = JSON.stringify({
      prompt: '"chunk_gaps_ms":[1,2]',
      chunk_gaps_ms: [3.5],
      response: '"chunk_gaps_ms":[',
    });
    expect(parseRecordJson(text)).toEqual(JSON.parse(text));
  });
});
