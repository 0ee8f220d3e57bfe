import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataOf, jsonOf, postRaw, type RawAnswer, STREAM_BODY } from '../../tests/support/mock-client.ts';
import { type MockServer, startMockServer } from './server.ts';

let server: MockServer;

beforeAll(async () => {
  server = await startMockServer({ ttftMs: 4, tpotMs: 1, outputTokens: 4 });
});

afterAll(() => server.close());

function ask(
  knobs: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  const all = Object.entries(knobs).map(([name, value]) => [`x-mock-${name}`, value]);
  return postRaw(server.port, '/v1/chat/completions', STREAM_BODY, { ...Object.fromEntries(all), ...headers });
}

/** What a reader that follows the standard makes of a stream: events with their data lines joined. */
function readEvents(text: string): string[] {
  const blocks = text.replaceAll('\r\n', '\n').split('\n\n');
  return blocks.flatMap((block) => {
    const lines = block.split('\n').filter((line) => line.startsWith('data: '));
    return lines.length === 0 ? [] : [lines.map((line) => line.slice('data: '.length)).join('\n')];
  });
}

describe('lines', () => {
  it('end in CR LF everywhere when asked', async () => {
    const { body } = await ask({ crlf: 'on', 'ping-before-first': '1', 'event-lines': 'on', 'multi-line-data': 'on' });
    expect(body.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(body.endsWith('data: [DONE]\r\n\r\n')).toBe(true);
  });

  it('have event and id lines before the data', async () => {
    const { chunks } = await ask({ 'event-lines': 'on' });
    expect(chunks[0]?.toString()).toMatch(/^event: message\nid: 0\ndata: \{.*\}\n\n$/);
    expect(chunks.at(-1)?.toString()).toBe(`event: message\nid: ${chunks.length - 1}\ndata: [DONE]\n\n`);
  });

  it('spread JSON over two data lines that join to the same JSON', async () => {
    const { chunks, body } = await ask({ 'multi-line-data': 'on' });
    expect(chunks[1]?.toString()).toMatch(/^data: \{.*,\ndata: "choices":.*\}\n\n$/);
    const events = readEvents(body);
    expect(events.slice(0, -1).map((event) => JSON.parse(event).object)).toEqual(
      Array(7).fill('chat.completion.chunk'),
    );
  });

  it('pad the line of the first output to the number of bytes', async () => {
    const answer = await ask({ 'big-line-bytes': '70000' });
    const sizes = answer.body.split('\n').map((line) => Buffer.byteLength(line));
    expect(sizes.filter((size) => size > 1000)).toEqual([70_000]);
    expect(jsonOf(answer)[1]?.choices[0]?.delta['content']).toEqual(expect.any(String));
  });
});

describe('pings', () => {
  it('come before the first output, in every style', async () => {
    const texts = {
      comment: ': ping\n\n',
      bare: ':\n\n',
      blank: '\n\n',
      'empty-data': 'data:\n\n',
      event: 'event: ping\ndata: {"type":"ping"}\n\n',
    };
    for (const [style, text] of Object.entries(texts)) {
      const { chunks } = await ask({ 'ping-before-first': '2', 'ping-style': style });
      expect(chunks.slice(0, 2).map(String)).toEqual([text, text]);
      expect(chunks[2]?.toString()).toContain('"role"');
    }
  });

  it('come at a steady pace as long as the stream lasts', async () => {
    const { chunks } = await ask({ 'ping-every-ms': '10', 'ttft-ms': '35', 'tpot-ms': '10' });
    const pings = chunks.flatMap((chunk, place) => (chunk.toString() === ': ping\n\n' ? [place] : []));
    // At 10, 20, 30 before the role at 35; at 40, 50, 60 between the tokens at 35, 45, 55, 65.
    expect(pings).toEqual([0, 1, 2, 5, 7, 9]);
  });
});

describe('writes', () => {
  it('hold several events when coalesced, and lose none', async () => {
    const answer = await ask({ coalesce: '3' });
    expect(answer.chunks.map((chunk) => readEvents(chunk.toString()).length)).toEqual([3, 3, 2]);
    expect(dataOf(answer).at(-1)).toBe('[DONE]');
  });

  it('are cut inside a character when split', async () => {
    const answer = await ask({ split: 'on', 'split-ms': '1' });
    expect(answer.chunks).toHaveLength(16);
    const firstHalf = answer.chunks[2]!;
    expect(firstHalf.at(-1)).toBeGreaterThanOrEqual(0xc0);
    expect(firstHalf.toString('utf8').endsWith('\ufffd')).toBe(true);
    expect(answer.body).not.toContain('\ufffd');
    expect(jsonOf(answer)[1]?.choices[0]?.delta['content']).toMatch(/[^ -~]/);
  });

  it('come in tiny pieces', async () => {
    const answer = await ask({ 'tiny-chunks': '20' });
    expect(answer.chunks.length).toBeGreaterThan(8 * 10);
    expect(answer.isWhole).toBe(true);
    expect(jsonOf(answer)).toHaveLength(7);
  });
});

describe('gzip', () => {
  it('is used when forced, each write readable when it arrives', async () => {
    const answer = await ask({ gzip: 'forced' });
    expect(answer.headers['content-encoding']).toBe('gzip');
    const whole = gunzipSync(Buffer.concat(answer.chunks)).toString();
    expect(readEvents(whole).at(-1)).toBe('[DONE]');
    const { Z_SYNC_FLUSH } = (await import('node:zlib')).constants;
    const start = gunzipSync(Buffer.concat(answer.chunks.slice(0, 2)), { finishFlush: Z_SYNC_FLUSH }).toString();
    expect(readEvents(start)).toHaveLength(2);
    expect(whole.startsWith(start)).toBe(true);
  });

  it('is left to the request otherwise', async () => {
    const encoding = async (accept: string) =>
      (await ask({ gzip: 'accepted' }, { 'accept-encoding': accept })).headers['content-encoding'];
    expect(await encoding('gzip, deflate')).toBe('gzip');
    expect(await encoding('identity')).toBeUndefined();
  });
});

describe('connections', () => {
  it('are kept, or closed after each answer when asked', async () => {
    const connection = async (knob: string) => {
      const response = await fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'x-mock-close-connection': knob },
        body: JSON.stringify(STREAM_BODY),
      });
      await response.text();
      return response.headers.get('connection');
    };
    expect(await connection('off')).toBe('keep-alive');
    expect(await connection('on')).toBe('close');
  });
});
