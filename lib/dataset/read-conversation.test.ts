import { describe, expect, it } from 'vitest';
import { createConversationFormat } from './conversation-format.ts';
import type { Conversation } from './prompt.ts';

function read(text: string): (Conversation | string)[] {
  return createConversationFormat()
    .read(text)
    .map(({ result }) => (typeof result === 'string' ? result : result.prompt));
}

const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });

describe('conversations of a file', () => {
  it.each([
    ['an array of messages', [user('a'), assistant('b'), user('c')]],
    ['messages', { messages: [user('a'), assistant('b'), user('c')] }],
    [
      'ShareGPT',
      {
        conversations: [
          { from: 'human', value: 'a' },
          { from: 'gpt', value: 'b' },
          { from: 'human', value: 'c' },
        ],
      },
    ],
    ['pairs', { conversation: [{ human: 'a', assistant: 'b' }, { human: 'c' }] }],
  ])('reads %s', (_, value) => {
    const line = JSON.stringify(value);
    const wanted = [{ messages: [user('a')], reply: assistant('b'), next: [{ messages: [user('c')] }] }];
    expect(read(line)).toEqual(wanted);
    expect(read(`${line}\n\n${line}\n`)).toEqual([...wanted, ...wanted]);
  });

  it('reads an array of conversations, and an object that holds one', () => {
    const lists = [[user('a')], [user('b')]];
    const wanted = [
      { messages: [user('a')], next: [] },
      { messages: [user('b')], next: [] },
    ];
    expect(read(JSON.stringify(lists))).toEqual(wanted);
    expect(read(JSON.stringify({ conversations: lists.map((messages) => ({ messages })) }))).toEqual(wanted);
  });

  it('leaves out answers to nothing, and keeps several in a row', () => {
    const messages = [assistant('hi'), user('a'), assistant('b'), assistant('c'), user('d'), assistant('e')];
    expect(read(JSON.stringify(messages))).toEqual([
      {
        messages: [user('a'), assistant('b')],
        reply: assistant('c'),
        next: [{ messages: [user('d')], reply: assistant('e') }],
      },
    ]);
  });

  it('makes a turn of the results of tools, which is as late as the slowest of them', () => {
    const call = { role: 'assistant', content: null, tool_calls: [{ id: '1' }, { id: '2' }] };
    const tool = (id: string, latency_ms: number) => ({ role: 'tool', tool_call_id: id, content: 'r', latency_ms });
    const [conversation] = read(
      JSON.stringify({ tools: [{}], messages: [user('a'), call, tool('1', 300), tool('2', 200)] }),
    );
    expect(conversation).toMatchObject({
      body: { tools: [{}] },
      reply: call,
      next: [{ delay_ms: 300, body: { tools: [{}] }, messages: [{ tool_call_id: '1' }, { tool_call_id: '2' }] }],
    });
    expect(JSON.stringify(conversation)).not.toContain('latency_ms');
  });

  it('says what is wrong with a line', () => {
    expect(read('{"a":1}')).toEqual(['neither "messages" nor "conversations" with something in them']);
    expect(read('{"input_prompt_length":9,"num_turns":0}')).toEqual([
      'a trace of lengths, which "k6-llm-perf prepare trace" makes a file of conversations of',
    ]);
    expect(read('[]\n"x"\nnot')).toEqual([
      'a line that is neither a JSON object nor an array of messages',
      'a line that is not JSON',
    ]);
    expect(read('[{"role":"user"}]')).toEqual(['message 1, which has no "content"']);
    expect(read('[{"role":"user","content":"a","delay_ms":-1}]')).toEqual([
      'message 1, whose "delay_ms" is not a number from 0',
    ]);
    expect(read('{"conversations":[{"from":"martian","value":"a"}]}')).toEqual([
      'message 1, which is not an object with "role" and "content"',
    ]);
  });

  it('leaves out what nobody asks anything in, and blank questions of ShareGPT and its like, and says how many', () => {
    const format = createConversationFormat();
    const answer = { from: 'gpt', value: 'x' };
    const lines = [
      { conversations: [] },
      { conversations: [answer] },
      { conversations: [{ from: 'human', value: ' ' }, answer, { from: 'human', value: 'b' }] },
      { conversation: [{ human: '', assistant: 'x' }] },
      [{ role: 'assistant', content: 'a' }],
    ];
    const read = format.read(lines.map((line) => JSON.stringify(line)).join('\n'));
    expect(read.map(({ result }) => typeof result !== 'string' && result.prompt.messages)).toEqual([[user('b')]]);
    expect(format.listNotes?.()).toEqual(['4 of 5 conversations were left out: nobody asks anything in them.']);
  });
});
