import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { displayWidth } from '../lib/shared/display-width.ts';
import { createFolder, runOnTerminal } from './support/cli.ts';
import { reserveRefusedPort } from './support/refused-port.ts';

let mock: MockServer;
let outputs: string;
let base: string;
let next: string;
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 2, tpotMs: 1, outputTokens: 5 });
  outputs = createFolder();
  [base, next] = [join(outputs, 'base'), join(outputs, 'next')];
});
afterAll(() => mock.close());

/** Lines that are wider than the terminal, a live line by what is drawn last; a path or a URL that is so wide stays whole. */
function wideLines(text: string): string[] {
  const lines = stripVTControlCharacters(text)
    .split('\n')
    .flatMap((line) => line.split('\r'));
  return lines.filter((line) => displayWidth(line) > 80 && !line.split(' ').some((word) => displayWidth(word) > 68));
}

function service(...more: readonly string[]): string[] {
  return ['--url', mock.url, '--engine', 'node', '--outputs-dir', outputs, '--no-timestamp', ...more];
}

describe('on a terminal of 80 columns nothing wraps', () => {
  it.each([
    [0, ['--model', 'm', '--name', 'base', '-n', '12', '--parallel', '4', '--warmup-num', '2', '--tables', 'all']],
    [
      99,
      [
        '--model',
        'a-model-with-a-long-name-of-some-vendor:3,another:1',
        '--name',
        'next',
        '-n',
        '12',
        '--gate',
        'goodput(ttft<0.001, tpot<0.001, latency<0.001)>=0.999',
        '--gate',
        'p99(ttft)<500',
      ],
    ],
    [0, ['--model', 'm', '--rate', '200', '-n', '12', '--name', 'open', '--max-in-flight', '4', '--slice', '1s']],
    [0, ['--model', 'm', '--parallel', '1', '2', '-n', '3', '--name', 'sweep', '--sleep-interval', '0']],
    [
      0,
      [
        '--model',
        'm',
        '--dataset',
        'random-multi-turn',
        '-n',
        '2',
        '--name',
        'turns',
        '--min-turns',
        '2',
        '--max-turns',
        '2',
      ],
    ],
    [
      99,
      [
        '--model',
        '[[status:500]]',
        '--headers',
        'x-mock-status=500',
        '-n',
        '2',
        '--no-test-connection',
        '--name',
        'failed',
      ],
    ],
  ])('during a run that ends with %i: %j', async (code, args) => {
    const run = await runOnTerminal(['run', ...service(...args)]);
    expect(wideLines(run.text)).toEqual([]);
    expect([run.code, run.text]).toEqual([code, run.text]);
  });

  it('where the service does not answer', async () => {
    const args = ['--url', `http://127.0.0.1:${await reserveRefusedPort()}/v1`, '--model', 'm', '--engine', 'node'];
    const { text } = await runOnTerminal([...args, '-n', '1', '--outputs-dir', outputs]);
    expect(wideLines(text)).toEqual([]);
    expect(text.match(/connect: connection refused/g)).toHaveLength(1);
    expect(text).toContain('\nnothing was measured: the connection test failed\n');
  });

  it.each([
    ['report', '{base}', '--outputs-dir', '{outputs}', '--name', 'again', '--no-timestamp', '--tables', 'all'],
    ['compare', '{base}', '{next}', '--anyway', '--fail-on', 'p99(ttft)>+1000%'],
    ['history', '{outputs}'],
    ['history', '{outputs}', '--metric', 'output_tokens_per_s', '--last', '1'],
    ['index', '{outputs}'],
    ['query', '{base}', 'select * from requests'],
    ['query', '{base}', 'select * from result'],
    ['query', '{base}', 'select no_such_column from requests'],
    ['compare', '{outputs}', '{base}'],
    ['export', '{base}', '--dialect', 'vllm', '-o', '{outputs}/vllm.json'],
    ['prepare', '{outputs}/prompts.jsonl', '--dataset', 'custom', '--tokenizer', 'nowhere'],
  ])('%s %s %s', async (...words) => {
    writeFileSync(join(outputs, 'prompts.jsonl'), '{"prompt":"one"}\n');
    const args = words.map((word) =>
      word.replace('{base}', base).replace('{next}', next).replace('{outputs}', outputs),
    );
    const { text } = await runOnTerminal(args);
    expect(text).not.toBe('');
    expect(wideLines(text)).toEqual([]);
  });

  it.each([
    '--parallel 0 --number -1 --rate x --duration 1y --temperature hot',
    '--dataset openqb --api opnai --tokenizer-path x --engine k7',
    '--parralel 4 --modle x --request-rate 5 --concurrency 3 stray words here',
    '--gate p98(tfft)<500 --gate ttft --gate sucess_rate>0.5 --thresholds ./nowhere.json',
    '--open-loop --users 3 --rate-stages 1:10s --schedule nowhere.txt --stages 1:5s',
    '--url ftp://x/y#z --headers {} --extra-args nowhere --max-tokens 5 --min-tokens 9',
    'quickstrat',
    'http://127.0.0.1:8000/v1',
    'compare one',
    'report',
    'report package.json README.md',
    'history nowhere --metric p98(ttft)',
    'mock --port 99999999 --shape nothing --tttft-ms 4',
    'calibrate --parallel 0 --tokenz 9',
    'bundle --dataset nothing --api nowhere.js',
    'export --dialect nothing',
    'query nowhere select',
    'completion csh',
    'prepare nowhere.jsonl',
  ])('where the words are wrong: %s', async (line) => {
    const { code, text } = await runOnTerminal(line.split(' '));
    expect(code).not.toBe(0);
    expect(wideLines(text)).toEqual([]);
  });

  it('but what programs read keeps its lines', async () => {
    const { text, bytes } = await runOnTerminal(['query', base, 'select * from requests', '--format', 'json']);
    expect([text, JSON.parse(bytes).length]).toEqual(['', 12]);
    expect(bytes.split('\n')).toHaveLength(15);
  });
});
