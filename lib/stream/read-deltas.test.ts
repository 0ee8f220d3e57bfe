import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openaiChat } from '../api/openai-chat.ts';
import { readOpenaiEvent } from '../api/read-event.ts';
import { createDeltaReader } from './read-deltas.ts';

const chunk = (content: string, rest: object = {}): string =>
  JSON.stringify({
    id: 'c-1',
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: { content }, finish_reason: null, ...rest }],
  });

describe('createDeltaReader', () => {
  it('learns nothing from a chunk of megabytes, whose end k6 would look for during seconds', () => {
    let reads = 0;
    const { read } = createDeltaReader(
      {
        ...openaiChat,
        readEvent: (data, name) => {
          reads += 1;
          return readOpenaiEvent(data, name);
        },
      },
      false,
    );
    expect(read(chunk('x'.repeat(1_000_000)), '').hasOutput).toBe(true);
    // To learn means to read a second time, a marker in place of the text.
    expect(reads).toBe(1);
  });

  it('reads a stream as parsing every chunk would', () => {
    const { read } = createDeltaReader(openaiChat, true);
    const stream = [
      JSON.stringify({ id: 'c-1', choices: [{ index: 0, delta: { role: 'assistant', content: null } }] }),
      chunk('Hello'),
      chunk(' "quoted" \\ and\nbroken'),
      chunk('\\'),
      chunk('你好 🌍'),
      chunk(''),
      chunk('x', { finish_reason: 'stop' }),
      JSON.stringify({ id: 'c-1', choices: [], usage: { prompt_tokens: 3, completion_tokens: 5 } }),
    ];
    expect(stream.map((data) => read(data, ''))).toEqual(stream.map((event) => readOpenaiEvent(event, '')));
  });

  it('reads the chunks of another answer without looking into them again, whatever their id', () => {
    const reads: string[] = [];
    const api = {
      ...openaiChat,
      readEvent: (data: string, name: string) => {
        reads.push(data);
        return readOpenaiEvent(data, name);
      },
    };
    const answer = (id: string, words: readonly string[]) =>
      [{ role: 'assistant', content: '' }, ...words.map((content) => ({ content })), {}].map((delta, index, all) => {
        const finish_reason = index === all.length - 1 ? 'stop' : null;
        return JSON.stringify({
          ...{ id, object: 'chat.completion.chunk', created: 1_767_225_600 + reads.length, model: 'm' },
          choices: [{ index: 0, delta, finish_reason }],
        });
      });
    for (const [index, stream] of [
      answer('a-1', ['x', 'y']),
      answer('b-"2"', ['z', '"']),
      answer('c', ['w']),
    ].entries()) {
      const { read } = createDeltaReader(api, true);
      const before = reads.length;
      expect(stream.map((data) => read(data, ''))).toEqual(stream.map((data) => readOpenaiEvent(data, '')));
      // The role, the first word twice and the end; an id with escapes is read as if it were the first.
      expect(reads.length - before).toBe([4, 4, 0][index]);
    }
  });

  it('is not misled by an end of chunk inside the text', () => {
    const { read } = createDeltaReader(openaiChat, true);
    const tricky = ['a', 'b","role":"x', '"}}]}', 'c\\'].map((text) => chunk(text));
    expect(tricky.map((data) => read(data, ''))).toEqual(tricky.map((event) => readOpenaiEvent(event, '')));
  });

  it('parses a chunk that is broken inside an otherwise known shape', () => {
    const { read } = createDeltaReader(openaiChat, false);
    read(chunk('a'), '');
    for (const body of ['a"b', 'a\\', 'a\\q', 'a\nb', '\\u12']) {
      const broken = chunk('@').replace('@', body);
      expect(read(broken, '').kind, body).toBe(readOpenaiEvent(broken, '').kind);
    }
  });

  it('agrees with parsing for any text in any of the token fields', () => {
    const fields = fc.constantFrom('content', 'reasoning_content', 'reasoning');
    fc.assert(
      fc.property(fc.array(fc.tuple(fields, fc.string({ unit: 'binary' })), { maxLength: 12 }), (tokens) => {
        const { read } = createDeltaReader(openaiChat, true);
        const stream = tokens.map(([field, text]) =>
          JSON.stringify({ choices: [{ index: 0, delta: { [field]: text } }] }),
        );
        expect(stream.map((data) => read(data, ''))).toEqual(stream.map((event) => readOpenaiEvent(event, '')));
      }),
    );
  });
});

describe('readOpenaiEvent', () => {
  it('takes a role-only chunk, an empty one and a null delta for no output', () => {
    for (const delta of [{ role: 'assistant' }, { role: 'assistant', content: '' }, { content: null }, null]) {
      const read = readOpenaiEvent(JSON.stringify({ choices: [{ index: 0, delta }] }), '');
      expect(read, JSON.stringify(delta)).toMatchObject({ kind: 'chunk', hasChoices: true, hasOutput: false });
    }
  });

  it('takes tool calls for output, not for visible content', () => {
    const delta = { tool_calls: [{ index: 0, function: { arguments: '{"city"' } }] };
    expect(readOpenaiEvent(JSON.stringify({ choices: [{ delta }] }), '')).toMatchObject({
      hasOutput: true,
      hasContent: false,
      text: '{"city"',
    });
  });

  it('reads finish reason and usage from one event', () => {
    const event = {
      choices: [{ index: 1, delta: {}, finish_reason: 'length' }],
      usage: { prompt_tokens: 7, completion_tokens: 9, prompt_tokens_details: { cached_tokens: 4 } },
    };
    expect(readOpenaiEvent(JSON.stringify(event), '')).toMatchObject({
      choices: [{ index: 1, hasOutput: false, finishReason: 'length' }],
      usage: { inputTokens: 7, outputTokens: 9, cachedTokens: 4 },
    });
  });

  it('takes counts that are strings, negative or fractional for no counts', () => {
    expect(readOpenaiEvent('{"choices":[],"usage":{"prompt_tokens":"7","completion_tokens":-1}}', '').usage).toBeNull();
    expect(readOpenaiEvent('{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":1.5}}', '').usage).toEqual({
      inputTokens: 7,
      outputTokens: null,
      cachedTokens: null,
      isTimings: false,
    });
  });

  it('knows the error objects of servers from chunks that carry `error: null`', () => {
    for (const event of ['{"error":{"message":"x"}}', '{"error":"boom"}', '{"object":"error","message":"x"}']) {
      expect(readOpenaiEvent(event, '').kind, event).toBe('error');
    }
    expect(readOpenaiEvent('{"error":null,"choices":[{"delta":{"content":"a"}}]}', '')).toMatchObject({
      kind: 'chunk',
      hasOutput: true,
    });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json()),
        (text) => void expect(readOpenaiEvent(text, '').kind).toBeTypeOf('string'),
      ),
    );
  });
});
