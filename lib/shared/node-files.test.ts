import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createOwnFolder } from '../../tests/support/own-folder.ts';
import {
  makeFolder,
  removeEmptyFolders,
  replaceFile,
  whyNotFolder,
  whyNotWritable,
  writeNamedFile,
} from './node-files.ts';

const root = createOwnFolder('node-files');
const hasProc = existsSync('/proc/self');

describe('makeFolder', () => {
  it('makes what is missing, and tells what it made so that it can be taken away again', () => {
    const made = makeFolder(join(root, 'a', 'b', 'c'));
    expect(made).toEqual(['a', 'a/b', 'a/b/c'].map((path) => join(root, path)));
    expect(makeFolder(join(root, 'a', 'b'))).toEqual([]);
    writeFileSync(join(root, 'a', 'kept'), '');
    removeEmptyFolders(made);
    expect(readdirSync(join(root, 'a'))).toEqual(['kept']);
  });

  it.runIf(hasProc)('ends where no folder can be made, in which a recursive mkdir tries for ever', () => {
    expect(() => makeFolder('/proc/nope/x/y')).toThrow(/ENOENT/);
  });

  it('refuses a file and a link to nowhere in the way', () => {
    writeFileSync(join(root, 'file'), '');
    symlinkSync(join(root, 'nowhere'), join(root, 'link'));
    expect(() => makeFolder(join(root, 'file'))).not.toThrow();
    expect(() => makeFolder(join(root, 'file', 'x'))).toThrow(/ENOTDIR/);
    expect(() => makeFolder(join(root, 'link', 'x'))).toThrow();
    expect(existsSync(join(root, 'nowhere'))).toBe(false);
  });
});

describe('replaceFile', () => {
  it('puts a file in the place of a link, and leaves alone what the link leads to', () => {
    const [link, victim] = [join(root, 'summary.json'), join(root, 'victim')];
    writeFileSync(victim, 'mine');
    symlinkSync(victim, link);
    replaceFile(link, 'new');
    expect(readFileSync(link, 'utf8')).toBe('new');
    expect(readFileSync(victim, 'utf8')).toBe('mine');
  });

  it('leaves no draft behind when it fails', () => {
    mkdirSync(join(root, 'taken', 'x'), { recursive: true });
    expect(() => replaceFile(join(root, 'taken'), 'text')).toThrow();
    expect(readdirSync(root).filter((name) => name.endsWith('.new'))).toEqual([]);
  });
});

describe('writeNamedFile', () => {
  it('follows a link of the user, and makes the folders above', () => {
    const [link, target] = [join(root, 'named'), join(root, 'target')];
    writeFileSync(target, 'old');
    symlinkSync(target, link);
    writeNamedFile(link, 'new');
    expect(readFileSync(target, 'utf8')).toBe('new');
    writeNamedFile(join(root, 'n1', 'n2', 'file'), 'text');
    expect(readFileSync(join(root, 'n1', 'n2', 'file'), 'utf8')).toBe('text');
  });
});

describe('whyNotFolder and whyNotWritable', () => {
  it('find nothing wrong with what can be written, and leave no trace', () => {
    const folder = mkdtempSync(join(root, 'free-'));
    writeFileSync(join(folder, 'there'), 'text');
    expect([
      whyNotFolder(folder),
      whyNotFolder(join(folder, 'new', 'er')),
      whyNotWritable(join(folder, 'new', 'junit.xml')),
      whyNotWritable(join(folder, 'there')),
      whyNotWritable('/dev/null'),
    ]).toEqual([null, null, null, null, null]);
    expect(readdirSync(folder)).toEqual(['there']);
    expect(readFileSync(join(folder, 'there'), 'utf8')).toBe('text');
  });

  it('say why a place cannot be written', () => {
    const file = join(root, 'a-file');
    writeFileSync(file, '');
    expect(whyNotFolder(file)).toBe(`${file} is not a folder`);
    expect(whyNotFolder(join(file, 'x'))).toMatch(/^ENOTDIR: not a directory/);
    expect(whyNotWritable(root)).toBe('it is a folder');
    expect(whyNotWritable(join(file, 'junit.xml'))).toMatch(/ENOTDIR|not a folder/);
  });

  it.runIf(hasProc)('see by trying what permissions do not say', () => {
    expect(whyNotFolder('/proc/nope/x')).toMatch(/^ENOENT: no such file or directory in \/proc$/);
    expect(whyNotWritable('/proc/nope/junit.xml')).toMatch(/in \/proc$/);
  });

  it.runIf(process.getuid?.() !== 0)('see a folder that nobody may write to', () => {
    const folder = mkdtempSync(join(root, 'closed-'));
    chmodSync(folder, 0o500);
    expect(whyNotFolder(folder)).toMatch(/^EACCES/);
  });
});
