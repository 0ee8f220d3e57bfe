import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { makePicture, makePictureParts } from '../lib/dataset/random-picture.ts';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { runCli } from './support/cli.ts';
import { describeEngines, runInEngine } from './support/engines.ts';
import { listen } from './support/listen.ts';

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 0, tpotMs: 0, outputTokens: 1, keepMessages: true, tokenizer: 'o200k_base' });
});
beforeEach(async () => {
  await fetch(`${mock.url}/__reset`, { method: 'POST' });
});
afterAll(() => mock.close());

async function listBodies(): Promise<string[]> {
  const timings = (await (await fetch(`${mock.url}/__timings?reset=1`)).json()) as readonly { body: unknown }[];
  return timings.map(({ body }) => JSON.stringify(body));
}

/** The base64 of all pictures in bodies, whatever the API. */
function picturesIn(bodies: readonly string[]): string[] {
  return bodies.flatMap((body) =>
    [...body.matchAll(/[",]((?:iVBORw0KGgo|\/9j\/)[\w+/]*=*)"/g)].map(([, data]) => data as string),
  );
}

/** Bytes of the pixels of a PNG, with a byte for each row. */
function pixelsOf(base64: string): number {
  const file = Buffer.from(base64, 'base64');
  return inflateSync(file.subarray(41, 41 + file.readUInt32BE(33))).length;
}

describeEngines('pictures', (engine) => {
  const run = (bundle: string, settings: Readonly<Record<string, string>>) =>
    runInEngine(engine, bundle, {
      MODEL: 'm',
      PARALLEL: '2',
      NO_TEST_CONNECTION: 'true',
      CONNECT_PROBES: 'false',
      LOG_EVERY_N_QUERY: '0',
      ...settings,
    });

  const apis: readonly (readonly [api: string, isTold: boolean])[] = [
    ['openai-chat', true],
    ['ollama', false],
    ['openai-responses', false],
    ['anthropic', false],
    ['gemini', true],
  ];
  // What the bodies hold is of one code; the others are left out in k6, which starts slowly.
  it.each(engine === 'node' ? apis : apis.slice(0, 2))(
    'that are made are right for %s, each another one, and counted beside the text',
    async (api, isTold) => {
      const settings = { INPUT_LEN: '30', IMAGE_NUM: '2', IMAGE_WIDTH: '40', IMAGE_HEIGHT: '29', SAVE_TEXT: 'true' };
      const { records, exitCode } = await run('random-vl', { URL: mock.url, API: api, NUMBER: '3', ...settings });
      expect(exitCode).toBe(0);
      expect(records.map(({ outcome }) => outcome)).toEqual(['completed', 'completed', 'completed']);
      // 30 words, and two pictures of 2 by 2 squares of 28 pixels, as the mock counts them.
      for (const record of records) {
        expect(record.input_tokens).toBe(30 + 2 * 4);
        // The difference would be that of a guess.
        expect(record.prepared_tokens).toBeNull();
        expect(record.image_tokens).toBe(isTold ? 8 : undefined);
        expect(record.prompt?.split(' ')).toHaveLength(30);
      }
      const pictures = picturesIn(await listBodies());
      expect(new Set(pictures).size).toBe(6);
      for (const picture of pictures) expect(pixelsOf(picture)).toBe(29 * (1 + 3 * 40));
    },
  );

  it('of files, data URLs and addresses are sent as they are, and records keep none of them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'k6-llm-perf-'));
    mkdirSync(join(folder, 'pictures'));
    const { parts, text } = makePictureParts({ width: 30, height: 5, format: 'l' }, 1);
    const [png, other] = [makePicture(parts, text, 0, 0), makePicture(parts, text, 1, 0)];
    writeFileSync(join(folder, 'pictures', 'a.png'), Buffer.from(png, 'base64'));
    const urls = ['pictures/a.png', `data:image/png;base64,${other}`, 'https://example.com/a.jpg'];
    const content = [
      { type: 'text', text: 'Which?' },
      ...urls.map((url) => ({ type: 'image_url', image_url: { url } })),
    ];
    writeFileSync(join(folder, 'prompts.jsonl'), JSON.stringify({ messages: [{ role: 'user', content }] }));
    const settings = { URL: mock.url, DATASET_PATH: join(folder, 'prompts.jsonl'), NUMBER: '2', SAVE_TEXT: 'true' };
    const { records, stdout } = await run('custom', settings);
    const bodies = await listBodies();
    expect(picturesIn(bodies)).toEqual([png, other, png, other]);
    expect(bodies[0]).toContain('https://example.com/a.jpg');
    // "Which?" is 2 tokens; the pictures are 2, 2 and 256.
    expect(records.map(({ input_tokens, image_tokens, prompt }) => [input_tokens, image_tokens, prompt])).toEqual([
      [262, 260, 'Which?'],
      [262, 260, 'Which?'],
    ]);
    expect(JSON.stringify(records) + stdout).not.toContain(png.slice(0, 40));

    const turns = [
      { role: 'user', content },
      { role: 'assistant', content: 'That.' },
      { role: 'user', content: 'Why?' },
    ];
    writeFileSync(join(folder, 'turns.jsonl'), JSON.stringify({ messages: turns }));
    await run('multi-turn', { URL: mock.url, DATASET_PATH: join(folder, 'turns.jsonl'), NUMBER: '1' });
    expect(picturesIn(await listBodies())).toEqual([png, other, png, other]);
  });

  it('are refused where they are wrong, all at once, with file and line, and where the API takes none', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'k6-llm-perf-')), 'prompts.jsonl');
    const lineOf = (...urls: string[]) =>
      JSON.stringify({
        messages: [{ role: 'user', content: urls.map((url) => ({ type: 'image_url', image_url: { url } })) }],
      });
    writeFileSync(path, [lineOf('gone.png', 'prompts.jsonl'), lineOf('data:image/png,x')].join('\n'));
    const { stderr: said, exitCode } = await run('custom', { URL: mock.url, DATASET_PATH: path });
    // k6 writes quotes of its own around it.
    const stderr = said.replaceAll('\\"', '"');
    expect(exitCode).toBe(104);
    expect(stderr).toContain('prompts.jsonl:1: got the picture "');
    expect(stderr).toContain('gone.png": the file cannot be read; the picture "');
    expect(stderr).toContain('prompts.jsonl": not PNG, JPEG');
    expect(stderr).toContain('prompts.jsonl:2: got a data URL that is not data:TYPE;base64,DATA');

    const completions = await run('random-vl', { URL: `${mock.url}/v1/completions`, NUMBER: '2' });
    expect(completions.exitCode).toBe(104);
    expect(completions.stderr).toContain('got openai-completions, and 3 of 3 prompts hold pictures');
  });

  it('that a service echoes are a word in its error, on the terminal and in records', async () => {
    let streams = 0;
    const server = createServer(async (request, response) => {
      const bodies: Buffer[] = [];
      for await (const chunk of request) bodies.push(chunk as Buffer);
      const words = `{"input":${Buffer.concat(bodies).toString()},"why":"no pictures here"}`;
      // k6 asks for the words of a status once more, and not for a stream.
      if (request.headers.accept?.includes('event-stream') === true) streams += 1;
      if (streams < 2) {
        response.writeHead(400, { 'content-type': 'application/json' });
        response.end(words);
        return;
      }
      // The words come after a picture of 11 kB, in an event of an error, and in one of a status.
      response.writeHead(streams === 2 ? 200 : 422, { 'content-type': 'text/event-stream' });
      response.end(`data: {"error":${words}}\n\n`);
    });
    const url = `http://127.0.0.1:${await listen(server)}/v1`;
    try {
      const size = { INPUT_LEN: '5', IMAGE_WIDTH: '60', IMAGE_HEIGHT: '60' };
      const { records, stderr } = await run('random-vl', { URL: url, NUMBER: '3', ...size, PARALLEL: '1' });
      expect(records.map(({ failure }) => failure?.kind)).toEqual(['http-status', 'api-error', 'http-status']);
      // 60 rows of 1 + 180 bytes, and what is around them in the file.
      for (const { failure } of records)
        expect(failure?.detail).toMatch(/base64,… \(11 kB\).*"why":"no pictures here"/);
      expect(stderr).toContain('base64,… (11 kB)');
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});

it('are not of one length in tokens', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'k6-llm-perf-'));
  const content = [{ type: 'image_url', image_url: { url: 'https://example.com/a.jpg' } }];
  writeFileSync(join(folder, 'p.jsonl'), JSON.stringify({ messages: [{ role: 'user', content }] }));
  const words = '--model m --dataset custom --dataset-path p.jsonl --target-input-len 5 --tokenizer o200k_base';
  const { code, stderr } = await runCli(words.split(' '), { cwd: folder });
  expect([code, stderr]).toEqual([104, expect.stringContaining('beside prompts that all hold content parts')]);
});
