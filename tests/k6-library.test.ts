import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runBundle } from '../lib/engine/index.ts';
import { createFolder, runCli } from './support/cli.ts';
import { describeEngines, type EngineName, K6_PATH } from './support/engines.ts';
import { type MockProcess, startMockProcess } from './support/mock-process.ts';

let mock: MockProcess;
beforeAll(async () => {
  mock = await startMockProcess(['--ttft-ms', '5', '--tpot-ms', '1', '--output-tokens', '4']);
});
afterAll(() => mock.stop());

/** A folder with the library and a script. */
function project(script: string): string {
  const folder = createFolder();
  cpSync('dist/k6/llm.js', join(folder, 'llm.js'));
  writeFileSync(join(folder, 'test.js'), script);
  return folder;
}

/** Runs a script, its console in a file. */
async function run(engine: EngineName, folder: string) {
  const [script, records] = [join(folder, 'test.js'), join(folder, 'records.jsonl')];
  if (engine === 'k6') {
    const words = ['run', '--quiet', '--no-color', '--console-output', records, '--log-format', 'raw'];
    const stdout = execFileSync(K6_PATH as string, [...words, '-e', `SERVICE=${mock.url}`, script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return { stdout, lines: readLines(records) };
  }
  let stdout = '';
  await runBundle({
    bundlePath: script,
    env: { SERVICE: mock.url },
    consoleOutput: records,
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: () => true },
  });
  return { stdout, lines: readLines(records) };
}

function readLines(path: string): Record<string, unknown>[] {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line));
}

const RAG = /```js\n(import \{ check \}.*?)```/s.exec(readFileSync('docs/k6-library.md', 'utf8'))?.[1] ?? '';

const OWN = `
import { check, group } from 'k6';
import { chat, complete, embed, llmOptions, llmSummary, openChat } from './llm.js';
const url = __ENV.SERVICE + '/v1';
const service = openChat({ url, model: 'm', maxTokens: 4, tags: { step: 'a' } });
const given = { vus: 1, iterations: 1, thresholds: { 'llm_ttft{group:::ask}': ['max<60000'] }, summaryTrendStats: ['avg'] };
export const options = llmOptions(given, { thresholds: { llm_requests_completed: ['count>0'] } });
export async function setup() { return (await service.chat('warm up')).record.warmup; }
export default async function (isWarmup) {
  let pending;
  group('ask', () => { pending = service.chat('Hello'); });
  const answer = await pending;
  const plain = await complete({ url, model: 'm', prompt: 'Once', maxTokens: 2 });
  const numbers = await embed({ url, model: 'm', input: ['one', 'two'] });
  const refused = await chat({ url: 'http://127.0.0.1:1/v1', model: 'm', messages: 'Hello' });
  const short = await service.chat('Hello', { body: { max_tokens: 1 }, tags: { step: 'b' } });
  const talk = service.converse();
  const turns = await Promise.all([talk.say('a'), talk.say('b')]);
  let wrong = '';
  try { await chat({ url, model: 'm', temprature: 1, maxTokens: 0, messages: 'x' }); } catch (error) { wrong = error.message; }
  try { await service.chat('x', { maxTokens: 0, temperature: 1, body: 'x' }); } catch (error) { wrong += error.message; }
  console.log(JSON.stringify({ own: [isWarmup, answer.ok, answer.usage.output_tokens, plain.record.api, plain.usage.output_tokens,
    numbers.ok, numbers.vectors().length, refused.failure.kind, refused.text], wrong,
    more: [short.usage.output_tokens, ...turns.map(({ record }) => record.conversation.turn), talk.messages.length],
    stats: options.summaryTrendStats[0] }));
}
export const handleSummary = llmSummary;
`;

describeEngines('the library for scripts of others', (engine) => {
  it('runs the RAG flow of its page, whose records the report reads', async () => {
    const folder = project(RAG);
    const { stdout, lines } = await run(engine, folder);
    // 6 iterations of two turns.
    expect(lines.filter((line) => line['llm_perf'] === 'record')).toHaveLength(12);
    expect(new Set(lines.map(({ index }) => index)).size).toBe(13);
    expect(stdout).toMatch(/Succeed requests +\| 12 /);
    expect(stdout).toContain('✓ it is answered: 6 passed');
    expect(stdout).toContain('http_req_duration');
    expect(stdout).toContain('llm_ttft{step:answer}: p(95)<3000');
    const { code, stdout: report } = await runCli(['report', 'records.jsonl'], { cwd: folder });
    expect(code).toBe(0);
    expect(report).toContain('12 of 12 completed');
  });

  it('answers chat, completion, embedding, and a service that is not there, beside what the script has', async () => {
    const { stdout, lines } = await run(engine, project(OWN));
    const own = lines.find((line) => 'own' in line) as Record<string, unknown>;
    expect(own['own']).toEqual([true, true, 4, 'openai-completions', 2, true, 2, 'refused', '']);
    expect(own['wrong']).toMatch(/did you mean temperature/);
    expect(own['wrong']).toMatch(/maxTokens: got "0"/);
    expect(own['wrong']).toMatch(
      /3 problems[\s\S]*maxTokens: got a wrong value[\s\S]*temperature: got a setting that one/,
    );
    // The limit of the body; two turns said at once are one after the other.
    expect(own['more']).toEqual([1, 1, 2, 4]);
    expect(own['stats']).toBe('avg');
    expect(stdout).toMatch(/passed +llm_ttft\{group:::ask\}: max<60000/);
    expect(stdout).toMatch(/passed +llm_requests_completed: count>0/);
    // The warm-up of setup is in no table; one of seven failed.
    expect(stdout).toMatch(/Total requests +\| 7 /);
    expect(stdout).toMatch(/Failed requests +\| 1 /);
  });
});

it('needs a URL and a model: a variable that is not set ends the run before it starts', async () => {
  const script = "import { chat, openChat } from './llm.js';\nconst url = __ENV.NOT_SET;\n";
  const text = 'export default async function () {\n  let wrong = "";\n';
  const tell = '  console.log(JSON.stringify({ wrong }));\n}\n';
  const atTop = project(`${script}openChat({ url, model: '' });\nexport default function () {}\n`);
  let stderr = '';
  await runBundle({
    bundlePath: join(atTop, 'test.js'),
    env: {},
    stdout: { write: () => true },
    stderr: { write: (text: string) => (stderr += text) },
  }).catch((error: Error) => {
    stderr += error.message;
  });
  expect(stderr).toMatch(
    /2 problems[\s\S]*url: got nothing[\s\S]*try: +url: [\s\S]*model: got nothing[\s\S]*try: +model: /,
  );
  const call = "  try { await chat({ url, model: 'm', messages: 'x' }); } catch (error) { wrong = error.message; }\n";
  const { lines } = await run('node', project(`${script}${text}${call}${tell}`));
  expect(lines.find((line) => 'wrong' in line)?.['wrong']).toMatch(/1 problem[\s\S]*url: got nothing/);
});

it('init writes a project, and overwrites nothing', async () => {
  const cwd = createFolder();
  const first = await runCli(['init', 'load'], { cwd });
  expect(first.code).toBe(0);
  expect(readFileSync(join(cwd, 'load', 'llm-test.js'), 'utf8')).toContain("from './llm.js'");
  expect(readFileSync(join(cwd, 'load', '.github', 'workflows', 'llm-test.yml'), 'utf8')).toContain('llm-test.js');
  const again = await runCli(['init', 'load'], { cwd });
  expect(again.code).not.toBe(0);
  expect(again.stderr).toContain('overwrites nothing');
});
