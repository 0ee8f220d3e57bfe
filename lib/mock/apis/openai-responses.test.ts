import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namedEventsOf, postRaw, type RawAnswer } from '../../../tests/support/mock-client.ts';
import { type MockServer, startMockServer } from '../server.ts';

let server: MockServer;

beforeAll(async () => {
  server = await startMockServer({ ttftMs: 2, tpotMs: 1, outputTokens: 3 });
});

afterAll(() => server.close());

const BODY = { model: 'm', stream: true, input: '12345678' };

function ask(knobs: Readonly<Record<string, string>> = {}, body: object = BODY): Promise<RawAnswer> {
  const headers = Object.fromEntries(Object.entries(knobs).map(([name, value]) => [`x-mock-${name}`, value]));
  return postRaw(server.port, '/v1/responses', body, headers);
}

async function eventsOf(knobs: Readonly<Record<string, string>> = {}, body: object = BODY) {
  return namedEventsOf(await ask(knobs, body));
}

async function namesOf(knobs: Readonly<Record<string, string>>): Promise<string[]> {
  return (await eventsOf(knobs)).map(([name]) => name.replace('response.', ''));
}

describe('a stream of responses', () => {
  it('has the events of the recorded one', async () => {
    const path = new URL('../../../tests/fixtures/streams/llama-responses-stream.txt', import.meta.url);
    const recorded = readFileSync(path, 'utf8').match(/(?<=^event: ).*$/gm)!;
    expect((await eventsOf()).map(([name]) => name)).toEqual(recorded);
  });

  it('numbers its events, names them as their types do, and says no [DONE]', async () => {
    const answer = await ask();
    const events = namedEventsOf(answer);
    for (const [index, [name, json]] of events.entries()) {
      expect(json).toMatchObject({ type: name, sequence_number: index });
    }
    expect(answer.body).not.toContain('[DONE]');
  });

  it('ends with the whole response and its usage', async () => {
    const events = await eventsOf({ 'cached-tokens': '1', 'reasoning-tokens': '1' });
    const text = events.flatMap(([name, { delta }]) => (name === 'response.output_text.delta' ? [delta] : [])).join('');
    expect(events[0]![1]).toMatchObject({ response: { status: 'in_progress', output: [], usage: null } });
    expect(events.at(-1)![1]).toMatchObject({
      type: 'response.completed',
      response: {
        status: 'completed',
        output: [{ type: 'reasoning' }, { type: 'message', content: [{ type: 'output_text', text }] }],
        usage: {
          input_tokens: 2,
          input_tokens_details: { cached_tokens: 1 },
          output_tokens: 3,
          output_tokens_details: { reasoning_tokens: 1 },
          total_tokens: 5,
        },
      },
    });
  });

  it('reasons in an item of its own, in full or as a summary', async () => {
    const item = (part: string, text: string) => [
      'output_item.added',
      `${part}.added`,
      `${text}.delta`,
      `${text}.done`,
      `${part}.done`,
      'output_item.done',
    ];
    const full = await namesOf({ 'reasoning-tokens': '1', 'output-tokens': '2' });
    expect(full.slice(2, -1)).toEqual([
      ...item('content_part', 'reasoning_text'),
      ...item('content_part', 'output_text'),
    ]);
    const summary = await namesOf({ 'reasoning-tokens': '1', 'output-tokens': '2', 'reasoning-summary': 'on' });
    expect(summary.slice(2, 8)).toEqual(item('reasoning_summary_part', 'reasoning_summary_text'));
  });

  it('calls a function with arguments that are JSON together', async () => {
    const events = await eventsOf({ 'tool-calls': 'on' });
    const parts = events.flatMap(([name, { delta }]) => (name.endsWith('arguments.delta') ? [delta] : []));
    expect(JSON.parse(parts.join(''))).toEqual({ query: expect.stringMatching(/^\w+( \w+){2}$/) });
    const done = events.find(([name]) => name === 'response.function_call_arguments.done');
    expect(done![1]).toMatchObject({ arguments: parts.join('') });
    expect(events[2]![1]['item']).toMatchObject({ type: 'function_call', name: 'search', arguments: '' });
  });

  it('ends for a limit as incomplete, with an error as failed, and without its last event when asked', async () => {
    expect((await eventsOf({}, { ...BODY, max_output_tokens: 2 })).at(-1)![1]).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    });
    const failed = await eventsOf({ 'error-at': '2' });
    expect(failed.at(-1)![1]).toMatchObject({
      type: 'response.failed',
      sequence_number: failed.length - 1,
      response: { status: 'failed', error: { code: 'server_error', message: 'The model ran into a planned fault' } },
    });
    expect((await namesOf({ 'no-done': 'on' })).at(-1)).toBe('output_item.done');
    expect((await namesOf({ 'cut-at': '2' })).at(-1)).toBe('output_text.delta');
  });
});

describe('a whole response', () => {
  it('is that of the last event', async () => {
    const response = JSON.parse((await ask({}, { ...BODY, stream: false })).body);
    expect(response).toMatchObject({
      object: 'response',
      status: 'completed',
      output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: expect.any(String) }] }],
      usage: { input_tokens: 2, output_tokens: 3, total_tokens: 5 },
    });
  });
});

describe('errors of responses', () => {
  it('are those of OpenAI for what it does not take', async () => {
    const refusal = async (body: object) => {
      const answer = await ask({}, body);
      const { param, code } = JSON.parse(answer.body).error;
      return [answer.status, param, code];
    };
    expect(await refusal({ model: 'm' })).toEqual([400, 'input', 'missing_required_parameter']);
    expect(await refusal({ ...BODY, input: 5 })).toEqual([400, 'input', 'invalid_type']);
    expect(await refusal({ ...BODY, messages: [] })).toEqual([400, 'messages', 'unsupported_parameter']);
    expect(await refusal({ ...BODY, max_tokens: 5 })).toEqual([400, 'max_tokens', 'unsupported_parameter']);
  });
});
