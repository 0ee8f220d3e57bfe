import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createFileGuard } from './file-guard.ts';

describe('a guard of files', () => {
  it('goes on after a file that cannot be written, and tells of it once', () => {
    const guard = createFileGuard();
    const write = () => writeFileSync('/no/such/folder/file', '');
    expect([guard.attempt('a.json', write), guard.attempt('a.json', write)]).toEqual([false, false]);
    expect(guard.attempt('b.json', () => undefined)).toBe(true);
    expect(guard.notes()).toEqual([expect.stringMatching(/^a\.json could not be written: ENOENT/)]);
  });

  it('lets a bug through', () => {
    const bug = () => {
      throw new TypeError('x is not a function');
    };
    expect(() => createFileGuard().attempt('a.json', bug)).toThrow(TypeError);
  });
});
