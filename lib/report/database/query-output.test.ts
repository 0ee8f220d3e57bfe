import { describe, expect, it } from 'vitest';
import { formatQuery, type QueryFormat, type QueryResult, type QueryValue } from './query-output.ts';

function format(result: QueryResult, as: QueryFormat, columns?: number): string {
  return [...formatQuery(result, as, columns)].join('');
}

const RESULT: QueryResult = {
  columns: ['name', 'n', 'ratio'],
  rows: [
    ['天空', 9223372036854775807n, 0.5],
    ['a "b", c\n', 2, null],
    ['', -1, 1e300],
  ],
};

/** What a server could send to take a terminal over, and to turn the order of the text around. */
const HOSTILE = '\u001b]0;owned\u0007\u202e\u009b31m';

describe('formatQuery', () => {
  it('prints a table, numbers to the right, wide characters counted as two', () => {
    expect(format(RESULT, 'table')).toBe(
      [
        '+------------+---------------------+--------+',
        '| name       |                   n |  ratio |',
        '+------------+---------------------+--------+',
        '| 天空       | 9223372036854775807 |    0.5 |',
        '| a "b", c\\n |                   2 |      – |',
        '|            |                  -1 | 1e+300 |',
        '+------------+---------------------+--------+',
        '',
      ].join('\n'),
    );
  });

  it('becomes several tables on a terminal, each with the first column in front', () => {
    expect(format(RESULT, 'table', 40)).toBe(
      [
        '+------------+---------------------+',
        '| name       |                   n |',
        '+------------+---------------------+',
        '| 天空       | 9223372036854775807 |',
        '| a "b", c\\n |                   2 |',
        '|            |                  -1 |',
        '+------------+---------------------+',
        '+------------+--------+',
        '| name       |  ratio |',
        '+------------+--------+',
        '| 天空       |    0.5 |',
        '| a "b", c\\n |      – |',
        '|            | 1e+300 |',
        '+------------+--------+',
        '',
      ].join('\n'),
    );
  });

  it('rounds what is to be looked at, and nothing else', () => {
    const rows = [[54.653620000000004, 1 / 3, 1764227000123.25, 0.1 + 0.2]];
    const result = { columns: ['a', 'b', 'c', 'd'], rows };
    // Six decimals, below 1 six digits.
    expect(format(result, 'table').split('\n')[3]).toBe('| 54.65362 | 0.333333 | 1764227000123.25 | 0.3 |');
    expect(format(result, 'csv').split('\n')[1]).toBe(
      '54.653620000000004,0.3333333333333333,1764227000123.25,0.30000000000000004',
    );
  });

  it('prints CSV that tells no value from an empty text', () => {
    expect(format(RESULT, 'csv')).toBe('name,n,ratio\n天空,9223372036854775807,0.5\n"a ""b"", c\n",2,\n"",-1,1e+300\n');
  });

  it('prints JSON that every parser reads, all digits of a whole number kept', () => {
    const text = format(RESULT, 'json');
    expect(text).toContain('"n": 9223372036854775807,');
    expect(JSON.parse(text)[1]).toEqual({ name: 'a "b", c\n', n: 2, ratio: null });
    expect(format({ columns: ['a'], rows: [[Number.POSITIVE_INFINITY]] }, 'json')).toBe('[\n  {"a": null}\n]\n');
  });

  it('has a head and no rows where there are none', () => {
    const empty: QueryResult = { columns: ['a', 'b'], rows: [] };
    expect(format(empty, 'csv')).toBe('a,b\n');
    expect(JSON.parse(format(empty, 'json'))).toEqual([]);
    expect(format(empty, 'table').split('\n')[1]).toBe('| a | b |');
  });

  it.each(['table', 'json'] as const)('lets nothing through to a terminal as %s', (as) => {
    const text = format({ columns: [HOSTILE], rows: [[HOSTILE]] }, as);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    if (as === 'json') expect(JSON.parse(text)).toEqual([{ [HOSTILE]: HOSTILE }]);
  });

  it('keeps CSV as it is in a file, and escapes it on a terminal', () => {
    const result: QueryResult = { columns: ['a'], rows: [[HOSTILE]] };
    expect(format(result, 'csv')).toBe(`a\n${HOSTILE}\n`);
    expect(format(result, 'csv', 80)).toBe('a\n\\u001b]0;owned\\u0007\\u202e\\u009b31m\n');
  });

  it('shows bytes in hexadecimal', () => {
    const result: QueryResult = { columns: ['a'], rows: [[new Uint8Array([0, 255])]] };
    expect(format(result, 'csv')).toBe('a\n00ff\n');
    expect(format(result, 'json')).toContain('"00ff"');
  });

  it('cuts a table where it stops being one to look at, and says where the rest is', () => {
    let taken = 0;
    function* rows(): Iterable<readonly QueryValue[]> {
      for (; ; taken++) yield [taken, 'x'.repeat(500)];
    }
    const lines = format({ columns: ['n', 'long'], rows: rows() }, 'table').split('\n');
    expect(lines).toHaveLength(1000 + 6);
    expect(lines.at(-2)).toContain('The first 1000 rows');
    expect(lines[3]).toContain(`${'x'.repeat(59)}… |`);
    expect(taken).toBe(1000);
  });
});
