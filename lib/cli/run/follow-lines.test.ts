import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createOwnFolder } from '../../../tests/support/own-folder.ts';
import { followLines } from './follow-lines.ts';

const folder = createOwnFolder('follow-lines');

describe('followLines', () => {
  it('waits for the file, and for the end of a line', async () => {
    const path = join(folder, 'later');
    const lines: string[] = [];
    const follower = followLines(path, (line) => lines.push(line.toString()));
    await follower.read();
    appendFileSync(path, 'one\ntw');
    await follower.read();
    expect(lines).toEqual(['one']);
    appendFileSync(path, 'o\n\nthr');
    await follower.read();
    expect(lines).toEqual(['one', 'two']);
    appendFileSync(path, 'ee');
    await follower.end();
    expect(lines).toEqual(['one', 'two', 'three']);
  });

  it('reads more than a piece at once', async () => {
    const path = join(folder, 'large');
    const line = `${'x'.repeat(99)}\n`;
    appendFileSync(path, line.repeat(10_000));
    let count = 0;
    const follower = followLines(path, ({ length }) => {
      expect(length).toBe(99);
      count += 1;
    });
    await follower.read();
    expect(count).toBe(10_000);
    await follower.end();
  });

  it('has nothing to say of a file that never came', async () => {
    await followLines(join(folder, 'never'), () => expect.unreachable()).end();
  });
});
