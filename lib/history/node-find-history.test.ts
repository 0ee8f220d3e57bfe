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
