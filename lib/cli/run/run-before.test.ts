import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createFolder } from '../../../tests/support/cli.ts';
import { countRepeated, describeRunBefore } from './run-before.ts';

const ARGS = {
  cache_bust: 'none',
  url: 'http://a',
  model: 'm',
  seed: 1,
  dataset: 'random',
  input_len: { shape: 'fixed' },
};

function writeRun(outputsDir: string, time: string, args: object, requests: number): void {
  const folder = join(outputsDir, time, 'm');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'benchmark_args.json'), JSON.stringify({ parallel: 9, ...args }));
  writeFileSync(join(folder, 'summary.json'), JSON.stringify({ summary: { total_requests: requests } }));
}

it('counts requests whose prompt was sent before', () => {
  // 30 of 100; all of 20; of 25 over 10 prompts, of which 4 are known: two rounds and the first 4 of the third.
  expect([countRepeated(100, 101, 30), countRepeated(20, 21, 30), countRepeated(25, 10, 4)]).toEqual([30, 20, 12]);
});

it('says what share of the prompts the latest run sent, if it was the same run', () => {
  const outputsDir = createFolder();
  const describe = (args: object, requests: number | null = 100) =>
    describeRunBefore({ args: { ...ARGS, ...args }, outputsDir, requests, prompts: 101 });
  expect(describe({})).toEqual([]);
  writeRun(outputsDir, '20261101_100000', ARGS, 70);
  writeRun(outputsDir, '20261102_100000', { ...ARGS, warmup_num: 5 }, 20);
  expect(describe({})[0]).toMatch(/^25 % of the 100 prompts were sent by the run before \(.*20261102_100000/);
  expect(describe({}, null)[0]).toMatch(/^The first 25 prompts/);
  for (const other of [
    { seed: 2 },
    { model: 'n' },
    { cache_bust: 'prefix' },
    { target_input_len: '60' },
    { input_len: { shape: 'normal' } },
  ])
    expect(describe(other)).toEqual([]);
  writeRun(outputsDir, '20261103_100000', { ...ARGS, url: 'http://b' }, 20);
  expect(describe({})).toEqual([]);
});
