import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../shared/display-width.ts';
import { fitWidths, wrapCell } from './fit-columns.ts';

describe('fitWidths', () => {
  it('leaves a table alone that fits, to the column', () => {
    // 10 + 20, and 3 for each column and 1: 37.
    expect(fitWidths([10, 20], [['a'], ['b']], 37)).toEqual([10, 20]);
    expect(fitWidths([10, 20], [['a'], ['b']], 36)).toEqual([10, 19]);
  });

  it('takes from the widest columns first, and stops where cells would hold no number', () => {
    expect(fitWidths([8, 30, 30], [['a'], ['b'], ['c']], 60)).toEqual([8, 21, 21]);
    expect(fitWidths([8, 30], [['a'], ['b']], 10)).toEqual([6, 6]);
  });

  it('keeps words whole while other columns have more to give', () => {
    const cells = [['Percentile'], ['Throughput(tokens/s)'], ['a b c d e f g h']];
    expect(fitWidths([10, 20, 15], cells, 45)).toEqual([10, 12, 13]);
    expect(fitWidths([10, 20, 15], cells, 36)).toEqual([10, 10, 6]);
  });
});

describe('wrapCell', () => {
  it.each([
    ['the nearest rank', 12, ['the nearest', 'rank']],
    ['the nearest rank', 11, ['the nearest', 'rank']],
    ['outputs/20261126_1815/qwen2.5/a.db', 16, ['outputs/', '20261126_1815/', 'qwen2.5/a.db']],
    ['Throughput(tokens/s)', 10, ['Throughput', '(tokens/s)']],
    ['abcdefgh', 3, ['abc', 'def', 'gh']],
    ['天空天空', 4, ['天空', '天空']],
    ['', 5, ['']],
  ])('%j in %i columns', (text, width, lines) => {
    expect(wrapCell(text, width)).toEqual(lines);
  });

  it('loses nothing but blanks, and stays within the width', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', ' ', '/', '天') }),
        fc.integer({ min: 2, max: 20 }),
        (text, width) => {
          const lines = wrapCell(text, width);
          expect(lines.every((line) => displayWidth(line) <= width)).toBe(true);
          expect(lines.join('').replace(/ /g, '')).toBe(text.replace(/ /g, ''));
        },
      ),
    );
  });
});
