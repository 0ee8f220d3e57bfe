import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, expect, it } from 'vitest';
import { createFolder } from '../../../tests/support/cli.ts';
import { convertTraceFile, findConvertedTrace, forgetTraces, readPromptFile } from './trace-file.ts';

const STDERR = { write: () => undefined };
let folder: string;
beforeEach(() => {
  forgetTraces();
  folder = createFolder();
});

async function convert(name: string, content: string | Buffer) {
  const path = join(folder, name);
  writeFileSync(path, content);
  await convertTraceFile(path, STDERR);
  return findConvertedTrace(name, folder);
}

const MOONCAKE = '{"timestamp":0,"input_length":3,"output_length":2,"hash_ids":[1]}\n';

it.each([
  ['a.jsonl', MOONCAKE, 'mooncake'],
  ['a.jsonl.gz', gzipSync(`\n\uFEFF${MOONCAKE}`), 'mooncake'],
  ['b.csv', 'TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:17:03.97,50,3\r\n', 'azure'],
])('%s is turned into conversations', async (name, content, format) => {
  const trace = await convert(name, content);
  expect(trace?.format).toBe(format);
  expect(JSON.parse(trace?.text ?? '')).toMatchObject({ start_ms: 0, turns: [{ messages: [{ role: 'user' }] }] });
  expect(readPromptFile(join(folder, name))).toBe(trace?.text);
  forgetTraces();
  expect(findConvertedTrace(name, folder)).toBeNull();
});

it.each([
  ['conversations', '{"messages":[{"role":"user","content":"a"}],"body":{},"timestamp":1}\n'],
  ['a JSON array', '[\n{"messages":[]}]'],
  ['text', 'one\ntwo\n'],
  ['nothing', ''],
  ['damaged gzip', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3])],
])('%s are left alone', async (_, content) => {
  expect(await convert('x.jsonl', content)).toBeNull();
});

it('a file that is not there, or is none, is left to the run', async () => {
  await convertTraceFile(join(folder, 'gone.jsonl'), STDERR);
  await convertTraceFile(folder, STDERR);
  expect(findConvertedTrace('gone.jsonl', folder)).toBeNull();
});

it('wrong rows are reported, and a log asks for its mapping', async () => {
  await expect(convert('bad.jsonl', `${MOONCAKE}{"timestamp":1}\n`)).rejects.toThrow(
    /bad.jsonl:2: got no "input_length"/,
  );
  await expect(convert('log.jsonl', '{"ts":1,"prompt":"a"}\n')).rejects.toThrow(/prepare trace log.jsonl --map/);
});
