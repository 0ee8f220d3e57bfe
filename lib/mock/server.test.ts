import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { dataOf, postRaw, STREAM_BODY } from '../../tests/support/mock-client.ts';
import { now, wallClock } from './clock.ts';
import type { MockOptions } from './options.ts';
import { type MockServer, startMockServer } from './server.ts';

const CHAT = '/v1/chat/completions';
let server: MockServer | null = null;

async function start(options: Partial<MockOptions> = {}): Promise<MockServer> {
  server = await startMockServer({ ttftMs: 2, tpotMs: 1, outputTokens: 4, ...options });
  return server;
}

afterEach(async () => {
  await server?.close();
  server = null;
});

interface Timing {
  readonly id: string;
  readonly index: number;
  readonly path: string;
  readonly status: number | null;
  readonly received_at_ms: number;
  readonly arrival_ms: number;
  readonly headers_ms: number;
  readonly end_ms: number | null;
  readonly max_late_ms: number;
  readonly aborted: boolean;
  readonly fault: string | null;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly has_authorization: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly chunks: readonly {
    readonly from_ms: number;
    readonly at_ms: number;
    readonly kind: string;
    readonly tokens: number;
  }[];
}

async function timingsOf({ url }: MockServer, query = ''): Promise<Timing[]> {
  return (await (await fetch(`${url}/__timings${query}`)).json()) as Timing[];
}

describe('routes', () => {
  it('answer chat completions and completions, streaming or not', async () => {
    const { port } = await start();
    const object = async (path: string, body: unknown) => JSON.parse((await postRaw(port, path, body)).body).object;
    expect(await object(CHAT, { messages: [] })).toBe('chat.completion');
    expect(await object('/v1/completions', { prompt: 'x' })).toBe('text_completion');
    const stream = await postRaw(port, '/v1/completions', { prompt: 'x', stream: true });
    expect(dataOf(stream)).toHaveLength(6);
  });

  it('answer models and health', async () => {
    const { url } = await start({ model: 'tiny' });
    const models = await (await fetch(`${url}/v1/models`)).json();
    expect(models).toMatchObject({ object: 'list', data: [{ id: 'tiny', object: 'model' }] });
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok' });
  });

  it('refuse what they do not know as OpenAI does', async () => {
    const { url, port } = await start();
    expect((await fetch(`${url}/v1/images`)).status).toBe(404);
    expect((await fetch(url + CHAT)).status).toBe(405);
    for (const body of ['{"messages":', '[]', '{}', '{"messages":"x"}', '{"messages":[],"max_tokens":-1}']) {
      const answer = await postRaw(port, CHAT, body);
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.body).error).toMatchObject({
        type: 'invalid_request_error',
        message: expect.any(String),
      });
    }
  });

  it('refuse more choices or tokens than a mock can make beside its other work', async () => {
    const { port } = await start();
    const wish = async (body: object) => (await postRaw(port, CHAT, { messages: [], ...body })).status;
    expect(await wish({ n: 5_000_000 })).toBe(400);
    expect(await wish({ n: 128 })).toBe(200);
    expect(await wish({ n: 128, min_tokens: 1_000_000 })).toBe(400);
    expect(await wish({ n: 2, max_tokens: 5_000_000, ignore_eos: true })).toBe(400);
    expect(await wish({ max_tokens: 5_000_000 })).toBe(200);
  });

  it('refuse a knob header that is wrong, and say which', async () => {
    const { port } = await start();
    const answer = await postRaw(port, CHAT, STREAM_BODY, { 'x-mock-ttft-mss': '5' });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body).error.message).toContain('x-mock-ttft-ms: 50');
  });
});

describe('knobs', () => {
  it('hold for the server, and a header changes them for its request alone', async () => {
    const { port } = await start({ outputTokens: 3 });
    const events = async (headers: Record<string, string>) =>
      dataOf(await postRaw(port, CHAT, STREAM_BODY, headers)).length;
    expect(await events({ 'x-mock-output-tokens': '10' })).toBe(14);
    expect(await events({})).toBe(7);
  });

  it('give the same text for the same seed and place in the order, and another for another', async () => {
    const texts = async (seed: number) => {
      const { port, close } = await startMockServer({ ttftMs: 0, tpotMs: 0, seed });
      const bodies = [];
      for (let i = 0; i < 2; i++) bodies.push((await postRaw(port, CHAT, { messages: [] })).body);
      await close();
      return bodies.map((body) => JSON.parse(body).choices[0].message.content as string);
    };
    const [first, second] = await texts(7);
    expect(await texts(7)).toEqual([first, second]);
    expect(second).not.toBe(first);
    expect((await texts(8))[0]).not.toBe(first);
  });

  it('start from the first text again after a reset', async () => {
    const { url, port } = await start();
    const ask = async () => JSON.parse((await postRaw(port, CHAT, { messages: [] })).body).choices[0].message.content;
    const first = await ask();
    expect(await ask()).not.toBe(first);
    await fetch(`${url}/__reset`, { method: 'POST' });
    expect(await ask()).toBe(first);
  });
});

describe('keys', () => {
  const KEY = 'sk-test-7f3a9c';

  it('are compared when one is required', async () => {
    const { port, url } = await start({ requireKey: KEY });
    const status = async (headers: Record<string, string>) => (await postRaw(port, CHAT, STREAM_BODY, headers)).status;
    expect(await status({})).toBe(401);
    expect(await status({ authorization: 'Bearer wrong' })).toBe(401);
    expect(await status({ authorization: `Bearer ${KEY}` })).toBe(200);
    expect((await fetch(`${url}/v1/models`)).status).toBe(401);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it('never show up in answers or timings', async () => {
    const { port, url } = await start({ requireKey: KEY });
    const headers = { 'x-api-key': KEY, cookie: `key=${KEY}`, 'x-mock-require-key': KEY };
    const answers = [
      await postRaw(port, CHAT, STREAM_BODY, { authorization: `Bearer ${KEY}x` }),
      await postRaw(port, CHAT, STREAM_BODY, { authorization: `Bearer ${KEY}`, 'x-api-key': KEY, cookie: KEY }),
      await postRaw(port, `${CHAT}?key=${KEY}`, STREAM_BODY, headers),
    ];
    const timings = await timingsOf(await Promise.resolve(server!));
    expect(answers.map((answer) => answer.status)).toEqual([401, 200, 400]);
    expect(timings.map((timing) => timing.has_authorization)).toEqual([true, true, false]);
    const seen = answers.map((answer) => answer.wire).join() + (await (await fetch(`${url}/__timings`)).text());
    expect(seen).not.toContain(KEY);
  });

  it('come back in error messages when that is asked for', async () => {
    const { port } = await start({ requireKey: KEY, echoKey: true });
    const wrong = await postRaw(port, CHAT, STREAM_BODY, { authorization: 'Bearer sk-other' });
    expect(JSON.parse(wrong.body).error.message).toBe('Incorrect API key provided: sk-other');
    const right = { authorization: `Bearer ${KEY}` };
    expect((await postRaw(port, CHAT, STREAM_BODY, { ...right, 'x-mock-status': '500' })).body).toContain(KEY);
    expect((await postRaw(port, CHAT, STREAM_BODY, { ...right, 'x-mock-error-at': '1' })).body).toContain(KEY);
  });
});

describe('/__timings', () => {
  it('shows one entry a request in the order of arrival, with what it got', async () => {
    const mock = await start();
    const before = wallClock(now());
    const answer = await postRaw(mock.port, CHAT, STREAM_BODY, { 'x-mock-tokens-per-chunk': '2' });
    await postRaw(mock.port, '/v1/completions', '{', {});
    const [first, second] = await timingsOf(mock);
    expect(first).toMatchObject({
      id: answer.headers['x-request-id'],
      index: 0,
      path: CHAT,
      status: 200,
      aborted: false,
      fault: null,
      prompt_tokens: 5,
      completion_tokens: 4,
      has_authorization: false,
      headers: { 'x-mock-tokens-per-chunk': '2' },
    });
    expect(first!.chunks.map((chunk) => `${chunk.kind} ${chunk.tokens}`)).toEqual([
      'role 0',
      'content 2',
      'content 2',
      'finish 0',
      'usage 0',
      'done 0',
    ]);
    expect(Math.abs(first!.received_at_ms - before)).toBeLessThan(1000);
    expect(second).toMatchObject({ index: 1, path: '/v1/completions', status: 400, chunks: [] });
  });

  it('keeps the body without the prompt, and with it only when asked', async () => {
    const mock = await start();
    await postRaw(mock.port, CHAT, STREAM_BODY);
    await postRaw(mock.port, CHAT, STREAM_BODY, { 'x-mock-keep-messages': 'on' });
    const [bare, full] = await timingsOf(mock);
    const { messages, ...rest } = STREAM_BODY;
    expect(bare!.body).toEqual(rest);
    expect(full!.body).toEqual({ ...rest, messages });
  });

  it('forgets after ?reset=1 and counts from 0 again', async () => {
    const mock = await start();
    await postRaw(mock.port, CHAT, STREAM_BODY);
    expect(await timingsOf(mock, '?reset=1')).toHaveLength(1);
    expect(await timingsOf(mock)).toEqual([]);
    await postRaw(mock.port, CHAT, STREAM_BODY);
    expect((await timingsOf(mock))[0]).toMatchObject({ index: 0 });
  });

  it('names the fault that ended a request, and tells a client that went away apart', async () => {
    const mock = await start();
    for (const knob of ['status:500', 'reset-at:1', 'truncate-at:1', 'cut-at:1', 'error-at:1']) {
      const [name, value] = knob.split(':') as [string, string];
      await postRaw(mock.port, CHAT, STREAM_BODY, { [`x-mock-${name}`]: value });
    }
    const socket = connect(mock.port, '127.0.0.1');
    const body = JSON.stringify(STREAM_BODY);
    socket.write(
      `POST ${CHAT} HTTP/1.1\r\nhost: x\r\nx-mock-stall-at: 1\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await once(socket, 'data');
    socket.destroy();
    let timings = await timingsOf(mock);
    while (timings[5]?.end_ms == null) timings = await timingsOf(mock);
    expect(timings.map((timing) => timing.fault)).toEqual(['status', 'reset', 'truncate', 'cut', 'error', null]);
    expect(timings.map((timing) => timing.aborted)).toEqual([false, false, false, false, false, true]);
  });

  it('survives a hundred thousand chunks in one request', async () => {
    const mock = await start({ outputTokens: 100_000, ttftMs: 0, tpotMs: 0 });
    const answer = await postRaw(mock.port, CHAT, STREAM_BODY);
    expect(answer.isWhole).toBe(true);
    const [timing] = await timingsOf(mock);
    expect(timing!.chunks).toHaveLength(100_004);
    expect(timing!.completion_tokens).toBe(100_000);
  });
});

describe('times', () => {
  it('follow the schedule: never early, never backwards, and without drift', async () => {
    const mock = await start({ ttftMs: 30, tpotMs: 2, outputTokens: 200 });
    await Promise.all(Array.from({ length: 8 }, () => postRaw(mock.port, CHAT, STREAM_BODY)));
    const timings = await timingsOf(mock);
    expect(timings).toHaveLength(8);
    for (const timing of timings) {
      const contents = timing.chunks.filter((chunk) => chunk.kind === 'content');
      const late = contents.map((chunk, i) => chunk.from_ms - (timing.arrival_ms + 30 + 2 * i));
      // Stamps are rounded to 0.1 us.
      expect(Math.min(...late)).toBeGreaterThan(-0.001);
      const stamps = timing.chunks.flatMap((chunk) => [chunk.from_ms, chunk.at_ms]);
      expect(stamps).toEqual([...stamps].sort((a, b) => a - b));
      // The best of the last quarter: a busy machine delays single writes, drift would delay them all.
      expect(Math.min(...late.slice(150))).toBeLessThan(50);
      expect(timing.headers_ms).toBeLessThan(contents[0]!.from_ms);
      expect(timing.end_ms).toBeGreaterThanOrEqual(timing.chunks.at(-1)!.at_ms);
    }
  });

  it('grow with the number of requests in work', async () => {
    const mock = await start({ ttftMs: 40, slowdown: 1, outputTokens: 1 });
    const alone = postRaw(mock.port, CHAT, STREAM_BODY);
    await alone;
    await Promise.all([postRaw(mock.port, CHAT, STREAM_BODY), postRaw(mock.port, CHAT, STREAM_BODY)]);
    const timings = await timingsOf(mock);
    const ttfts = timings.map((timing) => timing.chunks[0]!.from_ms - timing.arrival_ms);
    expect(ttfts[0]! - timings[0]!.max_late_ms).toBeLessThan(40.01);
    expect(Math.max(ttfts[1]!, ttfts[2]!)).toBeGreaterThanOrEqual(80);
  });

  it('send headers and role at once when told to, and all with the first token when told so', async () => {
    const mock = await start({ ttftMs: 40 });
    await postRaw(mock.port, CHAT, STREAM_BODY, { 'x-mock-role-at': 'early' });
    await postRaw(mock.port, CHAT, STREAM_BODY, { 'x-mock-headers-at': 'first-token' });
    const [early, late] = await timingsOf(mock);
    const [role, content] = early!.chunks.map((chunk) => chunk.from_ms - early!.arrival_ms);
    expect(role! - early!.max_late_ms).toBeLessThan(0.01);
    expect(content!).toBeGreaterThanOrEqual(39.999);
    expect(late!.headers_ms - late!.arrival_ms).toBeGreaterThanOrEqual(40);
  });
});

describe('startMockServer', () => {
  it('closes at once with streams open, and may be closed twice', async () => {
    const mock = await start({ stallAt: 1 });
    const open = postRaw(mock.port, CHAT, STREAM_BODY);
    while ((await timingsOf(mock))[0]?.chunks.length !== 2);
    await Promise.all([mock.close(), mock.close()]);
    expect((await open).isWhole).toBe(false);
  });

  it('refuses a port that is taken, with a line to paste', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(startMockServer({ port })).rejects.toMatchObject({
      name: 'ConfigError',
      problems: [{ key: '--port', paste: '--port 0' }],
    });
    other.close();
  });
});
