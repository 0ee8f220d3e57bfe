import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../shared/errors.ts';
import { QUICK_START_SUMMARY } from './example-summary.ts';
import { createReportFolder, writeReportFiles } from './node-write-report.ts';
import { formatReportFolder, toFolderName } from './report-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'write-report-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('formatReportFolder', () => {
  const startedAt = new Date(2024, 11, 16, 19, 42, 4);

  it('gives the quick start’s path', () => {
    expect(formatReportFolder('./outputs', startedAt, 'qwen2.5')).toBe('./outputs/20241216_194204/qwen2.5');
  });

  it('can do without a timestamp, and takes a folder with a slash at its end', () => {
    expect(formatReportFolder('out/', null, 'qwen2.5')).toBe('out/qwen2.5');
    expect(formatReportFolder('/', null, 'qwen2.5')).toBe('/qwen2.5');
  });

  it('lets no name lead out of the folder', () => {
    expect(['../../etc', '..', '', 'a/b\\c:d', 'x\u0000y', '通义'].map(toFolderName)).toEqual([
      '.._.._etc',
      '_',
      '_',
      'a_b_c_d',
      'x_y',
      '通义',
    ]);
  });
});

describe('createReportFolder and writeReportFiles', () => {
  it('write evalscope’s three JSON files, indented by four, in UTF-8', () => {
    const folder = createReportFolder({
      outputsDir: join(root, 'new', 'outputs'),
      startedAt: new Date(0),
      name: 'qwen2.5',
    });
    writeReportFiles(folder, { model: '通义', api_key: '**********' }, QUICK_START_SUMMARY);

    expect(readFileSync(folder.args, 'utf8')).toBe('{\n    "model": "通义",\n    "api_key": "**********"\n}');
    const summary = JSON.parse(readFileSync(folder.summary, 'utf8'));
    expect(summary).toMatchObject({ 'Total requests': 15, 'Result DB path': folder.database });
    const percentiles = JSON.parse(readFileSync(folder.percentiles, 'utf8'));
    expect(percentiles).toHaveLength(10);
    expect(percentiles[9]).toMatchObject({ Percentile: '99%', 'TPOT (s)': 0.0037 });
    expect(existsSync(folder.database)).toBe(false);
  });

  it('refuse a folder that holds results', () => {
    const request = { outputsDir: root, startedAt: null, name: 'twice' };
    writeReportFiles(createReportFolder(request), {}, QUICK_START_SUMMARY);
    expect(() => createReportFolder(request)).toThrow(/holds results/);
  });

  it('give runs that start in one second folders of their own', () => {
    const request = { outputsDir: root, startedAt: new Date(2024, 11, 16, 19, 42, 4), name: 'qwen2.5' };
    expect([1, 2, 3].map(() => createReportFolder(request).path)).toEqual([
      `${root}/20241216_194204/qwen2.5`,
      `${root}/20241216_194204_2/qwen2.5`,
      `${root}/20241216_194204_3/qwen2.5`,
    ]);
  });

  it('say so when the folder cannot be made', () => {
    writeFileSync(join(root, 'a-file'), '');
    expect(() => createReportFolder({ outputsDir: join(root, 'a-file'), startedAt: null, name: 'x' })).toThrow(
      ConfigError,
    );
  });
});
