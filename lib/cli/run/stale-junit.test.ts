import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { JUNIT_ROOT } from '../../report/text/junit.ts';
import { removeStaleJunit } from './stale-junit.ts';

const OURS = `<?xml version="1.0" encoding="UTF-8"?>\n${JUNIT_ROOT} tests="1">\n`;

it('takes our report away, and nobody else’s', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stale-junit-'));
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write('load.xml', OURS);
  write('theirs.xml', '<testsuites name="pytest">');
  write('other.xml', OURS);
  for (const name of ['load.xml', 'theirs.xml']) removeStaleJunit(join(folder, name));
  expect(readdirSync(folder).sort()).toEqual(['other.xml', 'theirs.xml']);
});

it('minds neither a folder that is not there nor one in place of the file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stale-junit-'));
  expect(() => removeStaleJunit(join(folder, 'none', 'load.xml'))).not.toThrow();
  expect(() => removeStaleJunit(folder)).not.toThrow();
});
