import { describe, expect, it } from 'vitest';
import { formatProblems } from '../shared/errors.ts';
import { loadConfig } from './load-config.ts';
import { parseFlags } from './node-flags.ts';
import type { FlagSpec } from './parameter.ts';
import { integer, onOff } from './scalar-types.ts';

const PORT: FlagSpec = {
  env: 'MOCK_PORT',
  flag: 'port',
  group: 'Running',
  short: 'p',
  type: integer(0, 65_535),
  example: ['8000'],
  help: 'x',
};
const QUIET: FlagSpec = { env: 'QUIET', flag: 'quiet', group: 'Running', type: onOff, example: ['--quiet'], help: 'x' };

function env(...args: string[]): Record<string, string> {
  const parsed = parseFlags(args);
  expect(formatProblems(parsed.problems)).toBe('0 problems with the configuration:');
  return parsed.env;
}

function problems(...args: string[]): string {
  return formatProblems(parseFlags(args).problems);
}

describe('parseFlags', () => {
  it("reads the quick start's command line", () => {
    const line =
      '--url http://127.0.0.1:8000/v1/chat/completions --parallel 1 --model qwen2.5 --number 15 --api openai --dataset openqa --stream';
    expect(parseFlags(line.split(' '))).toEqual({
      env: {
        URL: 'http://127.0.0.1:8000/v1/chat/completions',
        PARALLEL: '1',
        MODEL: 'qwen2.5',
        NUMBER: '15',
        API: 'openai',
        DATASET: 'openqa',
        STREAM: 'true',
      },
      positionals: [],
      strays: [],
      passThrough: [],
      problems: [],
    });
  });

  it.each([[['-n', '15']], [['-n15']], [['-n=15']], [['--number=15']], [['--number', '15']]])(
    'reads %j as NUMBER 15',
    (args) => {
      expect(env(...args)).toEqual({ NUMBER: '15' });
    },
  );

  it('reads switches with and without a word', () => {
    expect(env('--no-stream')).toEqual({ STREAM: 'false' });
    expect(env('--stream', 'false', '--debug')).toEqual({ STREAM: 'false', LLM_DEBUG: 'true' });
    expect(env('--stream=true')).toEqual({ STREAM: 'true' });
    expect(env('--no-timestamp')).toEqual({ NO_TIMESTAMP: 'true' });
    expect(env('--no-stream=false')).toEqual({ STREAM: 'true' });
    expect(env('--records', 'off')).toEqual({ RECORDS: 'off' });
  });

  it('leaves a word after a switch alone when it is not a boolean', () => {
    const parsed = parseFlags(['--stream', 'report', 'a.json']);
    expect(parsed).toMatchObject({ env: { STREAM: 'true' }, positionals: ['report', 'a.json'] });
  });

  it('takes several words for lists and writes them as JSON', () => {
    expect(env('--stop', 'a b', ',', '--stop-token-ids', '1', '2')).toEqual({
      STOP: '["a b",","]',
      STOP_TOKEN_IDS: '["1","2"]',
    });
    expect(env('--headers', 'x-a=1', 'x-b=c=d,e')).toEqual({ HEADERS: '{"x-a":"1","x-b":"c=d,e"}' });
    expect(env('--headers', '{"x-a":"1"}')).toEqual({ HEADERS: '{"x-a":"1"}' });
    expect(env('--stop=[', '--model', 'm')).toEqual({ STOP: '["["]', MODEL: 'm' });
  });

  it('takes what follows --flag=value for a positional, even after a list', () => {
    expect(parseFlags(['--stop=a', 'file.json'])).toMatchObject({ env: { STOP: '["a"]' }, positionals: ['file.json'] });
  });

  it('takes negative numbers and texts with blanks as values', () => {
    expect(env('--frequency-penalty', '-1.5', '--top-k', '-1', '--temperature', '-.5')).toEqual({
      FREQUENCY_PENALTY: '-1.5',
      TOP_K: '-1',
      TEMPERATURE: '-.5',
    });
    expect(env('--prompt', '- one thing')).toEqual({ PROMPT: '- one thing' });
    expect(env('--prompt=--x')).toEqual({ PROMPT: '--x' });
  });

  it('takes the numbers of a sweep, and leaves a file name behind them alone', () => {
    expect(env('--parallel', '1', '4', '16', '-n', '10', '40', '160')).toEqual({
      PARALLEL: '1 4 16',
      NUMBER: '10 40 160',
    });
    expect(parseFlags(['--parallel', '4', 'samples.json'])).toMatchObject({
      env: { PARALLEL: '4' },
      positionals: ['samples.json'],
    });
  });

  it('adds up the values of a repeatable flag, a line each', () => {
    expect(env('--gate', 'p99(ttft)<500', '--gate=success_rate>=0.99', '--model', 'a', '--model', 'b')).toEqual({
      GATES: 'p99(ttft)<500\nsuccess_rate>=0.99',
      MODEL: 'b',
    });
  });

  it('lets the last of two win', () => {
    expect(env('--parallel', '1', '--parallel', '2', '--stream', '--no-stream')).toEqual({
      PARALLEL: '2',
      STREAM: 'false',
    });
  });

  it("knows evalscope's name of the tokenizer flag", () => {
    expect(env('--tokenizer-path', 'o200k_base')).toEqual({ TOKENIZER: 'o200k_base' });
  });

  it('passes on what comes after --', () => {
    const parsed = parseFlags(['run', '--model', 'm', '--', '--out', 'json=x', '--', '-n']);
    expect(parsed).toMatchObject({ positionals: ['run'], passThrough: ['--out', 'json=x', '--', '-n'], problems: [] });
  });

  it('suggests the nearest flag for an unknown one', () => {
    const parsed = parseFlags(['--parralel', '8', '--modle=x', '--no-streem']);
    expect(parsed.problems.map(({ key, allowed }) => [key, allowed])).toEqual([
      ['--parralel', 'did you mean --parallel?'],
      ['--modle', 'did you mean --model?'],
      ['--no-streem', 'did you mean --no-stream?'],
    ]);
    expect(parsed.positionals).toEqual([]);
    expect(parsed.problems[0]?.paste).toBe('--parallel 8');
  });

  it('suggests nothing for what resembles nothing', () => {
    expect(problems('--wandb-project', 'x')).toContain('allowed: the flags that --help lists');
  });

  it('reports a missing value', () => {
    expect(problems('--parallel')).toContain('--parallel: got no value');
    expect(problems('--parallel', '--stream')).toContain('--parallel: got no value');
    expect(problems('--stop', '--stream')).toContain('--stop: got no value');
    expect(problems('-n')).toContain('try:     --number 100');
  });

  it('reports all problems at once', () => {
    expect(parseFlags(['--parallel', '--nope', '--headers', 'x']).problems).toHaveLength(3);
  });

  it('never shows a key', () => {
    const secret = 'sk-very-secret';
    for (const args of [
      ['--api-kye', secret],
      [`--api-kye=${secret}`],
      ['--headers', 'Authorization:', 'Bearer', secret],
      ['--headers', `X-Key ${secret}`],
      ['-k', secret],
    ]) {
      const parsed = parseFlags(args);
      expect(parsed.problems, args.join(' ')).toHaveLength(1);
      expect(JSON.stringify(parsed)).not.toContain(secret);
    }
  });

  it('takes a key that begins with a dash, but not a flag that exists', () => {
    expect(env('--api-key', '-sk-1')).toEqual({ API_KEY: '-sk-1' });
    expect(problems('--api-key', '--stream')).toContain('--api-key: got no value');
  });

  it('takes an empty value back to nothing', () => {
    expect(env('--api-key', '')).toEqual({ API_KEY: '' });
  });

  it('reads the flags of another command, with or without those of a run', () => {
    expect(parseFlags(['mock', '-p', '0', '--quiet', '--model', 'm'], [PORT, QUIET])).toMatchObject({
      env: { MOCK_PORT: '0', QUIET: 'true', MODEL: 'm' },
      positionals: ['mock'],
      problems: [],
    });
    expect(parseFlags(['--model', 'm'], [PORT], []).problems).toHaveLength(1);
  });

  it('hands loadConfig what it reads', () => {
    const { env: source } = parseFlags([
      ...['--model', 'm', '--stop', '###', '--stop-token-ids', '7', '--headers', 'x=1', '--duration', '30s'],
    ]);
    const { config } = loadConfig(source, () => '');
    expect(config).toMatchObject({ stop: ['###'], stopTokenIds: [7], headers: { x: '1' }, durationS: 30 });
  });
});

describe('parseFlags, with what follows an =', () => {
  it.each([
    [['--headers=Authorization=Bearer KEY'], { HEADERS: '{"Authorization":"Bearer KEY"}' }],
    [['--prompt=hello world'], { PROMPT: 'hello world' }],
    [['--prompt=a\n"b"\tc = d'], { PROMPT: 'a\n"b"\tc = d' }],
    [['--gate=goodput(ttft<500, tpot<50)>=0.95'], { GATES: 'goodput(ttft<500, tpot<50)>=0.95' }],
    [['--extra-args={"a": 1, "b": "c d"}'], { EXTRA_ARGS: '{"a": 1, "b": "c d"}' }],
    [['--prompt=--x y'], { PROMPT: '--x y' }],
    [['--stop= '], { STOP: '[" "]' }],
    // A JSON array is one, as in the environment, whatever it holds; `loadConfig` refuses what is not text.
    [['--stop', '["a",1]'], { STOP: '["a",1]' }],
    [['--stop', '[INST]'], { STOP: '["[INST]"]' }],
    [['--stop-token-ids', '[1,2]'], { STOP_TOKEN_IDS: '[1,2]' }],
    [['-n=1 2'], { NUMBER: '1 2' }],
    [['--prompt', '--two words=of text'], { PROMPT: '--two words=of text' }],
  ])('reads %j', (args, expected) => {
    expect(env(...args)).toEqual(expected);
  });

  it('does not take a flag with a blank after its = for the value of the flag before', () => {
    expect(env('--stop', 'END', '--prompt=hello world')).toEqual({ STOP: '["END"]', PROMPT: 'hello world' });
  });

  it('knows the dashes that documents make of two hyphens', () => {
    const parsed = parseFlags(['\u2014parallel', '4', '\u2013\u2013model=m']);
    expect(parsed.problems.map(({ got, paste }) => [got, paste])).toEqual([
      ['a dash that is not a hyphen, as documents make them of "--"', '--parallel 8'],
      ['a dash that is not a hyphen, as documents make them of "--"', '--model qwen2.5'],
    ]);
    expect(parsed.positionals).toEqual([]);
  });

  it('does not show the name of a flag that is like a key', () => {
    const key = ['sk', 'Zq7xVb93LmN0pRtW'].join('-');
    for (const word of [`--${key}`, `-${key}`, `--${key}=1`, `\u2014${key}`])
      expect(JSON.stringify(parseFlags([word]).problems)).not.toContain('Zq7');
  });
});
