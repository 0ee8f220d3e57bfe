import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { watchForStall } from './stall-watch.ts';

const folder = mkdtempSync(join(tmpdir(), 'stall-watch-'));
let files = 0;
const newFile = (): string => join(folder, `samples-${files++}.json`);
let stop = (): void => {};
afterEach(() => stop());
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const sample = (metric: string): string => `{"metric":"${metric}","type":"Point","data":{"value":1}}\n`;
const stall = (path: string, firstMs: number, nextMs: number): Promise<number> =>
  new Promise((resolve) => {
    stop = watchForStall(path, { firstMs, nextMs }, resolve);
  });

describe('watchForStall', () => {
  it('tells when no request has ended at all, whatever else k6 writes, or nothing', async () => {
    const path = newFile();
    appendFileSync(path, sample('vus'));
    expect(await stall(path, 500, 60_000)).toBeGreaterThan(500);
    stop();
    expect(await stall(newFile(), 500, 60_000)).toBeGreaterThan(500);
  });

  it('counts from the last request that ended', async () => {
    const path = newFile();
    appendFileSync(path, sample('iterations'));
    const started = performance.now();
    await stall(path, 60_000, 1500);
    // The first look, a second after the start, finds the end of a request.
    expect(performance.now() - started).toBeGreaterThan(2400);
  });

  it('takes a file that grows fast for a run that goes on', async () => {
    const path = newFile();
    appendFileSync(path, sample('sse_event').repeat(2000));
    const started = performance.now();
    await stall(path, 500, 1500);
    expect(performance.now() - started).toBeGreaterThan(2400);
  });
});
