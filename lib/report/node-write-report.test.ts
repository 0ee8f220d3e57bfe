import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { QUICK_START_SUMMARY } from '../../tests/fixtures/example-summary.ts';
import { createOwnFolder } from '../../tests/support/own-folder.ts';
import { writeQuickStartFiles } from '../evalscope/node-evalscope-files.ts';
import { ConfigError } from '../shared/errors.ts';
import { createReportFolder } from './node-write-report.ts';
import { formatReportFolder, toFolderName } from './report-folder.ts';

const root = createOwnFolder('write-report');

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

describe('createReportFolder and writeQuickStartFiles', () => {
  it('write evalscope’s three JSON files, indented by four, in UTF-8', () => {
    const folder = createReportFolder({
      outputsDir: join(root, 'new', 'outputs'),
      startedAt: new Date(0),
      name: 'qwen2.5',
    });
    writeQuickStartFiles(folder, { model: '通义', api_key: '**********' }, QUICK_START_SUMMARY);

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
    writeQuickStartFiles(createReportFolder(request), {}, QUICK_START_SUMMARY);
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

describe('the reservation of a folder', () => {
  const child = (code: string): string => execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' });
  /** Of a process that is over. */
  const deadHolder = (): string =>
    child(
      'console.log(JSON.stringify({pid: process.pid, host: require("os").hostname(), process_started: null, since: "then"}))',
    );
  const folderOf = (name: string) => ({ outputsDir: root, startedAt: null, name });
  const reservationOf = (name: string): string => join(root, name, '.k6-llm-perf-running.json');

  it('keeps a second command out until the first is done', () => {
    const first = createReportFolder(folderOf('shared'));
    expect(() => createReportFolder(folderOf('shared'))).toThrow(/another command is at work \(process \d+ on /);
    first.release();
    expect(createReportFolder(folderOf('shared')).path).toBe(`${root}/shared`);
  });

  it('takes a folder over whose command was killed before it measured anything', () => {
    mkdirSync(join(root, 'killed-early'));
    writeFileSync(reservationOf('killed-early'), deadHolder());
    writeFileSync(join(root, 'killed-early', 'records.jsonl'), '');
    expect(createReportFolder(folderOf('killed-early')).path).toBe(`${root}/killed-early`);
  });

  it('never gives a run a folder with the records of a killed one, and a report does', () => {
    const folder = join(root, 'killed');
    mkdirSync(folder);
    writeFileSync(reservationOf('killed'), deadHolder());
    writeFileSync(join(folder, 'records.jsonl'), '{}\n');
    writeFileSync(join(folder, 'summary.json'), 'half of it');
    expect(() => createReportFolder(folderOf('killed'))).toThrow(/holds (results|the records of a run)/);
    expect(readFileSync(join(folder, 'records.jsonl'), 'utf8')).toBe('{}\n');
    const report = createReportFolder(folderOf('killed'), 'report');
    expect(existsSync(join(folder, 'summary.json'))).toBe(false);
    expect(readFileSync(join(folder, 'records.jsonl'), 'utf8')).toBe('{}\n');
    report.release();
    expect(() => createReportFolder(folderOf('killed'))).toThrow(/did not come to its end/);
  });

  it('says what to do about a command on another machine', () => {
    mkdirSync(join(root, 'elsewhere'));
    writeFileSync(reservationOf('elsewhere'), '{"pid":1,"host":"another","process_started":null,"since":"noon"}');
    expect(() => createReportFolder(folderOf('elsewhere'))).toThrow(
      /process 1 on another, since noon.*remove .*running/s,
    );
  });

  it('refuses links in the place of results', () => {
    const victim = join(root, 'victim');
    writeFileSync(victim, 'mine');
    mkdirSync(join(root, 'links'));
    symlinkSync(victim, join(root, 'links', 'records.jsonl'));
    expect(() => createReportFolder(folderOf('links'))).toThrow(/records\.jsonl is a link/);
    expect(readFileSync(victim, 'utf8')).toBe('mine');
    expect(readdirSync(join(root, 'links'))).toEqual(['records.jsonl']);
  });

  it('leaves no folder where nothing was sent', () => {
    const outputsDir = join(root, 'discarded', 'outputs');
    const folder = createReportFolder({ outputsDir, startedAt: new Date(0), name: 'x' });
    writeFileSync(join(folder.path, 'records.jsonl'), '');
    folder.discard();
    expect(existsSync(join(root, 'discarded'))).toBe(false);
  });
});
