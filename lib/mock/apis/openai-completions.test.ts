import { describe, expect, it } from 'vitest';
import { STREAM_BODY, type StreamedChunk } from '../../../tests/support/mock-client.ts';
import { planAnswer } from '../answer-plan.ts';
import { parseAnswerRequest } from '../answer-request.ts';
import { DEFAULT_OPTIONS, type MockOptions } from '../knobs.ts';
import type { StreamEvent } from '../step.ts';
import { CHAT, COMPLETIONS } from './openai-completions.ts';

interface Asked {
  readonly options?: Partial<MockOptions>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly index?: number;
  readonly chat?: boolean;
  readonly pace?: () => number;
}

function plan({ options, body, index = 0, chat = true, pace = () => 1 }: Asked) {
  const request = parseAnswerRequest(JSON.stringify({ ...STREAM_BODY, ...body }), chat ? CHAT : COMPLETIONS);
  return planAnswer(request, { ...DEFAULT_OPTIONS, outputTokens: 4, ...options }, index, pace);
}

function eventsOf(asked: Asked): StreamEvent[] {
  return [...CHAT.events(plan(asked))];
}

function kindsOf(asked: Asked): string {
  return eventsOf(asked)
    .map((event) => event.kind)
    .join(' ');
}

function parse(event: StreamEvent): StreamedChunk {
  return JSON.parse(event.data) as StreamedChunk;
}

function textOf(events: readonly StreamEvent[]): string {
  const outputs = events.filter((event) => event.tokens > 0).map(parse);
  return outputs.map(({ choices }) => choices[0]?.text ?? choices[0]?.delta['content']).join('');
}

describe('the shape of a stream', () => {
  it('is role, content, finish, usage, done', () => {
    expect(kindsOf({})).toBe('role content content content content finish usage done');
  });

  it('has a role chunk with empty content, or null, or none', () => {
    const delta = (roleContent: MockOptions['roleContent']) =>
      parse(eventsOf({ options: { roleContent } })[0]!).choices[0]?.delta;
    expect(delta('empty')).toEqual({ role: 'assistant', content: '' });
    expect(delta('null')).toEqual({ role: 'assistant', content: null });
    expect(delta('absent')).toEqual({ role: 'assistant' });
  });

  it('can do without a role chunk, repeat it, repeat the role in each delta, and start with empty chunks', () => {
    expect(kindsOf({ options: { roleChunk: false } })).toBe('content content content content finish usage done');
    expect(kindsOf({ options: { repeatRole: 2, outputTokens: 1, emptyChunks: 1 } })).toBe(
      'role role role empty content finish usage done',
    );
    const contents = eventsOf({ options: { roleInDelta: true } }).filter((event) => event.kind === 'content');
    expect(contents.map((event) => parse(event).choices[0]?.delta['role'])).toEqual(Array(4).fill('assistant'));
  });

  it('streams completions as text, without a role', () => {
    const events = eventsOf({ chat: false, body: { prompt: 'Say', messages: undefined } });
    expect(events.map((event) => event.kind).join(' ')).toBe('content content content content finish usage done');
    expect(parse(events[0]!)).toMatchObject({ object: 'text_completion', choices: [{ text: expect.any(String) }] });
  });

  it('puts several tokens into one chunk and the true count into usage', () => {
    const events = eventsOf({ options: { tokensPerChunk: 3, outputTokens: 7 } });
    expect(events.filter((event) => event.kind === 'content').map((event) => event.tokens)).toEqual([3, 3, 1]);
    expect(parse(events.at(-2)!).usage).toEqual({ prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 });
  });

  it('has the same text in any chunking, and in an answer that is not streamed', () => {
    const options = { outputTokens: 9 };
    const text = textOf(eventsOf({ options }));
    expect(textOf(eventsOf({ options: { ...options, tokensPerChunk: 4 } }))).toBe(text);
    expect(CHAT.whole(plan({ options }))).toMatchObject({ choices: [{ message: { content: text } }] });
  });

  it('thinks first: reasoning tokens come in the field that is asked for, and never share a chunk with content', () => {
    const events = eventsOf({
      options: { reasoningTokens: 3, outputTokens: 6, tokensPerChunk: 2, reasoningKey: 'reasoning' },
    });
    const outputs = events.filter((event) => event.tokens > 0);
    expect(outputs.map((event) => [event.kind, event.tokens])).toEqual([
      ['reasoning', 2],
      ['reasoning', 1],
      ['content', 2],
      ['content', 1],
    ]);
    expect(Object.keys(parse(outputs[0]!).choices[0]!.delta)).toEqual(['reasoning']);
    expect(parse(events.at(-2)!).usage?.['completion_tokens_details']).toEqual({ reasoning_tokens: 3 });
  });

  it('calls a tool: first its name, then arguments that are JSON together', () => {
    const events = eventsOf({ options: { toolCalls: true } }).filter((event) => event.kind === 'tool');
    expect(events.map((event) => event.tokens)).toEqual([0, 1, 1, 1, 1]);
    type Call = { id?: string; function: { name?: string; arguments: string } };
    const calls = events.map((event) => (parse(event).choices[0]!.delta['tool_calls'] as Call[])[0]!);
    expect(calls[0]).toMatchObject({ id: expect.any(String), function: { name: 'search', arguments: '' } });
    const text = calls.map((call) => call.function.arguments).join('');
    expect(JSON.parse(text)).toEqual({ query: expect.stringMatching(/^\w+( \w+){3}$/) });
  });

  it('interleaves several choices, each with a finish reason, and closes with one usage over all', () => {
    const events = eventsOf({ body: { n: 2 }, options: { outputTokens: 2 } });
    const order = events.slice(0, -2).map((event) => `${event.kind}${parse(event).choices[0]?.index}`);
    expect(order.join(' ')).toBe('role0 role1 content0 content1 content0 finish0 content1 finish1');
    expect(parse(events.at(-2)!)).toMatchObject({ choices: [], usage: { completion_tokens: 4 } });
  });
});

describe('usage', () => {
  const last = (usage: MockOptions['usage']) => parse(eventsOf({ options: { usage } }).at(-2)!);

  it('comes only when asked for, unless it always comes', () => {
    const body = { stream_options: undefined };
    expect(kindsOf({ body })).not.toContain('usage');
    expect(kindsOf({ body, options: { usageAlways: true } })).toContain('usage');
    expect(kindsOf({ options: { usage: 'off', usageAlways: true } })).not.toContain('usage');
  });

  it('comes in every chunk with the count so far', () => {
    const events = eventsOf({ options: { usage: 'every-chunk' } }).slice(0, -1);
    expect(events.map((event) => parse(event).usage?.['completion_tokens'])).toEqual([0, 1, 2, 3, 4, 4, 4]);
  });

  it('comes in every chunk too when the request asks for it as vLLM lets it', () => {
    const body = { stream_options: { include_usage: true, continuous_usage_stats: true } };
    expect(parse(eventsOf({ body })[1]!).usage?.['completion_tokens']).toBe(1);
  });

  it('comes with the finish reason, and no event of its own', () => {
    for (const options of [{ usage: 'last-choices' }, { finishWithUsage: true }] as const) {
      const events = eventsOf({ options });
      expect(events.map((event) => event.kind)).not.toContain('usage');
      expect(parse(events.at(-2)!)).toMatchObject({
        choices: [{ finish_reason: 'stop' }],
        usage: { completion_tokens: 4 },
      });
    }
  });

  it('comes with the last content and its finish reason', () => {
    const events = eventsOf({ options: { finishOnContent: true, finishWithUsage: true } });
    expect(events.map((event) => event.kind).slice(-2)).toEqual(['content', 'done']);
    expect(parse(events.at(-2)!)).toMatchObject({
      choices: [{ delta: { content: expect.any(String) }, finish_reason: 'stop' }],
      usage: { completion_tokens: 4 },
    });
  });

  it('comes per choice, each with its own count', () => {
    const events = eventsOf({ body: { n: 2 }, options: { usage: 'per-choice', outputTokens: 3 } });
    const usages = events.filter((event) => event.kind === 'usage').map(parse);
    expect(usages.map((chunk) => [chunk.choices, chunk.usage?.['completion_tokens']])).toEqual([
      [[], 3],
      [[], 3],
    ]);
  });

  it('comes in the wrong shapes that servers send', () => {
    expect(last('partial').usage).toEqual({ prompt_tokens: 5 });
    expect(last('string').usage).toEqual({ prompt_tokens: '5', completion_tokens: '4', total_tokens: '9' });
    expect(last('negative').usage).toEqual({ prompt_tokens: -1, completion_tokens: -1, total_tokens: -1 });
    expect(last('null').usage).toBeNull();
    expect(parse(eventsOf({ options: { usage: 'null' } })[1]!).usage).toBeNull();
  });

  it('names cached tokens, never more than the prompt has', () => {
    const usage = (cachedTokens: number) => parse(eventsOf({ options: { cachedTokens } }).at(-2)!).usage;
    expect(usage(2)?.['prompt_tokens_details']).toEqual({ cached_tokens: 2 });
    expect(usage(99)?.['prompt_tokens_details']).toEqual({ cached_tokens: 5 });
  });
});

describe('the length of an answer', () => {
  const tokens = (asked: Asked) => plan(asked).choiceTokens;

  it('is the knob, within max_tokens and min_tokens', () => {
    expect(tokens({ options: { outputTokens: 50 }, body: { max_tokens: 9 } })).toEqual([9]);
    expect(tokens({ options: { outputTokens: 5 }, body: { min_tokens: 8, max_tokens: 9 } })).toEqual([8]);
  });

  it('is max_tokens with ignore_eos', () => {
    expect(tokens({ body: { ignore_eos: true, max_tokens: 77 } })).toEqual([77]);
  });

  it('is drawn from 16 to 256 otherwise, other for each request and the same in each run', () => {
    const draw = () => Array.from({ length: 50 }, (_, index) => tokens({ options: { outputTokens: null }, index })[0]!);
    const drawn = draw();
    expect(draw()).toEqual(drawn);
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(16);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(256);
    expect(new Set(drawn).size).toBeGreaterThan(30);
  });

  it('can be nothing at all, which still finishes', () => {
    expect(kindsOf({ options: { outputTokens: 0 } })).toBe('role finish usage done');
  });

  it('gives the finish reason length when max_tokens ended it', () => {
    const events = eventsOf({ body: { max_tokens: 4 } });
    expect(parse(events.find((event) => event.kind === 'finish')!).choices[0]?.finish_reason).toBe('length');
  });
});

describe('the times of a stream', () => {
  const dues = (asked: Asked) => eventsOf(asked).flatMap((event) => (event.tokens > 0 ? [event.due] : []));

  it('are the TTFT and then one token time each', () => {
    expect(dues({ options: { ttftMs: 100, tpotMs: 7 } })).toEqual([100, 107, 114, 121]);
  });

  it('give a chunk of several tokens the time of all of them', () => {
    expect(dues({ options: { ttftMs: 100, tpotMs: 7, tokensPerChunk: 2, outputTokens: 5 } })).toEqual([100, 114, 121]);
  });

  it('add the prefill of prompt tokens that are not cached', () => {
    // 20 characters are 5 tokens, 2 of them cached: 100 + 3 x 10.
    expect(dues({ options: { ttftMs: 100, prefillMsPerToken: 10, cachedTokens: 2 } })[0]).toBe(130);
  });

  it('grow with the pace of each moment', () => {
    let pace = 2;
    const events = CHAT.events(plan({ options: { ttftMs: 100, tpotMs: 10, outputTokens: 3 }, pace: () => pace }));
    const due: number[] = [];
    for (const event of events) {
      if (event.tokens > 0) due.push(event.due);
      pace = due.length < 2 ? 2 : 1;
    }
    expect(due).toEqual([200, 220, 230]);
  });

  it('spread around the knobs by the seed, and keep their mean', () => {
    const options = { ttftMs: 100, tpotMs: 10, ttftSpread: 0.2, tpotSpread: 0.3, outputTokens: 4001 };
    const first = dues({ options });
    expect(dues({ options })).toEqual(first);
    expect(dues({ options, index: 1 })[0]).not.toBe(first[0]);
    const gaps = first.slice(1).map((due, i) => due - first[i]!);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    // The standard error of 4000 draws with a deviation of 3 is 0.047.
    expect(Math.abs(mean - 10)).toBeLessThan(0.2);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(3 - 1e-6);
  });
});
