import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { findRunFiles } from '../support/run-file.ts';
import { keepRecords } from './keep-records.ts';

const root = mkdtempSync(join(tmpdir(), 'keep-'));
let count = 0;

function folder(): string {
  const path = join(root, `${count++}`);
  mkdirSync(path);
  return path;
}

function write(at: string, name: string, content: string | Buffer): string {
  writeFileSync(join(at, name), content);
  return join(at, name);
}

it('keeps a file by the name that the commands look for, and what the servers said beside it', () => {
  const [from, to] = [folder(), folder()];
  const file = write(from, 'k6.log', 'one\n');
  write(from, 'server_metrics.jsonl', '{}\n');
  symlinkSync(file, join(from, 'link'));
  expect(keepRecords([join(from, 'link')], to)).toEqual([]);
  // As k6 does in its next run.
  appendFileSync(file, 'two\n');
  expect(readdirSync(to).sort()).toEqual(['records.jsonl', 'server_metrics.jsonl']);
  expect(readFileSync(join(to, 'records.jsonl'), 'utf8')).toBe('one\n');
  expect(findRunFiles(to)).toEqual([join(to, 'records.jsonl')]);
});

it('keeps instances apart, since each has a clock of its own', () => {
  const [from, to] = [folder(), folder()];
  keepRecords([write(from, 'b.json', 'b'), write(from, 'a.json', gzipSync('a'))], to);
  const names = ['samples_1.json', 'samples_2.json.gz'];
  expect(readdirSync(to).sort()).toEqual(names);
  expect(findRunFiles(to)).toEqual(names.map((name) => join(to, name)));
});

it('leaves records that lie there alone, and nothing half done', () => {
  const to = folder();
  const file = write(to, 'records.jsonl', 'mine');
  keepRecords([file], to);
  keepRecords([write(folder(), 'records.jsonl', 'other')], to);
  expect(readdirSync(to)).toEqual(['records.jsonl']);
  expect(readFileSync(file, 'utf8')).toBe('mine');
  const empty = folder();
  expect(() => keepRecords([file, join(root, 'none')], empty)).toThrow(/ENOENT/);
  expect(readdirSync(empty)).toEqual([]);
});

it('says of a large file that its second name grows with it', () => {
  const [from, to] = [folder(), folder()];
  const file = write(from, 'records.jsonl', '');
  // Of no blocks.
  truncateSync(file, 64 * 1024 * 1024 + 1);
  const notes = keepRecords([file], to);
  const isLink = statSync(file).ino === statSync(join(to, 'records.jsonl')).ino;
  expect(notes).toEqual(isLink ? [expect.stringContaining(`is a second name of ${file}`)] : []);
});
