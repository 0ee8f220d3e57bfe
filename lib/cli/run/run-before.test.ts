import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createFolder } from '../../../tests/support/cli.ts';
import { countRepeated, describeRunsBefore, findRunsBefore } from './run-before.ts';

const ARGS = {
  cache_bust: 'none',
  url: 'http://a',
  model: 'm',
  seed: 1,
  dataset: 'random',
  input_len: { shape: 'fixed' },
};

function writeRun(folder: string, args: object, requests: number, more: object = {}): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'benchmark_args.json'), JSON.stringify({ parallel: 9, ...args }));
  writeFileSync(join(folder, 'summary.json'), JSON.stringify({ summary: { total_requests: requests, ...more } }));
}

it('counts requests whose prompt was sent before', () => {
  const count = (from: number, count: number, known: number, sent: number, prompts: number | null) =>
    countRepeated({ from, count }, { from: known, count: sent }, prompts);
  // 30 of 100, and of 20 all; made prompts are those of their places.
  expect([count(0, 100, 0, 30, null), count(0, 20, 0, 30, null), count(25, 20, 0, 30, null)]).toEqual([30, 20, 5]);
  // 25 over 10 prompts, of which 4 are known: two rounds and the first 4 of the third; in the third alone from 2 on 2.
  expect([count(0, 25, 0, 4, 10), count(22, 5, 0, 4, 10)]).toEqual([12, 2]);
  // 8 and 9, and round the end 0 and 1, of which 9, 0 and 1 are known.
  expect([count(8, 4, 19, 4, 10), count(2, 6, 8, 3, 10), count(0, 10, 3, 99, 10)]).toEqual([3, 0, 10]);
});

it('says what share of the prompts the latest run sent, if it was the same run', () => {
  const outputsDir = createFolder();
  const describe = (args: object, iterations: number | null = 100, prompts: number | null = null) =>
    describeRunsBefore({ args: { ...ARGS, ...args }, iterations, prompts }, findRunsBefore(outputsDir));
  const write = (time: string, args: object, requests: number) =>
    writeRun(join(outputsDir, time, 'm'), { ...ARGS, ...args }, requests);
  expect(describe({})).toEqual([]);
  write('20261102_100000', { warmup_num: 5 }, 20);
  expect(describe({})[0]).toMatch(/^25 % of the 100 prompts were sent by an earlier run \(.*20261102_100000/);
  expect(describe({}, null)[0]).toMatch(/^The first 25 prompts/);
  expect(describe({ dataset_offset: 20 })[0]).toMatch(/^5 % of the 100 prompts/);
  expect(describe({ dataset_offset: 25 })).toEqual([]);
  expect(describe({ dataset_offset: 24 }, 1000)[0]).toMatch(/^1 % /);
  for (const other of [
    { seed: 2 },
    { model: 'n' },
    { cache_bust: 'prefix' },
    { target_input_len: '60' },
    { input_len: { shape: 'normal' } },
  ])
    expect(describe(other)).toEqual([]);
  // Another service in between does not empty the cache of this one.
  write('20261103_100000', { url: 'http://b' }, 20);
  expect(describe({})[0]).toMatch(/^25 % /);
});

it('adds up what several runs sent, with and without a time in their folder, each prompt once', () => {
  const outputsDir = createFolder();
  const write = (folder: string, offset: number, started_at: string) => {
    writeRun(join(outputsDir, folder), { ...ARGS, dataset_offset: offset }, 20);
    const path = join(outputsDir, folder, 'summary.json');
    writeFileSync(path, JSON.stringify({ started_at, summary: { total_requests: 20 } }));
  };
  write('base', 0, '2026-11-02T10:00:00.000Z');
  write(join('20261101_100000', 'm'), 10, '2026-11-01T10:00:00.000Z');
  write(join('20261103_100000', 'm'), 50, '2026-11-03T10:00:00.000Z');
  mkdirSync(join(outputsDir, 'elsewhere', 'deep'), { recursive: true });
  const describe = (offset: number, iterations: number | null, prompts: number | null) =>
    describeRunsBefore(
      { args: { ...ARGS, dataset_offset: offset }, iterations, prompts },
      findRunsBefore(outputsDir),
    )[0];
  // 0 to 29 and 50 to 69: of 0 to 39 there are 30, of 20 to 59 there are 20.
  expect(describe(0, 40, null)).toMatch(/^75 % of the 40 prompts were sent by 2 earlier runs \(the latest: .*base\)/);
  expect(describe(20, 40, null)).toMatch(
    /^50 % of the 40 prompts .* by 2 earlier runs \(the latest: .*20261103_100000/,
  );
  expect(describe(0, 40, 1000)).toMatch(/^75 % /);
  // Of 60 prompts, 50 to 69 are 50 to 59 and 0 to 9.
  expect(describe(0, 60, 60)).toMatch(/^67 % /);
  expect(describe(5, null, null)).toMatch(/^The first 25 prompts /);
  expect(describe(30, 20, null)).toBeUndefined();
  // Of 100 prompts, 0 to 29 and 50 to 69 are known: from 210 on 10 to 29; of 70, 50 to 69 and, round the end, 0 to 29.
  expect(describe(210, null, 100)).toMatch(/^The first 20 prompts /);
  expect(describe(120, null, 70)).toMatch(/^The first 50 prompts /);
  expect(describe(240, null, 100)).toBeUndefined();
});

it('counts each prompt of a file once where a run that only time bounds may send all of them again', () => {
  const outputsDir = createFolder();
  writeRun(join(outputsDir, '20261101_100000', 'm'), { ...ARGS, dataset_offset: 0 }, 500);
  const args = { ...ARGS, dataset_offset: 250 };
  const [note] = describeRunsBefore({ args, iterations: null, prompts: 100 }, findRunsBefore(outputsDir));
  expect(note).toMatch(/^The first 100 prompts were sent by an earlier run /);
});

it('takes the points of a sweep, the probes of a search and repeated runs for one run', () => {
  const outputsDir = createFolder();
  const sweep = join(outputsDir, '20261101_100000', 'm');
  // As points of a sweep have it.
  const args = { ...ARGS, dataset: 'random_vl' };
  writeRun(join(sweep, 'parallel_2_number_30'), { ...args, dataset_offset: 20 }, 30);
  writeRun(join(sweep, 'parallel_1_number_20'), { ...args, dataset_offset: 0 }, 20);
  expect(findRunsBefore(outputsDir)[0]).toMatchObject({ path: sweep, from: 0, count: 50 });
  const describe = (offset: number) =>
    describeRunsBefore(
      { args: { ...ARGS, dataset: 'random-vl', dataset_offset: offset }, iterations: 20, prompts: null },
      findRunsBefore(outputsDir),
    );
  expect([describe(0)[0], describe(40)[0]].map((note) => note?.slice(0, 25))).toEqual([
    '100 % of the 20 prompts w',
    '50 % of the 20 prompts we',
  ]);
  expect(describe(50)).toEqual([]);
  writeRun(join(outputsDir, '20261102_100000', 'm', 'sla_tuning', 'sla_parallel_2_run_0'), ARGS, 4);
  expect(findRunsBefore(outputsDir)[0]).toMatchObject({ from: 0, count: 4 });
});

it('counts conversations, of which a run sends several requests each', () => {
  const outputsDir = createFolder();
  const summary = { conversations: { conversations: 5 } };
  writeRun(join(outputsDir, '20261101_100000', 'm'), { ...ARGS, dataset: 'multi-turn', warmup_num: 1 }, 15, summary);
  expect(findRunsBefore(outputsDir)[0]).toMatchObject({ from: 0, count: 6 });
});
