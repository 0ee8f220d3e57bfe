import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { createFolder, runInProcess } from './support/cli.ts';
import { listBlocks } from './support/docs.ts';
import { describeK6 } from './support/engines.ts';

/** Prompts, conversations and a trace of the reader's own. */
const FILES: Readonly<Record<string, string>> = {
  'prompts.txt': 'one\ntwo\n',
  'prompts.jsonl': '{"prompt":"one"}\n{"prompt":"two"}\n',
  'talk.jsonl': '[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}]\n',
  'day.jsonl': [0, 0.02]
    .map((timestamp) => ({ timestamp, body: { messages: [{ role: 'user', content: 'a' }] }, completion_tokens: 2 }))
    .map((row) => `${JSON.stringify(row)}\n`)
    .join(''),
  'agentic_coding_8k.jsonl': `${JSON.stringify({
    input_prompt_length: 100,
    num_turns: 1,
    assistant_response_length: [2],
    tool_call_output_length: [3],
    tool_call_latency: [0.01],
    final_assistant_response_length: 4,
  })}\n`,
};
const COMMANDS = listBlocks(readFileSync('docs/evalscope.md', 'utf8'))
  .filter(({ language }) => language === 'sh')
  .flatMap(({ code }) => code.split('\n'))
  .filter((line) => line.startsWith('npx k6-llm-perf --'));

let mock: MockServer;
const folder = createFolder();
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 1, tpotMs: 0, outputTokens: 3 });
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
});
afterAll(() => mock.close());

/** The words of a command line, as a shell takes them; quotes are single ones. */
function splitWords(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
}

/** Two requests or a second a point, without pauses, against the mock. */
function adapt(line: string, engine = 'node'): string[] {
  const short = line
    .replaceAll('http://127.0.0.1:8000', mock.url)
    .replace(/--number( \d+)+/, (numbers) => numbers.replace(/\d+/g, '2'))
    .replace(/--duration \d+/, '--duration 1')
    .replace(/--rate( \d+)+/, (rates) => rates.replace(/\d+/g, '$&0'))
    .replace(/--dataset-path (\S+)/, (_, name: string) => `--dataset-path ${join(folder, name)}`);
  const quick = ['--engine', engine, '--no-test-connection', '--sleep-interval', '0', '--server-metrics', 'off'];
  return [...splitWords(short).slice(2), ...quick, '--outputs-dir', join(folder, 'outputs')];
}

it("has all of evalscope's kinds of examples", () => expect(COMMANDS.length).toBeGreaterThan(12));

it('says of each plugin why it is not here, or not under its name', () => {
  const rows = readFileSync('docs/evalscope.md', 'utf8').match(/^\|.*\blacks\b.*$/gm) ?? [];
  expect(rows.length).toBeGreaterThan(3);
  expect(rows.filter((row) => !/\blacks\b[^|]*\bbecause\b/.test(row))).toEqual([]);
});

it.each(COMMANDS)('shows a command that works: %s', async (line) => {
  const { code, stdout, stderr } = await runInProcess(adapt(line));
  expect(code, stderr).toBe(0);
  expect(stdout).not.toMatch(/Failed requests +\| [1-9]/);
});

describeK6("evalscope's examples", () => {
  it('that the command line turns into prompts of its own are read by scripts', async () => {
    const line = COMMANDS.find((command) => command.includes('trie_agentic_coding')) ?? '';
    const { code, stdout, stderr } = await runInProcess(adapt(line, 'k6'));
    expect([code, stderr]).toEqual([0, expect.stringContaining('of the trace agentic_coding_8k.jsonl (trie)')]);
    // Two conversations of two turns.
    expect(stdout).toMatch(/Succeed requests +\| 4 /);
  });
});
