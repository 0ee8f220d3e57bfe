import { describe, expect, it } from 'vitest';
import { formatProblems } from '../shared/errors.ts';
import { loadConfig } from './load-config.ts';
import type { RunConfig } from './parameters.ts';
import { PARAMETERS } from './parameters.ts';

const noFile = (path: string): string => {
  throw new Error(`no file ${path}`);
};

function load(source: Record<string, string | undefined>): RunConfig {
  const { config, problems } = loadConfig({ MODEL: 'm', ...source }, noFile);
  if (config === null) throw new Error(formatProblems(problems));
  return config;
}

function refused(source: Record<string, string | undefined>): string {
  const { config, problems } = loadConfig({ MODEL: 'm', ...source }, noFile);
  expect(config).toBeNull();
  return formatProblems(problems);
}

describe('loadConfig', () => {
  it('gives long answers the time they need: 100 ms a token, at least ten minutes', () => {
    const limit = (settings: Record<string, string>): number | undefined =>
      loadConfig({ MODEL: 'm', ...settings }, () => '').config?.totalTimeoutS;
    expect(limit({})).toBe(600);
    expect(limit({ MAX_TOKENS: '6001' })).toBe(601);
    expect(limit({ MAX_TOKENS: '32000' })).toBe(3200);
    expect(limit({ MAX_TOKENS: '32000', TOTAL_TIMEOUT: '5' })).toBe(5);
  });

  it('fills in the defaults of the issue', () => {
    const config = load({ MODEL: 'Qwen/Qwen2.5-7B' });
    expect(config).toMatchObject({
      url: 'http://127.0.0.1:8877/v1/chat/completions',
      model: 'Qwen/Qwen2.5-7B',
      name: 'Qwen2.5-7B',
      api: 'openai',
      apiKey: null,
      headers: {},
      parallel: 1,
      number: null,
      durationS: null,
      dataset: 'openqa',
      maxTokens: 2048,
      seed: 42,
      stream: true,
      connectTimeoutS: 120,
      readTimeoutS: 600,
      totalTimeoutS: 600,
      outputsDir: 'outputs',
      records: 'auto',
      engine: 'auto',
    });
    expect([...config.given]).toEqual(['model']);
  });

  it('sets every key of the configuration', () => {
    expect(Object.keys(load({})).sort()).toEqual(
      [...PARAMETERS.map(({ name }) => name), 'fewestMaxTokens', 'given', 'urls', 'models'].sort(),
    );
  });

  it('reads each setting from its own example', () => {
    const files = () => '{"messages":[]}';
    const companions: Readonly<Record<string, object>> = {
      ...{ arrival: { RATE: '5' }, burstiness: { RATE: '5' }, maxInFlight: { RATE: '5' }, openLoop: { RATE: '5' } },
      ...{ startAt: { RATE: '5' }, speed: { SCHEDULE: 't.csv' }, rampUpStrategy: { RATE_START: '1', RATE_END: '2' } },
      ...{ rateStart: { RAMP_UP_STRATEGY: 'linear', RATE_END: '2' } },
      ...{ cancelRate: { CANCEL_AFTER: '2s' }, cancelAfter: { CANCEL_RATE: '0.1' } },
      ...{ rateEnd: { RAMP_UP_STRATEGY: 'linear', RATE_START: '1' }, probePrompt: { PROBE_RATE: '1' } },
    };
    for (const { env, envExample, example, name } of PARAMETERS) {
      const source = { MODEL: 'm', ...companions[name], [env]: envExample ?? example[0] };
      const { config, problems } = loadConfig(source, files);
      expect(problems, name).toEqual([]);
      expect(config?.given.has(name), name).toBe(true);
    }
  });

  it('says first that nobody can leave with a first token where there is none', () => {
    const { problems } = loadConfig({ MODEL: 'm', STREAM: 'false', CANCEL_AFTER: 'first-token' }, () => '');
    expect(problems).toMatchObject([
      { key: 'CANCEL_AFTER (--cancel-after)', got: '"first-token": and there is no first token without streaming' },
    ]);
  });

  it('counts an empty setting as not given', () => {
    const config = load({ PARALLEL: '', PROMPT: '', API_KEY: '' });
    expect(config).toMatchObject({ parallel: 1, prompt: null, apiKey: null });
    expect(config.given.has('parallel')).toBe(false);
  });

  it('reads values of every type', () => {
    const config = load({
      PARALLEL: ' 8 ',
      DURATION: '1h30m',
      TOTAL_TIMEOUT: '90',
      TEMPERATURE: '0.7',
      TOP_K: '-1',
      STREAM: 'off',
      LOGPROBS: '1',
      STOP: '["a","b,c"]',
      STOP_TOKEN_IDS: '1, 2 3',
      EXTRA_ARGS: '{"ignore_eos":true}',
      HEADERS: 'x-a=1,x-b=c=d',
      DATASET: 'LINE_BY_LINE',
      DATASET_PATH: 'lines.txt',
      TTFT_RULE: 'first-chunk',
    });
    expect(config).toMatchObject({
      parallel: 8,
      durationS: 5400,
      totalTimeoutS: 90,
      temperature: 0.7,
      topK: -1,
      stream: false,
      logprobs: true,
      stop: ['a', 'b,c'],
      stopTokenIds: [1, 2, 3],
      extraArgs: { ignore_eos: true },
      headers: { 'x-a': '1', 'x-b': 'c=d' },
      dataset: 'line-by-line',
      ttftRule: 'first-chunk',
    });
  });

  it('keeps a stop text as it is, blanks and commas included', () => {
    expect(load({ STOP: ' a,b ' }).stop).toEqual([' a,b ']);
  });

  it('reads a prompt and a template from files', () => {
    const files: Record<string, string> = { 'p.txt': 'line one\nline two\n', 't.json': '\uFEFF{"model":"x"}' };
    const { config } = loadConfig(
      { MODEL: 'm', PROMPT: '@p.txt', QUERY_TEMPLATE: '@t.json' },
      (path) => files[path] ?? noFile(path),
    );
    expect(config).toMatchObject({ prompt: 'line one\nline two\n', queryTemplate: { model: 'x' } });
  });

  it('says that a file cannot be read', () => {
    expect(refused({ PROMPT: '@nowhere.txt' })).toContain('"@nowhere.txt": the file cannot be read');
  });

  it.each(['$P$G', '$E[32m$P$G'])('takes %s, the shell prompt of Windows, for no prompt', (prompt) => {
    expect(load({ PROMPT: prompt }).prompt).toBeNull();
  });

  it('takes OPENAI_API_KEY where there is no API_KEY', () => {
    expect(load({ OPENAI_API_KEY: 'second' }).apiKey).toBe('second');
    expect(load({ OPENAI_API_KEY: 'second', API_KEY: 'first' }).apiKey).toBe('first');
    expect(load({ OPENAI_API_KEY: 'second', API_KEY: '' }).apiKey).toBe('second');
  });

  it('lists every problem at once, each with a line to paste', () => {
    const text = refused({ MODEL: '', PARALLEL: '0', NUMBER: 'ten', URL: 'localhost:8000/v1', TEMPERATURE: '-1' });
    expect(text).toContain('5 problems with the configuration:');
    expect(text).toContain(
      '  PARALLEL (--parallel): got "0"\n    allowed: a whole number from 1\n    try:     --parallel 8',
    );
    expect(text).toContain('MODEL (--model): got nothing');
    expect(text).toContain('try:     --url http://localhost:8000/v1');
  });

  it('refuses several numbers where one point runs, and says that they are a sweep', () => {
    const text = refused({ MODEL: 'm', PARALLEL: '1 4', NUMBER: '10,x' });
    expect(text).toContain(
      'PARALLEL (--parallel): got "1 4": several values are a sweep, and this runs a single point',
    );
    expect(text).toContain('NUMBER (--number): got "10,x"\n    allowed: a whole number from 1');
    expect(load({ PARALLEL: '[8]' }).parallel).toBe(8);
  });

  it('tells a script the command line that runs a sweep', () => {
    const { problems } = loadConfig({ MODEL: 'm', URL: 'http://h/v1', RATE: '1,2 4' }, () => '', 'env');
    expect(problems.map(({ paste }) => paste)).toEqual(['npx k6-llm-perf --rate 1 2 4']);
  });

  it.each([
    ['0', 0],
    ['12', 12],
    ['0.25', 0.25],
    ['.5', 0.5],
  ])('takes %s as a number of warm-up requests', (given, value) => {
    expect(load({ WARMUP_NUM: given }).warmupNum).toBe(value);
  });

  it.each(['1.5', '-1', '1e3', 'ten', '10%'])('refuses %s as a number of warm-up requests', (given) => {
    expect(refused({ MODEL: 'm', WARMUP_NUM: given })).toContain(
      'a whole number from 0, or a share above 0 and below 1',
    );
  });

  it('refuses a share of a number that nobody gave', () => {
    expect(refused({ MODEL: 'm', WARMUP_NUM: '0.2', DURATION: '10' })).toContain('a share of no number');
    expect(load({ WARMUP_NUM: '0.2' }).warmupNum).toBe(0.2);
    expect(load({ WARMUP_NUM: '3', DURATION: '10' }).warmupNum).toBe(3);
  });

  it('refuses a ramp-up that is as long as the run', () => {
    expect(refused({ MODEL: 'm', RAMP_UP: '10s', DURATION: '10' })).toContain('not shorter than duration 10 s');
    expect(load({ RAMP_UP: '5s', DURATION: '10' }).rampUpS).toBe(5);
  });

  it('takes gates one a line, or as a JSON array, and leaves their grammar to others', () => {
    expect(load({}).gates).toEqual([]);
    expect(load({ GATES: 'p99(ttft)<500\n\n  success_rate>=0.99\n' }).gates).toEqual([
      'p99(ttft)<500',
      'success_rate>=0.99',
    ]);
    expect(load({ GATES: '["goodput(ttft<500, tpot<50)>=0.95"]' }).gates).toEqual(['goodput(ttft<500, tpot<50)>=0.95']);
    expect(refused({ MODEL: 'm', GATES: '[1]' })).toContain('GATES (--gate): got "[1]": an array that holds other');
    expect(refused({ MODEL: 'm', GATES: '[1' })).toContain('is not a JSON array');
    expect(refused({ MODEL: 'm', GATES: ' ' })).toContain('blank');
  });

  it('says that exported variables reach k6 run only, where a script sees none of the system', () => {
    const got = (source: Record<string, string>): unknown => loadConfig(source, () => '', 'env').problems[0]?.got;
    expect(got({})).toBe('nothing: k6 inspect, archive and cloud see what -e sets, not exported variables');
    expect(got({ PATH: '/bin' })).toBe('nothing');
    expect(got({ Path: 'C:\\' })).toBe('nothing');
  });

  it('suggests -e settings when asked to', () => {
    const { problems } = loadConfig({ MODEL: 'm', STREAM: 'maybe', STOP: '[', PARALLEL: '1.5' }, noFile, 'env');
    expect(problems.map(({ paste }) => paste)).toEqual(['-e PARALLEL=8', `-e STOP='["###","END"]'`, '-e STREAM=off']);
  });

  it.each([
    ['NUMBER', '1e3'],
    ['NUMBER', '99999999999999999999'],
    ['DURATION', '500ms'],
    ['DURATION', '5 minutes'],
    ['CONNECT_TIMEOUT', '0'],
    ['READ_TIMEOUT', 'Infinity'],
    ['TOP_P', '1.1'],
    ['REPETITION_PENALTY', '0'],
    ['STREAM', 'maybe'],
    ['API', 'dashscope'],
    ['ENGINE', 'deno'],
    ['STOP_TOKEN_IDS', '1,x'],
    ['STOP', '["a",1]'],
    ['EXTRA_ARGS', '[1]'],
    ['EXTRA_ARGS', '{ignore_eos:true}'],
    ['RUN_NAME', '../up'],
    ['RUN_NAME', '..'],
  ])('refuses %s=%s and names it', (env, value) => {
    const text = refused({ [env]: value });
    expect(text).toContain(`${env} (--`);
    expect(text).toContain(JSON.stringify(value));
  });

  it('refuses settings that contradict each other', () => {
    const text = refused({ MIN_PROMPT_LENGTH: '9', MAX_PROMPT_LENGTH: '8', MIN_TOKENS: '9', MAX_TOKENS: '8' });
    expect(text).toContain('"9": more than max-prompt-length 8');
    expect(text).toContain('"9": more than max-tokens 8');
  });

  it('never shows a key or a header in a problem', () => {
    const text = refused({
      API_KEY: 'sk-very secret',
      HEADERS: 'Authorization: Bearer sk-very',
      URL: 'ftp://me:sk-very@host/?api_key=sk-very',
      EXTRA_ARGS: '{"api_key": "sk-very"',
    });
    expect(text).toContain('4 problems');
    expect(text).not.toContain('sk-very');
  });

  it('names the folder after the last part of the model', () => {
    expect(load({ MODEL: '/models/llama/' }).name).toBe('llama');
    expect(load({ MODEL: 'C:\\models\\llama' }).name).toBe('llama');
    expect(load({ MODEL: '..' }).name).toBe('model');
    expect(load({ RUN_NAME: 'mine' }).name).toBe('mine');
  });
});

describe('the endpoint', () => {
  it.each([
    ['http://h:8000/v1', 'openai', 'http://h:8000/v1/chat/completions'],
    ['http://h:8000/v1/', 'openai', 'http://h:8000/v1/chat/completions'],
    ['http://h:8000', 'openai', 'http://h:8000/v1/chat/completions'],
    ['http://h/v1/chat/completions/', 'openai', 'http://h/v1/chat/completions'],
    ['http://h/v1/completions', 'openai', 'http://h/v1/completions'],
    ['http://h/v1', 'openai-completions', 'http://h/v1/completions'],
    ['https://h/a/b?api-version=1', 'openai-chat', 'https://h/a/b/chat/completions?api-version=1'],
    ['http://[::1]:8000/v1', 'openai', 'http://[::1]:8000/v1/chat/completions'],
    ['http://h/v1/responses', 'openai', 'http://h/v1/responses'],
    ['http://h/v1/messages/', 'openai', 'http://h/v1/messages'],
    ['http://h', 'openai-responses', 'http://h/v1/responses'],
    // Words of evalscope and of other tools.
    ['http://h/v1', 'openai_responses', 'http://h/v1/responses'],
    ['http://h/v1', 'messages', 'http://h/v1/messages'],
    // DeepSeek's and other vendors' bases for Anthropic's client library, which appends /v1/messages itself.
    ['https://h/anthropic', 'anthropic', 'https://h/anthropic/v1/messages'],
    ['https://h/anthropic/v1', 'anthropic', 'https://h/anthropic/v1/messages'],
    ['https://h/anthropic/messages', 'anthropic', 'https://h/anthropic/messages'],
    ['http://h/v1', 'chat', 'http://h/v1/chat/completions'],
  ])('completes %s for %s', (url, api, expected) => {
    expect(load({ URL: url, API: api }).url).toBe(expected);
  });

  it('follows the API when no URL is given', () => {
    expect(load({ API: 'openai-completions' }).url).toBe('http://127.0.0.1:8877/v1/completions');
    expect(load({ API: 'anthropic' }).url).toBe('http://127.0.0.1:8877/v1/messages');
  });

  it.each([
    ['http://h/v1/chat/completions', 'openai-completions', 'http://h/v1/completions'],
    ['http://h/v1/completions', 'openai-chat', 'http://h/v1/chat/completions'],
    ['http://h/v1/embeddings', 'openai-chat', 'http://h/v1/chat/completions'],
    ['http://h/v1/responses', 'anthropic', 'http://h/v1/messages'],
    ['http://h/v1/messages', 'openai-chat', 'http://h/v1/chat/completions'],
  ])('refuses %s with %s and offers the one that fits', (url, api, better) => {
    expect(refused({ URL: url, API: api })).toContain(`--url ${better}`);
  });

  it('moves user information into a header, out of the URL', () => {
    // RFC 7617, section 2: Aladdin with "open sesame".
    const config = load({ URL: 'http://Aladdin:open%20sesame@h/v1' });
    expect(config.url).toBe('http://h/v1/chat/completions');
    expect(config.headers).toEqual({ Authorization: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==' });
    const own = load({ URL: 'http://a:b@h/v1', HEADERS: 'authorization=mine' });
    expect(own.headers).toEqual({ authorization: 'mine' });
  });

  it('reads the key from a file, whose name may be told and whose content not', () => {
    const read = (path: string): string => {
      if (path === 'key.txt') return 'sk-from-file\n';
      if (path === 'two.txt') return 'one two';
      throw new Error('no such file');
    };
    expect(loadConfig({ MODEL: 'm', API_KEY_FILE: 'key.txt' }, read).config?.apiKey).toBe('sk-from-file');
    expect(loadConfig({ MODEL: 'm', API_KEY_FILE: 'key.txt', API_KEY: 'direct' }, read).config?.apiKey).toBe('direct');
    expect(loadConfig({ MODEL: 'm', API_KEY_FILE: 'none.txt' }, read).problems).toHaveLength(1);
    const [problem] = loadConfig({ MODEL: 'm', API_KEY_FILE: 'two.txt' }, read).problems;
    expect(problem?.key).toBe('API_KEY_FILE (--api-key-file)');
    expect(JSON.stringify(problem)).not.toContain('one two');
  });
});

describe('the API', () => {
  const ANTHROPIC = { URL: 'http://h/v1/messages' };

  it('refuses by name what it has no field for, unless it is not sent anyway', () => {
    const text = refused({ ...ANTHROPIC, N_CHOICES: '2', LOGPROBS: 'on', STOP: '["a"]', SEED: '7' });
    expect(text).toContain('2 problems');
    expect(text).toContain('"2": the API anthropic has no field for it; --extra-args can send one');
    expect(text).toContain('leave --n-choices out');
    expect(refused({ API: 'openai-responses', STOP: '["a"]' })).toContain('the API openai-responses has no field');
    expect(load({ ...ANTHROPIC, EXTRA_ARGS: '{"metadata":{}}' }).seed).toBe(42);
  });

  it("takes a vendor's own variable for the key, and never another's", () => {
    const both = { OPENAI_API_KEY: 'of-openai', ANTHROPIC_API_KEY: 'of-anthropic' };
    expect(load(both).apiKey).toBe('of-openai');
    expect(load({ ...both, ...ANTHROPIC }).apiKey).toBe('of-anthropic');
    expect(load({ ...both, API: 'anthropic' }).apiKey).toBe('of-anthropic');
    expect(load({ OPENAI_API_KEY: 'of-openai', ...ANTHROPIC }).apiKey).toBeNull();
    expect(load({ ...both, ...ANTHROPIC, API_KEY: 'mine' }).apiKey).toBe('mine');
  });

  it('sends a key of a vendor to no host of another, whatever API it speaks', () => {
    const keyOf = (URL: string, key: string) => load({ URL, [key]: 'k' }).apiKey;
    expect(keyOf('https://api.anthropic.com/v1', 'OPENAI_API_KEY')).toBeNull();
    expect(keyOf('https://api.anthropic.com/v1', 'ANTHROPIC_API_KEY')).toBe('k');
    expect(keyOf('https://user@API.OpenAI.com:443/v1/messages', 'ANTHROPIC_API_KEY')).toBeNull();
    expect(keyOf('https://openai.com.example.org/v1/messages', 'ANTHROPIC_API_KEY')).toBe('k');
  });
});

describe('url-as-is', () => {
  it.each([
    'http://h/invocations',
    'http://h:8000/',
    'http://h/v1/embeddings',
    'http://h/a/?api-version=1',
    'http://h',
  ])('leaves %s as it is', (URL) => {
    expect(load({ URL, URL_AS_IS: 'true' }).url).toBe(URL);
  });

  it('still moves user information into a header', () => {
    const { url, headers } = load({ URL: 'http://u:p@h/invocations', URL_AS_IS: 'on' });
    expect([url, headers]).toEqual(['http://h/invocations', { Authorization: 'Basic dTpw' }]);
  });
});

describe('a setting in a wrong form', () => {
  it('refuses a stream in extra-args that is not a boolean', () => {
    expect(refused({ EXTRA_ARGS: '{"stream":"false"}' })).toContain('a "stream" that is not true or false');
  });

  it('does not take a key for a name that is printed', () => {
    const key = ['sk', 'Zq7xVb93LmN0pRtW'].join('-');
    const text = refused({ MODEL: key, RUN_NAME: key, OUTPUTS_DIR: key });
    expect(text).toContain('3 problems');
    expect(text).toContain('it looks like an API key');
    expect(text).not.toContain('Zq7');
  });

  it.each([
    ['MODEL', '\u201cqwen\u201d'],
    ['MODEL', '"qwen"'],
    ['MODEL', 'MODEL=qwen'],
    ['MODEL', 'export MODEL=qwen'],
    ['API_KEY', '"Zq7xVb93"'],
    ['API_KEY', "'Zq7xVb93'"],
    ['API_KEY', 'API_KEY=Zq7xVb93'],
    ['API_KEY', 'OPENAI_API_KEY=Zq7xVb93'],
    ['URL', 'URL=http://h/v1'],
    ['NUMBER', 'export NUMBER=3'],
    ['HEADERS', 'HEADERS={"x-api-key":"Zq7xVb93"}'],
  ])('refuses what was pasted along with a value of %s: %s', (name, value) => {
    const { problems } = loadConfig({ MODEL: 'm', [name]: value }, () => '');
    expect(problems).toHaveLength(1);
    expect(problems[0]?.got).toMatch(/write the value alone|leave them out/);
    expect(JSON.stringify(problems)).not.toContain('Zq7x');
  });

  it.each([
    ['1e3', '1000'],
    ['1_000', '1000'],
    ['1\u2019000', '1000'],
    ['10.0', '10'],
  ])('refuses %s as a number, and says how it is written', (value, right) => {
    for (const [name, flag] of [
      ['NUMBER', 'number'],
      ['MAX_TOKENS', 'max-tokens'],
    ] as const) {
      const { problems } = loadConfig({ MODEL: 'm', [name]: value }, () => '');
      expect(problems.map(({ paste }) => paste)).toEqual([`--${flag} ${right}`]);
    }
  });

  it.each(['10k', '\uff11\uff10', '\u22121', '\u201c10\u201d', '0x10', '5 requests'])(
    'refuses %s as a number',
    (value) => {
      expect(loadConfig({ MODEL: 'm', NUMBER: value, MAX_TOKENS: value }, () => '').problems).toHaveLength(2);
    },
  );

  it('takes a key with a byte order mark in front and a line end after, and an empty one as none', () => {
    const keyOf = (API_KEY: string) => loadConfig({ MODEL: 'm', API_KEY }, () => '').config?.apiKey;
    expect(keyOf('\ufeffZq7x\r\n')).toBe('Zq7x');
    expect(keyOf('')).toBeNull();
    for (const wrong of [' ', '\r\n', 'Zq\r\n7x', 'Zq\u200b7x', 'Zq 7x']) {
      const { problems } = loadConfig({ MODEL: 'm', API_KEY: wrong }, () => '');
      expect(problems).toHaveLength(1);
      expect(JSON.stringify(problems)).not.toContain('Zq');
    }
  });
});
