import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { JUNIT_ROOT } from '../../report/text/junit.ts';
import { removeStaleJunit } from './stale-junit.ts';

const OURS = `<?xml version="1.0" encoding="UTF-8"?>\n${JUNIT_ROOT} tests="1">\n`;

it('takes our reports of a run and of the points of a sweep away, and nobody else’s', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stale-junit-'));
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write('load.xml', OURS);
  write('load.parallel_4_number_40.xml', OURS);
  write('load.parallel_theirs.xml', '<testsuites name="pytest">');
  write('other.xml', OURS);
  write('load.parallel_1_number_1.txt', OURS);
  removeStaleJunit(join(folder, 'load.xml'));
  expect(readdirSync(folder).sort()).toEqual(['load.parallel_1_number_1.txt', 'load.parallel_theirs.xml', 'other.xml']);
});

it('minds neither a folder that is not there nor one in place of the file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stale-junit-'));
  expect(() => removeStaleJunit(join(folder, 'none', 'load.xml'))).not.toThrow();
  expect(() => removeStaleJunit(folder)).not.toThrow();
});
