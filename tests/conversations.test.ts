import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { describeEngines, runInEngine } from './support/engines.ts';

let mock: MockServer;
let folder: string;
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 2, tpotMs: 1, outputTokens: 4, keepMessages: true });
  folder = mkdtempSync(join(tmpdir(), 'k6-llm-perf-'));
});
beforeEach(async () => {
  await fetch(`${mock.url}/__reset`, { method: 'POST' });
});
afterAll(() => mock.close());

interface Sent {
  readonly messages: readonly { readonly role: string; readonly content: string | null }[];
  readonly max_tokens: number;
  readonly tools?: unknown;
}

async function sent(): Promise<Sent[]> {
  return ((await (await fetch(`${mock.url}/__timings`)).json()) as { body: Sent }[]).map(({ body }) => body);
}

function write(name: string, lines: readonly unknown[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return path;
}

const user = (content: string, more = {}) => ({ role: 'user', content, ...more });
const assistant = (content: string) => ({ role: 'assistant', content });

describeEngines('conversations', (engine) => {
  const run = (bundle: string, settings: Readonly<Record<string, string>>) =>
    runInEngine(engine, bundle, {
      URL: `${mock.url}/v1/chat/completions`,
      MODEL: 'm',
      NO_TEST_CONNECTION: 'true',
      SAVE_TEXT: 'true',
      ...settings,
    });

  it('are one request a turn, each with what was said and served before', async () => {
    const call = {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
    };
    const DATASET_PATH = write('talk.jsonl', [
      { messages: [user('a'), assistant('recorded'), user('b', { delay_ms: 60 }), assistant('x'), user('c')] },
      {
        tools: [{ type: 'function' }],
        messages: [user('d'), call, { role: 'tool', tool_call_id: 'c', content: 'r', latency_ms: 40 }],
      },
    ]);
    const settings = { DATASET_PATH, NUMBER: '2', WARMUP_NUM: '1', SESSION_HEADER: 'X-Session-ID', SYSTEM_PROMPT: 's' };
    const { exitCode, records, stdout } = await run('multi-turn', settings);
    expect(exitCode).toBe(0);
    // The warm-up is the first conversation; then come the second, and the first again.
    expect(
      records.map(({ index, conversation, warmup }) => [index, conversation?.id, conversation?.turn, warmup ?? false]),
    ).toEqual([
      [0, '0', 1, true],
      [1, '0', 2, true],
      [2, '0', 3, true],
      [3, '1', 1, false],
      [4, '1', 2, false],
      [5, '2', 1, false],
      [6, '2', 2, false],
      [7, '2', 3, false],
    ]);
    expect(stdout).toMatch(/Expected number of requests +\| 5 /);
    expect(stdout).toContain('3 warm-up requests came first');
    const [first, second, , agent, result] = records;
    expect((second?.start_ms ?? 0) - (first?.end_ms ?? 0)).toBeGreaterThanOrEqual(58);
    expect((result?.start_ms ?? 0) - (agent?.end_ms ?? 0)).toBeGreaterThanOrEqual(38);
    const bodies = await sent();
    expect(bodies[1]?.messages.map(({ content }) => content)).toEqual(['s', 'a', first?.response, 'b']);
    expect(bodies[4]).toMatchObject({ tools: [{}], messages: [{}, user('d'), call, { role: 'tool', content: 'r' }] });
  });

  it('end with a turn that fails, and what was not sent then is not missing', async () => {
    const DATASET_PATH = write('long.jsonl', [[user('a'), assistant('b'), user('c'), assistant('d'), user('e')]]);
    const settings = {
      DATASET_PATH,
      NUMBER: '2',
      HISTORY: 'recorded',
      HEADERS: 'x-mock-status=500,x-mock-fail-first=1',
    };
    const { records, stdout } = await run('multi-turn', settings);
    expect(records.map(({ index, outcome }) => [index, outcome])).toEqual([
      [0, 'failed'],
      [3, 'completed'],
      [4, 'completed'],
      [5, 'completed'],
    ]);
    expect(stdout).not.toContain('never went out');
    expect((await sent()).at(-1)?.messages.map(({ content }) => content)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('of a trace start at their times, as long as recorded, with the beginnings that their hashes share', async () => {
    const prompt = (start_ms: number, ...blocks: number[]) => ({
      start_ms,
      turns: [{ messages: [{ role: 'user', tokens: 25, blocks, block_tokens: 10 }], output_tokens: 7 }],
    });
    const talk = { id: 't', start_ms: 200, turns: [{ messages: [user('x')] }, { messages: [user('y')], at_ms: 400 }] };
    const DATASET_PATH = write('day.jsonl', [prompt(0, 1, 2, 3), prompt(100, 1, 2, 4), talk]);
    const settings = { DATASET_PATH, MATCH_OUTPUT_LENGTH: 'true', TURN_RULE: 'timestamp', SPEED: '2' };
    const { exitCode, records } = await run('trace', settings);
    expect(exitCode).toBe(0);
    const begin = records[0]?.scheduled_ms ?? 0;
    expect(records.map(({ scheduled_ms }) => Math.round((scheduled_ms ?? 0) - begin))).toEqual([0, 50, 100, 300]);
    expect(records.map(({ output_tokens }) => output_tokens)).toEqual([7, 7, 4, 4]);
    expect(records.map(({ conversation }) => conversation?.id ?? null)).toEqual([null, null, 't/2', 't/2']);
    const [one, other] = (await sent()).map(({ messages }) => String(messages[0]?.content).split(' '));
    expect([one?.length, other?.length]).toEqual([25, 25]);
    expect(one?.slice(0, 20)).toEqual(other?.slice(0, 20));
    expect(one?.slice(20)).not.toEqual(other?.slice(20));
  });

  it('of users at a rate start evenly, one turn after the other', async () => {
    const settings = {
      USERS: '2',
      RATE: '20',
      NUMBER: '2',
      MIN_TURNS: '2',
      MAX_TURNS: '2',
      INPUT_LEN: '8',
      PREFIX_LENGTH: '5',
    };
    const { records } = await run('random-multi-turn', settings);
    const begin = records[0]?.scheduled_ms ?? 0;
    const starts = records.map(({ scheduled_ms }) => (scheduled_ms ?? 0) - begin);
    // A start every 1 / 20 s, those of one user 2 / 20 s apart, counted from when the one before started.
    for (const [place, wanted] of [0, 100, 50, 150].entries())
      expect(Math.abs((starts[place] as number) - wanted)).toBeLessThan(40);
    const bodies = await sent();
    const lengths = bodies.map(({ messages }) =>
      messages.filter(({ role }) => role !== 'assistant').map(({ content }) => content?.split(' ').length),
    );
    expect(lengths.filter(({ length }) => length === 2)).toEqual([
      [5, 8],
      [5, 8],
    ]);
    expect(lengths.filter(({ length }) => length === 3)).toEqual([
      [5, 8, 8],
      [5, 8, 8],
    ]);
  });
});
