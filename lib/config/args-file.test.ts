import { describe, expect, it } from 'vitest';
import { renderConfigForArgsFile } from './args-file.ts';
import { loadConfig } from './load-config.ts';
import type { RunConfig } from './parameters.ts';
import { createSecretMasker, maskUrl } from './secrets.ts';

function load(source: Record<string, string>): RunConfig {
  const { config } = loadConfig({ MODEL: 'm', ...source }, () => '');
  if (config === null) throw new Error('not a configuration');
  return config;
}

function render(source: Record<string, string>): Record<string, unknown> {
  const config = load(source);
  return renderConfigForArgsFile(config, createSecretMasker(config));
}

describe('renderConfigForArgsFile', () => {
  it("uses evalscope's key names", () => {
    // evalscope's flags with `_`, from the table of its command line.
    expect(render({})).toMatchObject({
      model: 'm',
      url: 'http://127.0.0.1:8877/v1/chat/completions',
      api_key: null,
      number: null,
      parallel: 1,
      connect_timeout: 120,
      log_every_n_query: 100,
      max_prompt_length: 131_072,
      n_choices: null,
      no_test_connection: false,
      outputs_dir: 'outputs',
      stop_token_ids: null,
      tokenizer_path: null,
      top_p: null,
    });
  });

  it('has as parallel what the tables have: none for an open loop without a cap', () => {
    expect(render({ RATE: '5' })).toMatchObject({ parallel: null, rate: 5 });
    expect(render({ RATE: '5', PARALLEL: '8' })).toMatchObject({ parallel: 8 });
    expect(render({ RATE: '5', MAX_IN_FLIGHT: '9' })).toMatchObject({ parallel: 9, max_in_flight: 9 });
    expect(render({ PARALLEL: '8' })).toMatchObject({ parallel: 8, rate: null });
  });

  it('masks everything that may be a secret, and leaves what is known to be none', () => {
    const args = render({
      API_KEY: 'hidden-1',
      HEADERS:
        'Authorization=hidden-2,x-api-key=hidden-3,api-key=hidden-4,Cookie=hidden-5,X-Auth-Token=hidden-6,proxy-authorization=hidden-7,x-unheard-of=hidden-11,x-team=search',
      URL: 'http://user:hidden-8@h/v1?api_key=hidden-9&api-version=1',
      EXTRA_ARGS: '{"metadata":{"api_key":"hidden-10"},"max_tokens":5}',
    });
    expect(JSON.stringify(args)).not.toContain('hidden');
    expect(args).toMatchObject({
      api_key: '**********',
      url: 'http://h/v1/chat/completions?api_key=**********&api-version=1',
      headers: { Authorization: '**********', 'x-team': 'search' },
      extra_args: { metadata: { api_key: '**********' }, max_tokens: 5 },
    });
  });
});

describe('a key that is in other settings too', () => {
  it('is masked where it is text for the model, wherever it is in it', () => {
    const args = render({
      API_KEY: 'Zq7xVb93LmN0',
      PROMPT: 'why is Zq7xVb93LmN0 refused?',
      STOP: 'Zq7xVb93LmN0',
      EXTRA_ARGS: '{"user":"Zq7xVb93LmN0","Zq7xVb93LmN0":1}',
      QUERY_TEMPLATE: '{"a":[{"b":"xZq7xVb93LmN0"}]}',
    });
    expect(JSON.stringify(args)).not.toContain('Zq7x');
    expect(args).toMatchObject({ prompt: 'why is ********** refused?', extra_args: { user: '**********' } });
  });

  it('leaves words of ours alone, whatever the key', () => {
    expect(render({ API_KEY: 'openai', RUN_NAME: 'x' })).toMatchObject({ api: 'openai', dataset: 'openqa' });
  });

  it.each(['MODEL', 'RUN_ID', 'DATASET_PATH', 'OUTPUTS_DIR'])('is refused in %s, unless it is a plain word', (name) => {
    const key = 'Zq7xVb93LmN0';
    const { problems } = loadConfig({ MODEL: 'm', API_KEY: key, [name]: `a-${key}-b` }, () => '');
    expect(problems).toHaveLength(1);
    expect(problems[0]?.got).toContain('it looks like an API key');
    expect(JSON.stringify(problems)).not.toContain(key);
    expect(loadConfig({ MODEL: 'm', API_KEY: 'ollama', [name]: 'ollama-b' }, () => '').problems).toEqual([]);
  });
});

describe('maskUrl', () => {
  it.each([
    ['http://a:b@h/x?api-version=1', 'http://**********@h/x?api-version=1'],
    ['http://h/x?y=1&code=2&3', 'http://h/x?y=**********&code=**********&**********'],
    ['http://a:p@ss@h/', 'http://**********@h/'],
    ['a:b@h/x', '**********@h/x'],
    ['http://h/x?token=1&sig=2&version=3', 'http://h/x?token=**********&sig=**********&version=3'],
    ['http://h/@x', 'http://h/@x'],
  ])('shows %s as %s', (url, shown) => {
    expect(maskUrl(url)).toBe(shown);
  });
});
