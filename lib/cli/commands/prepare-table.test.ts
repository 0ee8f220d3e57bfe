import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
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

async function prepare(path: string, promptColumn: string | null, encoding: string | null = null) {
  let stdout = '';
  const output = { stdout: { write: (text: string) => (stdout += text) } } as unknown as Parameters<
    typeof prepareTable
  >[2];
  await prepareTable(path, { promptColumn, encoding, tokenizer: 'letters', count }, output);
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

it('files are read whatever compresses them: zstd, as pyarrow writes it, and gzip', async () => {
  const zstd =
    'UEFSMRUEFSYVOEwVBBUAEgAAKLUv/SATmQAABAAAAFdoeT8HAAAAR3LDvMOfZRUAFRIVJCwVCBUQFQYVBhwAAAAotS/9IAlJAAACAAAAAwsBAwIVBBksNQAYBnNjaGVtYRUCABUMJQIYCHF1ZXN0aW9uJQBMHAAAABYIGRwZHCYAHBUMGTUABhAZGAhxdWVzdGlvbhUMFggWehaeASZcJggpLBUEFQAVAgAVABUQFQIAPBYeGQYZJgIGAAAAFnoWCCYIFp4BACggcGFycXVldC1jcHAtYXJyb3cgdmVyc2lvbiAyNi4wLjEZHBwAAACcAAAAUEFSMQ==';
  writeFileSync('zstd.parquet', Buffer.from(zstd, 'base64'));
  const columnData = [{ name: 'question', data: ['Why?', 'Grüße', null, 'Why?'], type: 'STRING' as const }];
  const compressors = { GZIP: (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)) };
  writeFileSync('gzip.parquet', Buffer.from(parquetWriteBuffer({ columnData, codec: 'GZIP', compressors })));
  for (const path of ['zstd.parquet', 'gzip.parquet']) {
    const { lines } = await prepare(path, null);
    expect(lines).toMatchObject([{ prompt: 'Why?' }, { prompt: 'Grüße' }, { prompt: 'Why?' }]);
  }
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
  writeFileSync('own.csv', 'id,Prompt\n1,a\n');
  const asked = [isTable('export.csv', null, null), isTable('own.csv', null, null), isTable('own.csv', 'id', null)];
  expect(await Promise.all(asked)).toEqual([true, false, true]);
  const { lines } = await prepare('export.csv', null);
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
  await expect(prepare(writeParquet([{ name: 'prompt', data: [], type: 'STRING' }]), null)).rejects.toThrow(
    'of a table without rows',
  );
  writeFileSync('broken.parquet', 'PAR1');
  await expect(prepare('broken.parquet', null)).rejects.toThrow('the table cannot be read');
});

it('what a conversation has beside its messages goes along, and whole numbers of 64 bits are numbers', async () => {
  const schema = [
    { name: 'root', num_children: 3 },
    { name: 'conversation', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'OPTIONAL', num_children: 3 },
    { name: 'role', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    { name: 'content', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    { name: 'turn', type: 'INT64', repetition_type: 'OPTIONAL' },
    { name: 'system', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    { name: 'max_tokens', type: 'INT64', repetition_type: 'OPTIONAL' },
  ] as NonNullable<Parameters<typeof parquetWriteBuffer>[0]['schema']>;
  const columnData = [
    { name: 'conversation', data: [[{ role: 'user', content: 'a', turn: 1n }], [{ role: 'user', content: 'b' }]] },
    { name: 'system', data: ['Be kind.', null] },
    { name: 'max_tokens', data: [9n, null] },
  ];
  writeFileSync('wild.parquet', Buffer.from(parquetWriteBuffer({ columnData, schema })));
  const { lines } = await prepare('wild.parquet', null);
  const system = { role: 'system', content: 'Be kind.' };
  expect(lines).toEqual([
    { messages: [system, { role: 'user', content: 'a', turn: 1 }], max_tokens: 9 },
    { messages: [{ role: 'user', content: 'b' }] },
  ]);
});

it('a text that is a list in JSON stays a text, and a limit that is missing is none', async () => {
  const path = writeParquet([
    { name: 'prompt', data: ['[1, 2, 3]', '["x"]'], type: 'STRING' },
    { name: 'max_tokens', data: [Number.NaN, 2], type: 'DOUBLE' },
  ]);
  const { lines } = await prepare(path, null);
  expect(lines).toMatchObject([{ prompt: '[1, 2, 3]' }, { prompt: '["x"]', max_tokens: 2 }]);
  expect(lines[0]).not.toHaveProperty('max_tokens');
});

it('a CSV file may be in gzip, in UTF-16, or in the encoding that is named, over any cut', async () => {
  const rows = Array.from(
    { length: 900 },
    (_, row) => `${row},"${'-'.repeat(2000)}wie, ""geht"" es ${row}?\r\nGrüße"\r\n`,
  );
  const text = `id,question\r\n${rows.join('')}`;
  writeFileSync('a.csv.gz', gzipSync(text));
  writeFileSync('b.csv', Buffer.from(`\uFEFF${text}`, 'utf16le'));
  writeFileSync('c.csv', Buffer.from(text, 'latin1'));
  const all = [
    await prepare('a.csv.gz', null),
    await prepare('b.csv', null),
    await prepare('c.csv', null, 'windows-1252'),
  ];
  expect(all[0]?.stdout).toContain('written to a.letters.jsonl');
  for (const { lines } of all) {
    expect(lines).toHaveLength(900);
    expect(lines[899]).toMatchObject({ prompt: `${'-'.repeat(2000)}wie, "geht" es 899?\r\nGrüße` });
  }
  await expect(prepare('c.csv', null)).rejects.toThrow(/not text in utf-8\)\n.+--encoding/);
});

it.each([
  ['prompt,x\na,b,c\n', 'row 1: got 3 cells under 2 columns'],
  ['id,prompt\n1,a\n2,"never closed\n3,b\n', 'row 2: got Quoted field unterminated'],
  ['prompt,max_tokens\na,many\nb,0\n', 'row 2: got "max_tokens" that is not a whole number'],
  [`messages\n"[{'role': 'user', 'content': 'a'}]"\n`, 'row 1: got messages as Python writes them'],
  ['', 'the table cannot be read: "x.csv" (it is empty)'],
])('%j is refused', async (text, reason) => {
  writeFileSync('x.csv', text);
  const column = text.startsWith('messages') ? 'messages' : 'prompt';
  await expect(prepare('x.csv', column)).rejects.toThrow(reason);
});

it('a Parquet file that is damaged after its beginning is refused as one', async () => {
  const path = writeParquet([{ name: 'question', data: ['a', 'b'], type: 'STRING' }]);
  const bytes = readFileSync(path);
  bytes.fill(1, 6, 12);
  writeFileSync(path, bytes);
  await expect(prepare(path, null)).rejects.toThrow('the table cannot be read: ');
});

it('a place that cannot be written is refused before a row is read, and nothing is left', async () => {
  const path = writeParquet([{ name: 'question', data: ['Why?'], type: 'STRING' }]);
  mkdirSync('train.letters.jsonl');
  await expect(prepare(path, null)).rejects.toThrow(
    'the prepared dataset cannot be written: "train.letters.jsonl": it is a folder',
  );
  expect(readdirSync('.').sort()).toEqual(['train.letters.jsonl', 'train.parquet']);
});
