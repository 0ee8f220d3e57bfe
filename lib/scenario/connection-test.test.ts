import { describe, expect, it } from 'vitest';
import { configOf } from '../../tests/support/run-config.ts';
import { buildRequest } from '../api/build-request.ts';
import { toEventTexts } from '../stream/event-texts.ts';
import type { ReceivedAnswer } from '../stream/received-answer.ts';
import { type Answer, type ConnectionPorts, type Question, testConnection } from './connection-test.ts';

const ANSWER: Answer = { status: 401, headers: {}, text: '', error: '' };
const GOOD: ReceivedAnswer & { begun: boolean } = {
  ...{ status: 200, headers: {}, error: '', times: [], data: toEventTexts([]), done: true, text: '', begun: true },
  ...{ firstByteMs: null, endMs: 0 },
};

/** A world whose clock only moves when the test waits. */
function createWorld(ports: Partial<ConnectionPorts> = {}) {
  const clock = { currentTestRunDuration: 0 };
  const said: string[] = [];
  const asked: Question[] = [];
  const timeouts: number[] = [];
  const all: ConnectionPorts = {
    clock,
    seesEvents: true,
    send: async (request) => {
      timeouts.push(request.totalTimeoutMs);
      return GOOD;
    },
    judge: () => null,
    ask: async (question) => {
      asked.push(question);
      return ANSWER;
    },
    connects: async () => true,
    pause: async (ms) => {
      clock.currentTestRunDuration += ms;
    },
    say: (line) => said.push(line),
    show: (text) => text,
    ...ports,
  };
  const test = (settings: Record<string, string> = {}) => {
    const config = configOf(settings);
    return testConnection(config, buildRequest({ messages: [{ role: 'user', content: 'hi' }] }, config), all);
  };
  return { clock, said, asked, timeouts, test };
}

const REFUSED = 'Post "http://h/v1": dial tcp 127.0.0.1:1: connect: connection refused';

describe('testConnection', () => {
  it('sends nothing of the run where no connection comes about', async () => {
    const world = createWorld({ ask: async () => ({ ...ANSWER, status: 0, error: REFUSED }) });
    expect((await world.test())?.[1]).toBe(`  got:   ${REFUSED}`);
    expect(world.timeouts).toEqual([]);
  });

  it('sends the request of the run where the first question is not answered though the connection is there', async () => {
    const world = createWorld({ ask: async () => ({ ...ANSWER, status: 0, error: 'request timeout' }) });
    expect(await world.test({ READ_TIMEOUT: '42' })).toBeNull();
    expect(world.timeouts).toEqual([42_000]);
  });

  it('waits no longer for the answer to the first question than a redirect takes', async () => {
    const world = createWorld();
    await world.test({ CONNECT_TIMEOUT: '120' });
    await world.test({ CONNECT_TIMEOUT: '2' });
    expect(world.asked.map(({ timeoutMs }) => timeoutMs)).toEqual([10_000, 2000]);
  });

  it('says the same words every half minute, and tries up to the end of the time', async () => {
    let tries = 0;
    const world = createWorld({
      ask: async () => {
        tries += 1;
        return { ...ANSWER, status: 0, error: REFUSED };
      },
    });
    const lines = await world.test({ WAIT_FOR_MODEL: '65s' });
    expect(lines?.[0]).toContain('tried for 1 min 5 s');
    expect(world.said.map((line) => line.slice(0, line.indexOf(')') + 1))).toEqual([
      'waiting for the service (0.0 s of 1 min 5 s)',
      'waiting for the service (30 s of 1 min 5 s)',
      'waiting for the service (1 min of 1 min 5 s)',
    ]);
    // One a second, the last at the end of the time.
    expect(tries).toBe(66);
  });

  it('gives each further try twice the time, within what is left', async () => {
    let tries = 0;
    const limits: number[] = [];
    const world = createWorld({
      send: async (request) => {
        limits.push(request.totalTimeoutMs);
        tries += 1;
        world.clock.currentTestRunDuration += request.totalTimeoutMs;
        return tries < 4 ? { ...GOOD, status: 0, begun: false, error: 'context deadline exceeded' } : GOOD;
      },
    });
    expect(await world.test({ WAIT_FOR_MODEL: '60s' })).toBeNull();
    // 5, 10 and 20 s, a second between them; of the minute 22 s are left.
    expect(limits).toEqual([5000, 10_000, 20_000, 22_000]);
    expect(world.said.at(-1)).toMatch(/^the service answers, after 1 min/);
  });

  it('takes a stream that began and is slow for good, and a silent one for a timeout', async () => {
    const failure = { kind: 'timeout', status: 200, detail: 'context deadline exceeded' } as const;
    const slow = createWorld({ judge: () => failure });
    expect(await slow.test()).toBeNull();
    const silent = createWorld({ judge: () => failure, send: async () => ({ ...GOOD, begun: false }) });
    expect((await silent.test())?.[1]).toContain('headers came, but no event within');
  });

  it('tells when the service changed its mind while it was asked for its words', async () => {
    const failure = { kind: 'http-status', status: 503, detail: 'HTTP 503' } as const;
    const world = createWorld({
      judge: () => failure,
      send: async () => ({ ...GOOD, status: 503, done: false }),
      ask: async () => ({ ...ANSWER, status: 429, text: 'slow down' }),
    });
    expect((await world.test())?.[1]).toBe('  got:   HTTP 503: (asked again: HTTP 429) slow down');
  });
});
