import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { createFolder, runCli, runInProcess } from './support/cli.ts';
import { describeEngines, runInEngine } from './support/engines.ts';
import { countLetters, TEMPLATE_TOKENS, writeLetterTokenizer } from './support/letter-tokenizer.ts';

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 0, tpotMs: 0, outputTokens: 1, keepMessages: true, tokenizer: 'o200k_base' });
});
beforeEach(async () => {
  await fetch(`${mock.url}/__reset`, { method: 'POST' });
});
afterAll(() => mock.close());

interface Seen {
  readonly body: {
    readonly model: string;
    readonly messages: readonly { role: string; content: string }[];
    readonly max_tokens: number;
  };
}

async function listBodies(): Promise<Seen['body'][]> {
  const timings = (await (await fetch(`${mock.url}/__timings?reset=1`)).json()) as readonly Seen[];
  return timings.flatMap(({ body }) => (body?.messages === undefined ? [] : [body]));
}

describeEngines('random prompts', (engine) => {
  const run = (settings: Readonly<Record<string, string>>) =>
    runInEngine(engine, 'random', {
      URL: `${mock.url}/v1/chat/completions`,
      MODEL: 'm',
      PARALLEL: '8',
      NO_TEST_CONNECTION: 'true',
      LOG_EVERY_N_QUERY: '0',
      ...settings,
    });

  it('have exactly as many tokens as are asked for, with and without a prefix, as js-tiktoken counts them', async () => {
    const { records } = await run({ NUMBER: '1000', INPUT_LEN: '24' });
    expect(records).toHaveLength(1000);
    expect(new Set(records.map(({ input_tokens, token_source }) => `${input_tokens} ${token_source}`))).toEqual(
      new Set(['24 usage']),
    );
    const alone = await listBodies();
    // No two begin alike.
    expect(new Set(alone.map(({ messages }) => messages[0]?.content.slice(0, 40))).size).toBe(1000);

    const prefixed = await run({ NUMBER: '1000', INPUT_LEN: '16', PREFIX_LENGTH: '50', PREFIX_COUNT: '2', SEED: '7' });
    expect(prefixed.records).toHaveLength(1000);
    expect(new Set(prefixed.records.map(({ input_tokens }) => input_tokens))).toEqual(new Set([66]));
    const bodies = await listBodies();
    const beginnings = bodies.map(({ messages }) => messages[0]?.content.split(' ').slice(0, 50).join(' '));
    expect(new Set(beginnings).size).toBe(2);
  });

  it('of sonnet have the lengths of vLLM, and begin alike', async () => {
    const { records } = await runInEngine(engine, 'sonnet', {
      URL: `${mock.url}/v1/chat/completions`,
      MODEL: 'm',
      NUMBER: '6',
      NO_TEST_CONNECTION: 'true',
    });
    expect(records.map(({ input_tokens, token_source }) => [input_tokens, token_source])).toEqual(
      Array(6).fill([550, 'usage']),
    );
    const bodies = await listBodies();
    expect(bodies.map(({ max_tokens }) => max_tokens)).toEqual(Array(6).fill(150));
    const texts = bodies.map(({ messages }) => messages[0]?.content ?? '');
    expect(new Set(texts).size).toBe(6);
    // 200 tokens have about 1,000 characters.
    expect(new Set(texts.map((text) => text.slice(0, 900))).size).toBe(1);
  });

  it('are exact for a tokenizer, its chat template among them, and go on from point to point', async () => {
    const tokenizer = writeLetterTokenizer(createFolder());
    const words = `--model m --dataset random --input-len 40 --prefix-length 10 --tokenizer ${tokenizer} --number 6 6 --parallel 2 3 --sleep-interval 0 --no-test-connection --max-prompt-length 45`;
    const cwd = createFolder();
    const run = await runCli([...words.split(' '), '--url', `${mock.url}/v1`, '--engine', engine], { cwd });
    expect([run.stderr, run.code]).toEqual([expect.stringContaining('prompts.jsonl, exact for tokenizer.json'), 0]);
    const contents = (await listBodies()).map(({ messages }) => messages[0]?.content ?? '');
    // A token a letter, and three of the template.
    expect(contents.map((content) => countLetters(content) + TEMPLATE_TOKENS)).toEqual(Array(12).fill(50));
    expect(new Set(contents).size).toBe(12);
    const beginnings = new Set(contents.map((content) => content.replace(/ /g, '').slice(0, 10)));
    expect(beginnings.size).toBe(1);
    const ids = `--model m --dataset openqa --number 4 --tokenizer ${tokenizer} --tokenize-prompt --no-test-connection --no-timestamp`;
    const args = [
      '--dataset-args',
      '{"target_input_len":6,"input_len_mode":"cap"}',
      '--url',
      `${mock.url}/v1/completions`,
    ];
    const sent = await runCli([...ids.split(' '), ...args, '--engine', engine, '--records', 'auto'], { cwd });
    expect([sent.stderr, sent.code]).toEqual([expect.stringContaining('prompts.jsonl, made for tokenizer.json'), 0]);
    // The script got a prepared file; the run in its records is the user's.
    const ofRun = /"args":\{.*/.exec(readFileSync(join(cwd, 'outputs', 'm', 'records.jsonl'), 'utf8'))?.[0];
    for (const told of [
      '"dataset":"openqa"',
      '"dataset_path":null',
      '"cache_bust":"none"',
      '"machine":{',
      '"target_input_len":"6"',
    ])
      expect(ofRun).toContain(told);
    const timings = (await (await fetch(`${mock.url}/__timings?reset=1`)).json()) as readonly {
      prompt_tokens: number;
    }[];
    expect(timings).toHaveLength(4);
    expect(Math.max(...timings.map(({ prompt_tokens }) => prompt_tokens))).toBeLessThanOrEqual(6);
    const short = await runCli([...words.split(' '), '--input-len', '3', '--url', mock.url, '--engine', engine], {
      cwd,
    });
    expect([short.code, short.stderr]).toEqual([104, expect.stringContaining('template alone takes 3')]);
  });

  it('are refused with all that is wrong with their lengths', async () => {
    const settings = { LENGTH_MIX: '8,8:1', INPUT_LEN: '5', PREFIX_COUNT: '2' };
    const { stderr, exitCode } = await run(settings);
    expect(exitCode).toBe(104);
    expect(stderr).toContain('INPUT_LEN (--input-len): got both it and length-mix');
    expect(stderr).toContain('-e PREFIX_LENGTH=512');
  });
});

interface Talk {
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly input?: readonly string[];
  readonly query?: string;
  readonly documents?: readonly string[];
}

/** What the command line makes for a tokenizer is one code; a script reads it in either engine. */
/** Files as other tools write them, and what their first line is as a request. */
const FILES: readonly (readonly [dataset: string, text: string, content: string, maxTokens: number])[] = [
  ['alpaca', '[{"instruction":"Add them.","input":"1 and 2","output":"3"}]', 'Add them.\n\n1 and 2', 9],
  ['longalpaca', '{"instruction":"Sum it up: a long text","output":"It is."}\n', 'Sum it up: a long text', 9],
  [
    'sharegpt',
    '[{"id":"x","conversations":[{"from":"human","value":"First?"},{"from":"gpt","value":"Yes."},{"from":"human","value":"And?"}]}]',
    'First?',
    9,
  ],
  [
    'openai-batch',
    '{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"x","messages":[{"role":"user","content":"Of a batch"}],"max_tokens":5}}\n',
    'Of a batch',
    5,
  ],
];

describeEngines('files of other tools', (engine) => {
  const settings = { URL: '', NO_TEST_CONNECTION: 'true', MAX_TOKENS: '9', LOG_EVERY_N_QUERY: '0' };

  it('are sent as their datasets read them, and the speed benchmark has the lengths of evalscope', async () => {
    const URL = `${mock.url}/v1/chat/completions`;
    const folder = createFolder();
    const files = FILES.map(([name, text]) => {
      const path = join(folder, `${name}.jsonl`);
      writeFileSync(path, text);
      return runInEngine(engine, name, { ...settings, URL, MODEL: name, DATASET_PATH: path });
    });
    const speed = runInEngine(engine, 'speed-benchmark', { ...settings, URL, MODEL: 'speed' });
    for (const { records, stderr } of await Promise.all(files)) {
      expect(
        records.map(({ outcome }) => outcome),
        stderr,
      ).toEqual(['completed']);
    }
    const lengths = [...(await speed).records]
      .sort((a, b) => a.index - b.index)
      .map(({ input_tokens }) => input_tokens);
    expect(lengths).toEqual([1, 1, 6144, 6144, 14336, 14336, 30720, 30720]);
    const bodies = await listBodies();
    const sent = FILES.map(([name]) => bodies.find(({ model }) => model === name));
    expect(sent.map((body) => [body?.model, body?.messages, body?.max_tokens])).toEqual(
      FILES.map(([name, , content, limit]) => [name, [{ role: 'user', content }], limit]),
    );
  });
});

it('turns, texts beside pictures, inputs and queries are exact for a tokenizer, however a dataset is spelled', async () => {
  const tokenizer = writeLetterTokenizer(createFolder());
  const outputs = createFolder();
  const run = async (words: string, path = '/v1/chat/completions') => {
    const usual = `--model m --number 2 --no-test-connection --engine node --server-metrics off --outputs-dir ${outputs}`;
    const args = `${usual} --tokenizer ${tokenizer} ${words} --url ${mock.url}${path}`;
    const { code, stderr } = await runInProcess(args.split(' '));
    expect([code, stderr]).toEqual([0, expect.stringContaining('prompts.jsonl, exact for tokenizer.json')]);
    const timings = (await (await fetch(`${mock.url}/__timings?reset=1`)).json()) as readonly { body: Talk }[];
    return timings.map(({ body }) => body);
  };
  const talks =
    '--min-turns 2 --max-turns 2 --first-turn-length 40 --turn-length 11 --conversation-prefix-length 5 --prefix-length 9';
  const turns = await run(`--dataset random --multi-turn ${talks} --system-prompt x`);
  const lengths = turns.map(({ messages }) =>
    messages.filter(({ role }) => role !== 'assistant').map(({ content }) => countLetters(String(content))),
  );
  // The system prompt, the prefix, 40 + 5 of the first turn, and 11 of the second.
  expect(lengths.toSorted((a, b) => a.length - b.length)).toEqual([
    [1, 9, 45],
    [1, 9, 45],
    [1, 9, 45, 11],
    [1, 9, 45, 11],
  ]);
  const pictures = await run('--dataset random_vl --input-len 30 --image-width 20 --image-height 20');
  const parts = pictures.map(
    ({ messages }) => messages[0]?.content as readonly { text?: string; image_url?: object }[],
  );
  expect(
    parts.map(([text, picture]) => [countLetters(text?.text ?? '') + TEMPLATE_TOKENS, typeof picture?.image_url]),
  ).toEqual([
    [30, 'object'],
    [30, 'object'],
  ]);
  const inputs = await run(
    '--api embedding --dataset random_embedding --input-len 33 --batch-size 2',
    '/v1/embeddings',
  );
  expect(inputs.map(({ input }) => input?.map(countLetters))).toEqual([
    [33, 33],
    [33, 33],
  ]);
  const queries = await run(
    '--api rerank --dataset random-rerank --input-len 7 --num-documents 2 --document-length-ratio 3',
    '/v1/rerank',
  );
  expect(queries.map(({ query, documents }) => [query ?? '', ...(documents ?? [])].map(countLetters))).toEqual([
    [7, 21, 21],
    [7, 21, 21],
  ]);
});
