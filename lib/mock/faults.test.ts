import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataOf, jsonOf, postRaw, type RawAnswer, STREAM_BODY } from '../../tests/support/mock-client.ts';
import { reserveRefusedPort } from '../../tests/support/refused-port.ts';
import { now } from './clock.ts';
import { type MockServer, startMockServer } from './server.ts';

const CHAT = '/v1/chat/completions';
let server: MockServer;

beforeAll(async () => {
  server = await startMockServer({ ttftMs: 2, tpotMs: 1, outputTokens: 5 });
});

afterAll(() => server.close());

/** Posts a streaming chat request with knobs in headers: `{ 'cut-at': '2' }`. */
function ask(knobs: Readonly<Record<string, string>> = {}, body: unknown = STREAM_BODY): Promise<RawAnswer> {
  const headers = Object.fromEntries(Object.entries(knobs).map(([name, value]) => [`x-mock-${name}`, value]));
  return postRaw(server.port, CHAT, body, headers);
}

const PLAIN_BODY = { ...STREAM_BODY, stream: false };

function contentsOf(answer: RawAnswer): number {
  return jsonOf(answer).filter((event) => event.choices?.[0]?.delta['content']).length;
}

describe('a stream without faults', () => {
  it('is one HTTP chunk an event, whole, and ends in [DONE] and a blank line', async () => {
    const answer = await ask();
    expect(answer).toMatchObject({ status: 200, isWhole: true, error: null });
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(answer.chunks).toHaveLength(9);
    expect(answer.chunks.every((chunk) => /^data: [^\n]+\n\n$/.test(chunk.toString()))).toBe(true);
    expect(answer.body.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(contentsOf(answer)).toBe(5);
  });
});

describe('ends before the end', () => {
  it('resets on arrival, before any byte', async () => {
    expect(await ask({ 'reset-at': 'arrival' })).toMatchObject({ wire: '', error: 'ECONNRESET' });
  });

  it('resets after the headers, before any event', async () => {
    expect(await ask({ 'reset-at': 'headers' })).toMatchObject({ status: 200, body: '', error: 'ECONNRESET' });
  });

  it('resets after a chunk, which still arrives', async () => {
    const answer = await ask({ 'reset-at': '2' });
    expect(answer).toMatchObject({ status: 200, isWhole: false, error: 'ECONNRESET' });
    expect(contentsOf(answer)).toBe(2);
  });

  it('truncates inside the chunked body: the connection closes without its zero chunk', async () => {
    const answer = await ask({ 'truncate-at': '3' });
    expect(answer).toMatchObject({ status: 200, isWhole: false, error: null });
    expect(contentsOf(answer)).toBe(3);
  });

  it('cuts in good order, without finish reason, usage or [DONE]', async () => {
    const answer = await ask({ 'cut-at': '3' });
    expect(answer).toMatchObject({ status: 200, isWhole: true, error: null });
    expect(contentsOf(answer)).toBe(3);
    expect(dataOf(answer)).toHaveLength(4);
    expect(answer.body).not.toMatch(/DONE|"finish_reason":"|usage/);
  });

  it('ends right after the headers when the chunk is 0', async () => {
    expect(await ask({ 'cut-at': '0' })).toMatchObject({ status: 200, isWhole: true, body: '' });
    expect(await ask({ 'truncate-at': '0' })).toMatchObject({ status: 200, isWhole: false, body: '' });
  });

  it('has their likeness without a stream', async () => {
    const length = async (knobs: Record<string, string>) => {
      const answer = await ask(knobs, PLAIN_BODY);
      return { ...answer, got: answer.body.length, told: Number(answer.headers['content-length']) };
    };
    const reset = await length({ 'reset-at': '1' });
    expect(reset.error).toBe('ECONNRESET');
    expect(reset.got).toBe(reset.told >> 1);
    expect(await length({ 'truncate-at': '1' })).toMatchObject({ error: null, isWhole: false });
    const cut = await length({ 'cut-at': '1' });
    expect(cut.isWhole).toBe(true);
    expect(() => JSON.parse(cut.body)).toThrow(SyntaxError);
  });
});

describe('payloads that are not what they should be', () => {
  it('breaks the JSON of one chunk, and goes on', async () => {
    const data = dataOf(await ask({ 'malformed-at': '2' }));
    const broken = data.filter((line) => line !== '[DONE]' && !line.endsWith('}'));
    expect(broken).toHaveLength(1);
    expect(data.indexOf(broken[0]!)).toBe(2);
    expect(data.at(-1)).toBe('[DONE]');
  });

  it('sends an error object in the place of a chunk and ends, with [DONE] only when asked', async () => {
    const answer = await ask({ 'error-at': '3' });
    expect(contentsOf(answer)).toBe(2);
    expect(jsonOf(answer).at(-1)?.error).toMatchObject({ message: 'The model ran into a planned fault', code: 500 });
    expect(answer.isWhole).toBe(true);
    expect(answer.body).not.toContain('[DONE]');
    expect(dataOf(await ask({ 'error-at': '3', 'error-done': 'on' })).at(-1)).toBe('[DONE]');
  });

  it('answers JSON with status 200 although a stream was asked for', async () => {
    const answer = await ask({ 'json-instead-of-stream': 'on' });
    expect(answer.headers['content-type']).toBe('application/json');
    expect(JSON.parse(answer.body)).toMatchObject({ object: 'chat.completion', usage: { completion_tokens: 5 } });
  });

  it('answers a page with status 200', async () => {
    const answer = await ask({ 'html-200': 'on' });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/html']);
    expect(answer.body).toMatch(/^<html>/);
  });
});

describe('the end of a stream', () => {
  it('comes without [DONE], with two, or with data after it', async () => {
    expect(dataOf(await ask({ 'no-done': 'on' }))).not.toContain('[DONE]');
    expect(dataOf(await ask({ 'done-twice': 'on' })).slice(-2)).toEqual(['[DONE]', '[DONE]']);
    const [done, late] = dataOf(await ask({ 'data-after-done': 'on' })).slice(-2);
    expect(done).toBe('[DONE]');
    expect(late).toContain('" late"');
  });

  it('lacks its last blank line, or its last newline too', async () => {
    const end = async (value: string) => (await ask({ 'no-final-newline': value })).body.slice(-8);
    expect(await end('on')).toBe(': [DONE]');
    expect(await end('line')).toBe(' [DONE]\n');
    expect(await end('off')).toBe('[DONE]\n\n');
  });

  it('leaves the connection open after [DONE] when told to', async () => {
    await postJson('/__reset');
    await ask({ 'keep-open-after-done-ms': '40' });
    const [timing] = await timings();
    const done = timing!.chunks.at(-1)!;
    expect(done.kind).toBe('done');
    expect(timing!.end_ms - done.from_ms).toBeGreaterThanOrEqual(39 - timing!.max_late_ms);
  });
});

describe('a stall', () => {
  it('sends no byte, not even a ping, until it is over, and loses nothing', async () => {
    await postJson('/__reset');
    const answer = await ask({ 'stall-at': '2', 'stall-ms': '60', 'ping-every-ms': '5' });
    expect(contentsOf(answer)).toBe(5);
    const [timing] = await timings();
    const gaps = timing!.chunks.slice(1).map((chunk, i) => chunk.from_ms - timing!.chunks[i]!.from_ms);
    // The schedule is absolute: what the write before the stall came late is missing from the gap.
    expect(Math.max(...gaps)).toBeGreaterThanOrEqual(59 - timing!.max_late_ms);
    expect(timing!.chunks.filter((chunk) => chunk.kind === 'ping').length).toBeLessThanOrEqual(2);
  });
});

describe('status faults', () => {
  it('answer as OpenAI does, without a newline at the end, and with Retry-After when told to', async () => {
    const answer = await ask({ status: '429', 'retry-after': '7' });
    expect(answer).toMatchObject({ status: 429, isWhole: true });
    expect(answer.headers).toMatchObject({ 'retry-after': '7', 'content-type': 'application/json' });
    expect(answer.body.endsWith('}')).toBe(true);
    expect(JSON.parse(answer.body)).toEqual({
      error: { message: 'Rate limit reached', type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' },
    });
  });

  it('have a body of every kind', async () => {
    const body = (knobs: Record<string, string>) => ask({ status: '503', ...knobs });
    expect((await body({ 'error-newline': 'on' })).body.endsWith('}\n')).toBe(true);
    expect(await body({ 'error-body': 'html' })).toMatchObject({ headers: { 'content-type': 'text/html' } });
    expect(await body({ 'error-body': 'empty' })).toMatchObject({ body: '', headers: { 'content-length': '0' } });
    const none = await body({ 'error-body': 'none' });
    expect(none).toMatchObject({ status: 503, body: '', error: null });
    expect(Object.keys(none.headers)).not.toContain('content-length');
    expect(Object.keys(none.headers)).not.toContain('transfer-encoding');
    expect(Object.keys(none.headers)).not.toContain('content-type');
  });

  it('hit the first requests, those after a number, or a share that the seed draws', async () => {
    const statuses = async (knobs: Record<string, string>, count: number) => {
      await postJson('/__reset');
      const found: number[] = [];
      for (let i = 0; i < count; i++) found.push((await ask({ status: '500', ...knobs })).status);
      return found;
    };
    expect(await statuses({ 'fail-first': '2' }, 4)).toEqual([500, 500, 200, 200]);
    expect(await statuses({ 'fail-after': '3' }, 4)).toEqual([200, 200, 200, 500]);
    expect(await statuses({ 'fault-rate': '0' }, 2)).toEqual([200, 200]);
    const drawn = await statuses({ 'status-rate': '0.5' }, 24);
    expect(await statuses({ 'status-rate': '0.5' }, 24)).toEqual(drawn);
    expect(new Set(drawn)).toEqual(new Set([200, 500]));
  });

  it('redirect to the same address, once', async () => {
    const answer = await ask({ redirect: 'on' });
    expect([answer.status, answer.headers['location']]).toEqual([307, `${CHAT}?redirected=1`]);
    const followed = await postRaw(server.port, `${CHAT}?redirected=1`, STREAM_BODY, { 'x-mock-redirect': 'on' });
    expect(followed.status).toBe(200);
  });
});

describe('reserveRefusedPort', () => {
  it('names a port that refuses connections', async () => {
    const port = await reserveRefusedPort();
    const code = await new Promise((resolve) => {
      connect(port, '127.0.0.1').on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    });
    expect(code).toBe('ECONNREFUSED');
  });
});

describe('slow headers', () => {
  it('hold back the whole answer, errors included', async () => {
    const start = now();
    await ask({ 'slow-headers-ms': '40', status: '500' });
    expect(now() - start).toBeGreaterThanOrEqual(39);
    await postJson('/__reset');
    await ask({ 'slow-headers-ms': '40' });
    const [timing] = await timings();
    expect(timing!.headers_ms - timing!.arrival_ms).toBeGreaterThanOrEqual(40);
    expect(timing!.chunks[0]!.from_ms).toBeGreaterThanOrEqual(timing!.headers_ms);
  });
});

interface Timing {
  readonly arrival_ms: number;
  readonly headers_ms: number;
  readonly end_ms: number;
  readonly max_late_ms: number;
  readonly chunks: readonly { readonly from_ms: number; readonly kind: string }[];
}

function timings(): Promise<Timing[]> {
  return fetch(`${server.url}/__timings`).then((response) => response.json() as Promise<Timing[]>);
}

function postJson(path: string): Promise<unknown> {
  return fetch(server.url + path, { method: 'POST' }).then((response) => response.json());
}
