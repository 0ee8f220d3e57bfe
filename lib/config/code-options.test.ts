import { describe, expect, it } from 'vitest';
import { readOptions } from './code-options.ts';

function problems(options: unknown, controls: unknown = {}): string[] {
  return readOptions(options, controls).problems.map(({ key, got, allowed }) => `${key}: ${got}; ${allowed}`);
}

describe('readOptions', () => {
  it('makes settings of options of every type', () => {
    const { settings, problems: wrong } = readOptions(
      {
        ...{ url: 'http://h/v1', model: 'm', parallel: 4, number: 10, durationS: 1.5, stream: false, temperature: 0.5 },
        ...{ stop: ['a'], stopTokenIds: [1], headers: { a: 'b' }, extraArgs: { x: 1 }, gates: ['p99(ttft)<5'] },
        ...{
          queryTemplate: { a: 1 },
          prompt: 'hi',
          logprobs: true,
          name: 'x',
          seed: 0,
          warmupNum: 0.1,
          number2: undefined,
        },
      },
      { log: null, signal: undefined },
    );
    expect(wrong.map(({ key }) => key)).toEqual(['number2']);
    expect(settings).toMatchObject({ PARALLEL: '4', STREAM: 'false', STOP: '["a"]', HEADERS: '{"a":"b"}', SEED: '0' });
    expect(readOptions({ model: 'm', temperature: null, queryTemplate: '@t.json' }, {}).problems).toEqual([]);
  });

  it('refuses names that do not exist, all at once, as the command line refuses flags', () => {
    expect(problems({ paralel: 4, max_tokens: 5, api_key: 'x', wandb: 1 }, { sigal: 1 })).toEqual([
      'paralel: an option that does not exist; did you mean parallel?',
      'max_tokens: an option that does not exist; did you mean maxTokens?',
      'api_key: an option that does not exist; did you mean apiKey?',
      'wandb: an option that does not exist; the names that PerfOptions and PerfControls list',
      'sigal: an option that does not exist; did you mean signal?',
    ]);
  });

  it('refuses values of another type, which a text could hide', () => {
    const wrong = problems({
      ...{ parallel: '4', number: [1], stream: 'yes', model: 5, stop: 'a', headers: 'a=b', temperature: '0.5' },
      ...{ seed: true, prompt: {}, gates: 'x', apiKey: 1, extraArgs: [], number2: 1, durationS: () => 1 },
    });
    expect(wrong.map((line) => line.split(':')[0])).toEqual([
      ...['parallel', 'number', 'stream', 'model', 'stop', 'headers', 'temperature'],
      ...['seed', 'prompt', 'gates', 'apiKey', 'extraArgs', 'number2', 'durationS'],
    ]);
    expect(wrong[0]).toContain('a value of type string; a number: a whole number from 1');
  });

  it.each([null, undefined, [], 'model=m', 5])('refuses %j in place of options', (options) => {
    expect(problems(options)).toHaveLength(1);
  });

  it('shows no key that is where a name should be', () => {
    const key = ['sk', 'Zq7xVb93LmN0pRtW'].join('-');
    expect(JSON.stringify(readOptions({ [key]: 1, model: [key] }, {}).problems)).not.toContain('Zq7');
  });
});
