import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findHistory } from './node-find-history.ts';

const SUMMARY = JSON.stringify({ version: 1, summary: {}, validity: { verdict: 'VALID' } });
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'find-history-'));
  for (const name of ['run', 'linked', 'broken', 'pipe', 'pipe-beside', 'a folder']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'run', 'summary.json'), SUMMARY);
  writeFileSync(join(folder, 'pipe-beside', 'summary.json'), SUMMARY);
  mkdirSync(join(folder, 'a folder', 'summary.json'));
  symlinkSync(join(folder, 'run', 'summary.json'), join(folder, 'linked', 'summary.json'));
  symlinkSync(join(folder, 'nowhere'), join(folder, 'broken', 'summary.json'));
  symlinkSync(folder, join(folder, 'run', 'round'));
  execFileSync('mkfifo', ['pipe/summary.json', 'pipe-beside/benchmark_args.json'], { cwd: folder });
});
afterAll(() => rmSync(folder, { recursive: true }));

it('finds each run once, follows links to files alone, waits for no pipe, and names what is none', () => {
  const { runs, skipped } = findHistory(folder);
  expect(runs.map(({ path }) => path).sort()).toEqual(['linked', 'pipe-beside', 'run']);
  expect(skipped).toEqual([
    { path: 'a folder/summary.json', why: 'it is not a file' },
    { path: 'broken', why: 'ENOENT: no such file or directory' },
    { path: 'pipe/summary.json', why: 'it is not a file' },
  ]);
});

it('has a run once, however often its report was made, and names the probes of a search together', () => {
  const outputs = mkdtempSync(join(tmpdir(), 'find-history-'));
  const write = (path: string, run_id: string | null, started_at = '2026-11-01T10:00:00.000Z') => {
    mkdirSync(join(outputs, path), { recursive: true });
    writeFileSync(join(outputs, path, 'summary.json'), JSON.stringify({ ...JSON.parse(SUMMARY), run_id, started_at }));
  };
  write('20261101_110000/m', 'one');
  write('20261103_110000/m', 'one');
  write('20261104_110000/m', 'one');
  write('20261102_110000/m', 'two', '2026-11-02T10:00:00.000Z');
  // Points of a sweep, and nightly runs, that a user gave one name.
  write('nightly/parallel_1', 'one', '2026-11-05T10:00:00.000Z');
  write('nightly/parallel_4', 'one', '2026-11-05T10:00:30.000Z');
  // Of several runs together: they have no identity.
  write('a', null);
  write('b', null);
  write('found/m/search/rate_1_look', 'three');
  write('found/m/search/rate_2_look', 'four');
  writeFileSync(join(outputs, 'found', 'm', 'search.json'), '{}');
  // A folder that somebody calls so is none of a search.
  write('search/m', 'five');
  const { runs, skipped } = findHistory(outputs);
  rmSync(outputs, { recursive: true });
  expect(runs.map(({ path }) => path)).toEqual([
    ...['20261101_110000/m', 'a', 'b', 'search/m', '20261102_110000/m'],
    ...['nightly/parallel_1', 'nightly/parallel_4'],
  ]);
  expect(skipped).toEqual([
    { path: 'found/m/search', why: '2 probes of a search, which its perf_report.html shows' },
    { path: '20261103_110000/m', why: 'it is a report on the same run as 20261101_110000/m' },
    { path: '20261104_110000/m', why: 'it is a report on the same run as 20261101_110000/m' },
  ]);
});
