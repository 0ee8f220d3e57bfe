import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { exampleRecord } from '../../../tests/fixtures/example-record.ts';
import { createOwnFolder } from '../../../tests/support/own-folder.ts';
import { createResultDatabase } from '../../report/database/node-database.ts';
import type { ProcessLike } from '../command.ts';
import { runCli } from '../run-cli.ts';

const root = createOwnFolder('query-command');
const single = join(root, 'single');
const sweep = join(root, 'sweep');
const folderWithout = join(root, 'without');

beforeAll(() => {
  mkdirSync(folderWithout);
  for (const path of [single, join(sweep, 'parallel_1_number_2'), join(sweep, 'parallel_4_number_2')]) {
    mkdirSync(path, { recursive: true });
    const database = createResultDatabase(join(path, 'benchmark_data.db'));
    database.add(exampleRecord({ response: 'red \u001b[31m' }));
    database.add(exampleRecord({ index: 1 }));
    database.close();
  }
});

async function query(...args: string[]) {
  let stdout = '';
  let stderr = '';
  const fake: ProcessLike = {
    env: {},
    cwd: () => root,
    on: () => undefined,
    off: () => undefined,
    exit: () => {
      throw new Error('not expected');
    },
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  };
  const code = await runCli(['query', ...args], fake);
  return { code, stdout, stderr };
}

describe('k6-llm-perf query', () => {
  it('reads a folder of results, or a file, in three formats', async () => {
    const sql = 'select count(*) as n from result';
    expect(await query(single, sql)).toEqual({ code: 0, stdout: '+---+\n| n |\n+---+\n| 2 |\n+---+\n', stderr: '' });
    expect((await query(join(single, 'benchmark_data.db'), sql, '--format', 'csv')).stdout).toBe('n\n2\n');
    expect((await query(single, sql, '--format=json')).stdout).toBe('[\n  {"n": 2}\n]\n');
  });

  it('shows what a server said without obeying it', async () => {
    const { stdout } = await query(single, 'select response_messages from result where response_messages is not null');
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toContain('red ');
  });

  it.each([
    [[], 'query takes a run and one quoted query, got 0 words'],
    [[single, 'select', 'count(*)'], 'got 3 words'],
    [[single, 'delete from result'], 'a query only reads: got DELETE'],
    [[single, 'select 1', '--format', 'xml'], '--format: got "xml"'],
    [[single, 'select 1', '--fromat', 'csv'], 'did you mean --format?'],
    [[join(root, 'none'), 'select 1'], 'there is no '],
    [[folderWithout, 'select 1'], 'there is no benchmark_data.db in '],
    [[sweep, 'select 1'], join(sweep, 'parallel_4_number_2')],
  ])('refuses %j with 104 and says what to do', async (args, text) => {
    const { code, stdout, stderr } = await query(...args);
    expect(code).toBe(104);
    expect(stdout).toBe('');
    expect(stderr).toContain(text);
    expect(stderr).toMatch(/try: |one of them can be queried/);
  });

  it('lists the columns in its help', async () => {
    expect((await query('--help')).stdout).toMatch(
      /Columns of requests: success,[\s\S]*ttft_ms[\s\S]*Columns of result:[\s\S]*first_chunk_latency[\s\S]*is_stream/,
    );
  });
});
