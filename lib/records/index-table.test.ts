import { describe, expect, it } from 'vitest';
import { createIndexTable } from './index-table.ts';

describe('createIndexTable', () => {
  it('knows an index again, with what it came with, however many there are and however far apart', () => {
    for (const stride of [1, 7, 100, 2 ** 32, 2 ** 40]) {
      const table = createIndexTable();
      for (let i = 0; i < 5000; i++) expect(table.add(i * stride, i, i % 3)).toBeNull();
      for (let i = 0; i < 5000; i++) expect(table.add(i * stride, i, 9)).toEqual({ same: true, file: i % 3 });
      expect(table.add(stride, 77, 9)).toEqual({ same: false, file: 1 });
    }
  });

  it('takes a fraction of a microsecond where the indices have a common factor', () => {
    const table = createIndexTable();
    const from = performance.now();
    for (let i = 0; i < 200_000; i++) table.add(i * 1024, 0, 0);
    // Without mixing the bits of an index this takes minutes.
    expect(performance.now() - from).toBeLessThan(2000);
  });
});
