import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createResultsFolder, formatTimestamp } from './results-folder.ts';

const NOW = new Date(2024, 11, 16, 19, 42, 4);
const outputsDir = (): string => mkdtempSync(join(tmpdir(), 'results-'));

describe('createResultsFolder', () => {
  it('names folders as evalscope does', () => {
    expect(formatTimestamp(NOW)).toBe('20241216_194204');
    const dir = outputsDir();
    expect(createResultsFolder({ outputsDir: dir, noTimestamp: false, name: 'qwen2.5' }, NOW)).toBe(
      join(dir, '20241216_194204', 'qwen2.5'),
    );
    expect(createResultsFolder({ outputsDir: dir, noTimestamp: false, name: 'qwen2.5' }, NOW)).toBe(
      join(dir, '20241216_194204_2', 'qwen2.5'),
    );
  });

  it('replaces what no file name may hold', () => {
    const dir = outputsDir();
    expect(createResultsFolder({ outputsDir: dir, noTimestamp: true, name: 'a/b:c' }, NOW)).toBe(join(dir, 'a_b_c'));
  });

  it('refuses a folder that holds results, and one that cannot be made', () => {
    const dir = outputsDir();
    mkdirSync(join(dir, 'm'));
    writeFileSync(join(dir, 'm', 'benchmark_data.db'), '');
    expect(() => createResultsFolder({ outputsDir: dir, noTimestamp: true, name: 'm' }, NOW)).toThrow(/another run/);
    writeFileSync(join(dir, 'file'), '');
    expect(() => createResultsFolder({ outputsDir: join(dir, 'file'), noTimestamp: true, name: 'm' }, NOW)).toThrow(
      /cannot be written[\s\S]*--outputs-dir/,
    );
    expect(existsSync(join(dir, 'file', 'm'))).toBe(false);
  });
});
