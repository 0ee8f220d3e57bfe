import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readFirstRow } from './node-read-rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'rows-'));

describe('readFirstRow', () => {
  it('throws once what the file system says, and leaves no error behind that nobody catches', async () => {
    const uncaught: unknown[] = [];
    const keep = (error: unknown): void => void uncaught.push(error);
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException').on('uncaughtException', keep);
    try {
      await expect(readFirstRow(join(folder, 'none.jsonl'))).rejects.toThrow('ENOENT');
      for (let turn = 0; turn < 20; turn++) await setImmediate();
    } finally {
      process.off('uncaughtException', keep);
      for (const other of others) process.on('uncaughtException', other);
    }
    expect(uncaught).toEqual([]);
  });

  it('reads the first line of JSON, and the first under the heading of CSV', async () => {
    const [json, csv] = [join(folder, 'a.jsonl'), join(folder, 'a.csv')];
    writeFileSync(json, '\n{"a": 1}\n{"a": 2}\n');
    writeFileSync(csv, 'a, b\n1, "x, y"\n');
    expect(await readFirstRow(json)).toEqual({ a: 1 });
    expect(await readFirstRow(csv)).toMatchObject({ a: '1' });
  });
});
