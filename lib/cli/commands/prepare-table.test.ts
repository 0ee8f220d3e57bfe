import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFolder } from '../../../tests/support/cli.ts';
import { isTable, prepareTable } from './prepare-table.ts';

const home = process.cwd();
beforeEach(() => process.chdir(createFolder()));
afterEach(() => process.chdir(home));

/** A token a character. */
const count = ({ messages }: { readonly messages: readonly { readonly content: unknown }[] }) =>
  messages.reduce((sum, { content }) => sum + String(content).length, 0);

async function prepare(path: string, promptColumn: string | null) {
  let stdout = '';
  const output = { stdout: { write: (text: string) => (stdout += text) } } as unknown as Parameters<
    typeof prepareTable
  >[2];
  await prepareTable(path, { promptColumn, tokenizer: 'letters', count }, output);
  const [, target = ''] = /written to (\S+?);?(?:\s|$)/.exec(stdout) ?? [];
  const lines = readFileSync(target, 'utf8').trim().split('\n');
  return { stdout, lines: lines.map((line) => JSON.parse(line) as unknown) };
}

function writeParquet(columns: Parameters<typeof parquetWriteBuffer>[0]['columnData']): string {
  const path = join(process.cwd(), 'train.parquet');
  writeFileSync(path, Buffer.from(parquetWriteBuffer({ columnData: columns, rowGroupSize: 2 })));
  return path;
}

it('a column of texts becomes prompts with their tokens, over all row groups', async () => {
  const path = writeParquet([
    { name: 'id', data: [1, 2, 3, 4], type: 'INT32' },
    { name: 'question', data: ['Why?', '', 'Who is it?', 'Grüße'], type: 'STRING' },
    { name: 'max_tokens', data: [5n, 6n, 7n, 8n], type: 'INT64' },
  ]);
  const { stdout, lines } = await prepare(path, null);
  expect(lines).toEqual([
    { prompt: 'Why?', max_tokens: 5, input_tokens: 4 },
    { prompt: 'Who is it?', max_tokens: 7, input_tokens: 10 },
    { prompt: 'Grüße', max_tokens: 8, input_tokens: 5 },
  ]);
  expect(stdout).toBe(
    '3 prompts, 19 tokens (letters), written to train.letters.jsonl; 1 row without a text left out\n  use: --dataset custom --dataset-path train.letters.jsonl\n',
  );
});

it('a column of messages becomes conversations, in both shapes', async () => {
  const talks = [
    [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
    ],
    [
      { from: 'human', value: 'c' },
      { from: 'gpt', value: 'd' },
    ],
  ];
  const { stdout, lines } = await prepare(writeParquet([{ name: 'talk', data: talks, type: 'JSON' }]), 'talk');
  expect(lines).toEqual(talks.map((messages) => ({ messages })));
  expect(stdout).toContain('2 conversations, written to train.conversations.jsonl');
  expect(stdout).toContain('--dataset multi-turn');
});

it('a CSV file is read by the name of its column', async () => {
  writeFileSync('export.csv', '\uFEFFid,query\n1,"two\nlines"\n2,plain\n');
  expect([isTable('export.csv', 'query'), isTable('export.csv', null)]).toEqual([true, false]);
  const { lines } = await prepare('export.csv', 'query');
  expect(lines).toEqual([
    { prompt: 'two\nlines', input_tokens: 9 },
    { prompt: 'plain', input_tokens: 5 },
  ]);
});

it('a column that is not there, or without texts, is refused with those that are', async () => {
  const path = writeParquet([
    { name: 'id', data: [1], type: 'INT32' },
    { name: 'body', data: ['x'], type: 'STRING' },
  ]);
  await expect(prepare(path, 'prompt')).rejects.toThrow('train.parquet": "id", "body"');
  await expect(prepare(path, null)).rejects.toThrow('no column with a usual name');
  await expect(prepare(path, 'id')).rejects.toThrow('"id", without a text or messages');
  writeFileSync('broken.parquet', 'PAR1');
  await expect(prepare('broken.parquet', null)).rejects.toThrow('the table cannot be read');
});
