import { once } from 'node:events';
import { connect } from 'node:net';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_WORDS } from '../../tests/support/error-words.ts';
import { dataOf, jsonOf, postRaw, type RawAnswer, STREAM_BODY } from '../../tests/support/mock-client.ts';
import { createCompressor } from './compressors.ts';
import { type MockServer, startMockServer } from './server.ts';
import { SERVICE_ERRORS } from './service-errors.ts';
import { SHAPES } from './shapes.ts';

const CHAT = '/v1/chat/completions';
let server: MockServer;

beforeAll(async () => {
  server = await startMockServer({ ttftMs: 3, tpotMs: 1, outputTokens: 12 });
});

afterAll(() => server.close());

function ask(shape: string, body: object = STREAM_BODY, headers: Record<string, string> = {}): Promise<RawAnswer> {
  return postRaw(server.port, CHAT, body, { 'x-mock-shape': shape, ...headers });
}

interface Kept {
  readonly shape: string | null;
  readonly fault: string | null;
  readonly aborted: boolean;
  readonly end_ms: number | null;
  readonly completion_tokens: number;
}

async function lastTiming(): Promise<Kept> {
  return ((await (await fetch(`${server.url}/__timings`)).json()) as Kept[]).at(-1)!;
}

/** Sends a request and goes as soon as `text` has come; without a text, after a moment. */
async function askAndLeave(shape: string, text: string | null): Promise<string> {
  const body = JSON.stringify(STREAM_BODY);
  const socket = connect(server.port, '127.0.0.1');
  socket.write(
    `POST ${CHAT} HTTP/1.1\r\nhost: x\r\nx-mock-shape: ${shape}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  let seen = '';
  if (text === null) await once(socket, 'connect');
  while (text !== null && !seen.includes(text)) seen += String((await once(socket, 'data'))[0]);
  while ((await lastTiming()).shape !== shape);
  socket.destroy();
  return seen;
}

describe('a shape', () => {
  it('is chosen by header, by a prompt, and by the prompt where both do', async () => {
    const prompt = (name: string) => ({
      ...STREAM_BODY,
      messages: [{ role: 'user', content: `[[shape:${name}]] hi` }],
    });
    expect((await ask('status-201')).status).toBe(201);
    expect((await postRaw(server.port, CHAT, prompt('status-202'))).status).toBe(202);
    expect((await ask('status-201', prompt('status-206'))).status).toBe(206);
    expect(await lastTiming()).toMatchObject({ shape: 'status-206', fault: null, completion_tokens: 12 });
  });

  it('that nobody knows is refused by name', async () => {
    const answer = await postRaw(server.port, CHAT, { messages: [{ role: 'user', content: '[[shape:constructor]]' }] });
    expect([answer.status, JSON.parse(answer.body).error.message]).toEqual([
      400,
      'There is no shape constructor; the help of the mock lists them',
    ]);
    expect((await ask('toString')).status).toBe(400);
  });

  it('falls under the draws of faults', async () => {
    const half = await startMockServer({ ttftMs: 0, tpotMs: 0, shape: 'status-201', failFirst: 1 });
    const statuses = [await postRaw(half.port, CHAT, STREAM_BODY), await postRaw(half.port, CHAT, STREAM_BODY)];
    await half.close();
    expect(statuses.map(({ status }) => status)).toEqual([201, 200]);
  });

  it.each(Object.keys(SHAPES).filter((name) => !/^silent|switching|^messages|^responses/.test(name)))(
    '%s is answered, streaming or not, chat or not, and leaves the mock alive',
    async (name) => {
      const completion = { prompt: 'x', stream: true, stream_options: { include_usage: true } };
      await Promise.all([
        ask(name),
        ask(name, { messages: STREAM_BODY.messages, max_tokens: 4 }),
        postRaw(server.port, '/v1/completions', completion, { 'x-mock-shape': name }),
      ]);
      expect((await fetch(`${server.url}/health`)).status).toBe(200);
    },
  );
});

describe('a shape of one API', () => {
  const BODIES: Readonly<Record<string, object>> = {
    '/v1/messages': { model: 'm', max_tokens: 64, messages: STREAM_BODY.messages },
    '/v1/responses': { model: 'm', input: 'Say something short.' },
  };
  const askApi = (path: string, shape: string, more: object) =>
    postRaw(
      server.port,
      path,
      { ...BODIES[path], ...more },
      { 'x-mock-shape': shape, 'anthropic-version': '2023-06-01' },
    );
  const rows = Object.entries(SHAPES).flatMap(([name, { api }]) => (api === undefined ? [] : [[name, api] as const]));

  it.each(rows)('%s is answered by %s in JSON, streaming or not', async (name, path) => {
    const stream = await askApi(path, name, { stream: true });
    const whole = await askApi(path, name, {});
    const status = { 'messages-529': 529, 'messages-rate-limited': 429 }[name] ?? 200;
    expect([stream.status, whole.status, stream.isWhole]).toEqual([status, status, true]);
    expect(JSON.parse(whole.body)).toEqual(expect.any(Object));
    for (const data of dataOf(stream)) if (data !== '[DONE]') expect(JSON.parse(data).type).toEqual(expect.any(String));
  });

  it('is refused to the others', async () => {
    const answer = await ask('messages-refusal');
    expect([answer.status, JSON.parse(answer.body).error.message]).toEqual([
      400,
      'The shape messages-refusal is one of /v1/messages',
    ]);
  });

  it('says its ending in the stream as in the whole answer', async () => {
    const reasons = async (path: string, name: string) => {
      const texts = [(await askApi(path, name, { stream: true })).body, (await askApi(path, name, {})).body];
      return texts.map((text) => /"(?:stop_reason|reason)":"(\w+)"/.exec(text)?.[1]);
    };
    expect(await reasons('/v1/messages', 'messages-pause')).toEqual(['pause_turn', 'pause_turn']);
    expect(await reasons('/v1/responses', 'responses-filtered')).toEqual(['content_filter', 'content_filter']);
    const refused = (await askApi('/v1/responses', 'responses-refusal', { stream: true })).body;
    expect(refused).toMatch(/event: response\.refusal\.delta\ndata: \{"type":"response\.refusal\.delta"/);
    expect(refused).not.toContain('output_text');
    const filtered = (await askApi('/v1/responses', 'responses-filtered', { stream: true })).body;
    expect(filtered).toMatch(/event: response\.incomplete\ndata: \{"type":"response\.incomplete"/);
    expect((await askApi('/v1/messages', 'messages-bare', { stream: true })).body).not.toContain('event:');
  });
});

describe('usage', () => {
  const USAGE = { prompt_tokens: 5, completion_tokens: 12, total_tokens: 17 };
  const usages = async (shape: string) => jsonOf(await ask(shape)).flatMap(({ usage }) => usage ?? []);

  it('moves to where other services have it, and is there once', async () => {
    const { body } = await ask('usage-in-choice');
    expect(body.split('"usage"')).toHaveLength(2);
    expect(jsonOf(await ask('usage-in-choice')).at(-1)?.choices[0]).toMatchObject({ usage: USAGE });
    expect(jsonOf(await ask('usage-x-groq')).at(-1)).toMatchObject({ x_groq: { usage: USAGE } });
    expect(jsonOf(await ask('usage-llama-timings')).at(-1)).toMatchObject({
      timings: { predicted_n: 12, prompt_n: 5 },
    });
  });

  it('comes first and wrong, then last and true', async () => {
    expect(await usages('usage-first-zero')).toEqual([{ ...USAGE, completion_tokens: 0, total_tokens: 5 }, USAGE]);
    expect(await usages('usage-first-partial')).toEqual([{ prompt_tokens: 5 }, USAGE]);
    expect(await usages('usage-then-zero')).toEqual([
      USAGE,
      { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
    ]);
  });

  it('comes half a second late', async () => {
    const start = performance.now();
    expect(await usages('usage-late')).toEqual([USAGE]);
    expect(performance.now() - start).toBeGreaterThan(500);
  });
});

describe('output', () => {
  /** The names of the fields that the deltas of a stream have, without the role chunk. */
  const fields = async (shape: string) => [
    ...new Set(
      jsonOf(await ask(shape))
        .slice(1)
        .flatMap(({ choices }) => Object.keys(choices[0]?.delta ?? {})),
    ),
  ];

  it('is in the fields of other services', async () => {
    expect(await fields('reasoning-details-summary')).toEqual(['reasoning_details', 'content']);
    expect(await fields('unknown-field')).toEqual(['cogitation', 'content']);
    expect(await fields('audio')).toEqual(['audio']);
    expect(await fields('custom-tool-call')).toEqual(['tool_calls']);
  });

  it('has thinking in parts of the content', async () => {
    const deltas = jsonOf(await ask('thinking-parts')).map(({ choices }) => choices[0]?.delta['content']);
    expect(deltas[1]).toEqual([{ type: 'thinking', thinking: [{ type: 'text', text: expect.any(String) }] }]);
    expect(deltas[5]).toEqual(expect.any(String));
  });

  it('comes in two choices', async () => {
    const answer = jsonOf(await ask('n-2'));
    expect(
      answer.flatMap(({ choices }) => choices.map(({ index }) => index)).filter((index) => index === 1),
    ).toHaveLength(14);
  });
});

describe('errors', () => {
  it.each(SERVICE_ERRORS)(
    'of $name come after four tokens, first, and as a body without a line feed',
    async (error) => {
      const after = dataOf(await ask(`error-${error.name}`));
      expect(after.slice(-2)).toEqual([JSON.stringify(error.body), '[DONE]']);
      expect(after.filter((data) => data.includes('"content":"') && !data.includes('"content":""'))).toHaveLength(4);
      expect(dataOf(await ask(`error-${error.name}-first`)).at(-1)).toBe(JSON.stringify(error.body));
      const refused = await ask(`refused-${error.name}`);
      expect([refused.status, refused.body]).toEqual([error.status, JSON.stringify(error.body)]);
      expect(refused.body).toContain(ERROR_WORDS[error.name]);
    },
  );

  it('have a name of their own', async () => {
    expect((await ask('event-error')).body).toContain('event: error\ndata: {"code":500,');
  });
});

describe('lines', () => {
  it('that are not data carry an error', async () => {
    expect((await ask('error-line')).body).toMatch(/\n\n\{"error":\{"code":500,[^\n]+\}\}\n\n$/);
    expect((await ask('error-field')).body).toMatch(/\n\nerror: \{"code":500,[^\n]+\}\n\n$/);
  });

  it('beside the tokens hold their ids, the whole message, or a name', async () => {
    const [role, token] = jsonOf(await ask('token-ids')) as unknown as Record<string, unknown>[];
    expect(role!['prompt_token_ids']).toEqual([7, 7, 7, 7, 7]);
    expect(token!['choices']).toMatchObject([{ token_ids: [42] }]);
    const finish = jsonOf(await ask('message-at-end')).at(-2) as unknown as Record<string, unknown>;
    expect(finish['choices']).toMatchObject([{ finish_reason: 'stop', message: { content: expect.any(String) } }]);
    expect((await ask('event-default')).body).toMatch(/^event: default\ndata: /);
  });
});

describe('silence', () => {
  it.each([
    ['silent-arrival', null, 0],
    ['silent-start', 'text/event-stream', 0],
    ['silent-done', '[DONE]', 12],
  ])('%s lasts until the client goes', async (shape, text, tokens) => {
    await askAndLeave(shape, text);
    while ((await lastTiming()).end_ms === null);
    expect(await lastTiming()).toMatchObject({ shape, fault: 'silent', aborted: true, completion_tokens: tokens });
  });

  it('follows a status 101', async () => {
    expect(await askAndLeave('switching-protocols', 'Upgrade')).toMatch(/^HTTP\/1\.1 101 /);
  });
});

describe('bytes', () => {
  it('have a byte order mark, or CR alone', async () => {
    expect((await ask('bom')).chunks[0]?.toString('latin1')).toMatch(/^\xef\xbb\xbfdata: /);
    expect((await ask('cr-only')).body).toMatch(/^data: [^\n]+\r\rdata: [^\n]+data: \[DONE\]\r\r$/);
  });

  it.each([
    ['gzip', gunzipSync],
    ['deflate', inflateSync],
    ['br', brotliDecompressSync],
  ] as const)('are compressed to %s that zlib reads, in pieces and empty', (name, decompress) => {
    const texts = ['data: 時間\n\n', 'x'.repeat(200_000), 'end'];
    const compressor = createCompressor(name);
    const parts = texts.map((text) => compressor.encode(text));
    expect(decompress(Buffer.concat([...parts, compressor.finish()])).toString()).toBe(texts.join(''));
    expect(decompress(createCompressor(name).finish())).toHaveLength(0);
  });

  it('name their encoding', async () => {
    const answer = await ask('brotli-forced', STREAM_BODY, { 'accept-encoding': 'identity' });
    expect(answer.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(Buffer.concat(answer.chunks)).toString()).toContain('data: [DONE]');
  });
});

describe('validators', () => {
  it('refuse what the service does not know, and take the rest', async () => {
    const { stream_options: _, ...bare } = STREAM_BODY;
    const statuses = async (shape: string, bodies: object[]) =>
      (await Promise.all(bodies.map((body) => ask(shape, body)))).map(({ status }) => status);
    expect(await statuses('refuses-stream-options', [STREAM_BODY, bare])).toEqual([422, 200]);
    expect(await statuses('refuses-max-tokens', [{ ...bare, max_tokens: 3 }, bare])).toEqual([400, 200]);
    expect(await statuses('refuses-min-tokens', [{ ...bare, min_tokens: 9, max_tokens: 3 }, bare])).toEqual([400, 200]);
    expect(await statuses('refuses-unknown', [{ ...bare, ignore_eos: true }, bare])).toEqual([400, 200]);
    expect(await statuses('stream-only', [{ ...bare, stream: false }, bare])).toEqual([400, 200]);
    expect(await statuses('no-stream', [{ ...bare, stream: false }, bare])).toEqual([200, 400]);
  });
});

describe('redirects', () => {
  it('lead to the answer, on this host or under its other name', async () => {
    const { headers } = await ask('redirect-308');
    expect(headers['location']).toBe(`${CHAT}?redirected=1`);
    expect(
      (await postRaw(server.port, headers['location']!, STREAM_BODY, { 'x-mock-shape': 'redirect-308' })).status,
    ).toBe(200);
    const away = await ask('redirect-host', STREAM_BODY, { host: `127.0.0.1:${server.port}` });
    expect(away.headers['location']).toBe(`http://localhost:${server.port}${CHAT}?redirected=1`);
  });
});

describe('keys', () => {
  it('come back in the place that is asked for, and are not kept', async () => {
    const key = 'sk-shape-5d1f';
    const headers = { authorization: `Bearer ${key}` };
    expect(jsonOf(await ask('key-in-finish', STREAM_BODY, headers)).at(-2)?.choices[0]?.finish_reason).toBe(key);
    expect((await ask('key-in-text', STREAM_BODY, { 'api-key': key })).body.split(key)).toHaveLength(13);
    expect((await ask('key-in-header', STREAM_BODY, headers)).headers['x-request-key']).toBe(key);
    expect((await ask('key-in-error', STREAM_BODY, headers)).body).toContain(Buffer.from(key).toString('base64'));
    expect(await (await fetch(`${server.url}/__timings`)).text()).not.toContain(key);
  });
});
