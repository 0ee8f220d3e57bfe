import { describe, expect, it } from 'vitest';
import { countCell, floatCell, formatCell, textCell } from '../evalscope/cell.ts';
import { displayWidth } from '../shared/display-width.ts';
import { renderGridTable } from './tables/grid-table.ts';
import { renderPrettyTable } from './tables/pretty-table.ts';

describe('renderGridTable', () => {
  // Each was printed by Python's tabulate 0.9 with tablefmt='grid' (and wcwidth installed).
  it('makes a column two wider than its header, as tabulate does', () => {
    expect(renderGridTable({ headers: ['Key', 'Value'], rows: [['a', '']] })).toBe(
      [
        '+-------+---------+',
        '| Key   | Value   |',
        '+=======+=========+',
        '| a     |         |',
        '+-------+---------+',
      ].join('\n'),
    );
  });

  it('counts Chinese characters as two columns', () => {
    const rows = [
      ['模型', '通义千问 qwen'],
      ['a long key here', 'x'],
    ];
    expect(renderGridTable({ headers: ['Key', 'Value'], rows })).toBe(
      [
        '+-----------------+---------------+',
        '| Key             | Value         |',
        '+=================+===============+',
        '| 模型            | 通义千问 qwen |',
        '+-----------------+---------------+',
        '| a long key here | x             |',
        '+-----------------+---------------+',
      ].join('\n'),
    );
  });
});

describe('renderPrettyTable', () => {
  // Printed by Python's tabulate 0.9 with tablefmt='pretty'.
  it('centres everything, the odd blank to the right', () => {
    const rows = [
      ['a', '通义'],
      ['b', 'c'],
    ];
    expect(renderPrettyTable({ headers: ['模型', 'x'], rows })).toBe(
      [
        '+------+------+',
        '| 模型 |  x   |',
        '+------+------+',
        '|  a   | 通义 |',
        '|  b   |  c   |',
        '+------+------+',
      ].join('\n'),
    );
  });
});

describe('formatCell', () => {
  it('prints floats and counts as Python prints floats and ints', () => {
    expect([floatCell(232, 3), floatCell(0.0030901, 5), countCell(15), countCell(49.5)].map(formatCell)).toEqual([
      '232.0',
      '0.00309',
      '15',
      '49.5',
    ]);
  });

  it('prints a dash where there is no value, and never 0 or -1', () => {
    expect([floatCell(null, 3), countCell(null), textCell(null)].map(formatCell)).toEqual(['–', '–', '–']);
  });
});

describe('displayWidth', () => {
  it('counts columns, not code units', () => {
    expect(['abc', '你好', '🙂', 'e\u0301', '–'].map(displayWidth)).toEqual([3, 4, 2, 1, 1]);
  });
});
