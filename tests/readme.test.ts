import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { CLI_PATH, type CliRun, createFolder, runCli, startProgram } from './support/cli.ts';
import { listBlocks } from './support/docs.ts';
import { K6_PATH } from './support/engines.ts';
import { readTables } from './support/tables.ts';

/** The pages whose commands and code are run: the README, and those of docs/ that show how each part is used. */
const PAGES = ['README.md', ...['k6', 'commands', 'workloads', 'gates', 'ci'].map((name) => `docs/${name}.md`)];
/** Where the servers of these pages are, which the tests replace by a mock. */
const SERVER = 'http://127.0.0.1:8000';
/** Commands that need another machine, install and test everything, or serve until they are stopped. */
const NOT_HERE = /^k6 cloud |^npm |^go |^xk6 |^kubectl |^curl |^docker |^npx k6-llm-perf mock /;

const blocks = (language: string): string[] =>
  PAGES.flatMap((path) => listBlocks(readFileSync(path, 'utf8')))
    .filter((block) => block.language === language)
    .map(({ code }) => code);
const LINES = blocks('sh')
  .flatMap((code) => code.split('\n'))
  .map((line) => line.replace(/ +#.*$/, '').trim())
  .filter((line) => line !== '');
const isCommand = (line: string): boolean => /^(k6 run|npx k6-llm-perf) /.test(line) && !NOT_HERE.test(line);
const COMMANDS = [...new Set(LINES.filter(isCommand))];

let mock: MockServer;
let folder: string;
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 2, tpotMs: 1, outputTokens: 5 });
  // What a reader has: the built scripts, the package, and files of their own.
  folder = createFolder();
  for (const name of ['dist', 'datasets']) symlinkSync(join(process.cwd(), name), join(folder, name));
  writeFileSync(join(folder, 'prompts.jsonl'), '{"prompt":"one"}\n{"prompt":"two"}\n');
  writeFileSync(
    join(folder, 'conversations.jsonl'),
    '{"conversation":[{"human":"a","assistant":"b"},{"human":"c"}]}\n',
  );
});
afterAll(() => mock.close());

/** Runs a command as a shell would, against the mock, and with no pause between points of a sweep. */
async function runCommand(command: string): Promise<CliRun> {
  const line = command.replaceAll(SERVER, mock.url).replace('npx k6-llm-perf', `${process.execPath} ${CLI_PATH}`);
  const env = { SLEEP_INTERVAL: '0', ...(K6_PATH === null ? {} : { K6: K6_PATH }) };
  return startProgram('bash', ['-c', line.replace(/^k6 /, '"$K6" ')], { cwd: folder, env }).finished;
}

describe('README.md and the pages that show commands', () => {
  it('show the commands of the project, and none that this test does not know', () => {
    expect(COMMANDS.length).toBeGreaterThan(10);
    expect(LINES.filter((line) => !isCommand(line) && !NOT_HERE.test(line))).toEqual([]);
  });

  it.each(COMMANDS)('show a command that works: %s', async (command) => {
    if (command.startsWith('k6 ') && K6_PATH === null) {
      console.warn(`SKIPPED, NOT PASSED: "${command}" needs a k6 with k6/x/sse`);
      return;
    }
    // k6 appends to it.
    if (command.includes('--console-output')) rmSync(join(folder, 'records.jsonl'), { force: true });
    const names = [...command.matchAll(/ (\w+\.jsonl?)\b/g)].map(([, name]) => name as string);
    for (const [index, name] of names.entries()) {
      const path = join(folder, name);
      const segment = `${index}/${names.length}:${index + 1}/${names.length}`;
      if (!existsSync(path) && command.includes(' report ')) await writeRecords(path, segment);
    }
    const { code, stdout, stderr } = await runCommand(command);
    // A gate may be crossed on a busy machine, which is a result and not a mistake.
    const gated = /THRESHOLDS|--thresholds|--gate|--fail-on/.test(command);
    expect(gated ? [0, 99] : [0], stderr).toContain(code);
    if (command.includes(' prepare ')) return;
    if (command.includes(' compare ')) {
      expect(stdout).toContain('no difference shown');
      return;
    }
    if (command.includes(' query ')) {
      expect(stdout).toContain('ttft_ms');
      return;
    }
    if (command.includes('--help')) return;
    expect(Number(readTables(stdout).rows['Failed requests'] ?? 0)).toBe(0);
    expect(stdout).toMatch(/Benchmarking summary|^Report {2}/m);
  });

  it('show code that works', async () => {
    const snippets = blocks('ts').filter((code) => code.includes("from 'k6-llm-perf'"));
    expect(snippets.length).toBeGreaterThan(0);
    for (const snippet of snippets) {
      const project = createFolder();
      mkdirSync(join(project, 'node_modules'));
      symlinkSync(process.cwd(), join(project, 'node_modules', 'k6-llm-perf'));
      writeFileSync(join(project, 'snippet.mjs'), snippet.replaceAll(SERVER, mock.url));
      const { code, stdout, stderr } = await startProgram(process.execPath, ['snippet.mjs'], { cwd: project }).finished;
      expect(code, stderr).toBe(0);
      expect(stdout).not.toContain('undefined');
    }
  });
});

/** The records of a short run, as an instance of a distributed one writes them, for commands that read some. */
async function writeRecords(path: string, segment: string): Promise<void> {
  const cwd = createFolder();
  const flags = ['--url', mock.url, '--model', 'm', '-n', '3', '--engine', 'node', '--no-timestamp'];
  expect((await runCli(flags, { cwd })).code).toBe(0);
  const records = readFileSync(join(cwd, 'outputs', 'm', 'records.jsonl'), 'utf8');
  const ofInstance = records.replaceAll('"segment":null', `"segment":"${segment}"`);
  writeFileSync(path, ofInstance.replaceAll('"llm_perf":"record",', `"llm_perf":"record","segment":"${segment}",`));
}
