import { describe, expect, it } from 'vitest';
import { openaiChat } from '../api/openai-chat.ts';
import { splitEvents } from './split-events.ts';

const split = (body: string) => splitEvents(body, openaiChat.endOf);
const NO_NAMES = new Map<number, string>();

describe('splitEvents', () => {
  it('joins data lines of one event, drops comments, ids and one leading space', () => {
    expect(split(': ping\n\nid: 7\nevent: x\ndata: {"a":\ndata:1}\n\ndata:  two\n\n')).toEqual({
      data: ['{"a":\n1}', ' two'],
      names: new Map([[0, 'x']]),
      done: false,
      text: '',
    });
  });

  it('takes CRLF and CR for line ends and keeps a last event without its blank line', () => {
    expect(split('data: a\r\n\r\ndata: b\r\rdata: c').data).toEqual(['a', 'b', 'c']);
    expect(split('data: {"a":1}\n').data).toEqual(['{"a":1}']);
  });

  it('drops a last event that the end of the body cuts off', () => {
    expect(split('data: a\n\ndata: {"choices":[{"del').data).toEqual(['a']);
    // Whole, and not JSON: that is not a cut.
    expect(split('data: {"choices":[{"del\n\n').data).toEqual(['{"choices":[{"del']);
  });

  it('keeps lines that are not fields apart, such as the bare JSON of an error', () => {
    const body = 'id: 1\n: comment\nretry\ndata: a\n\n{"error":\n"boom"}\n\ndata: b\n\n';
    expect(split(body)).toMatchObject({ data: ['a', 'b'], text: '{"error":\n"boom"}\n' });
  });

  it('drops a byte order mark, and reads a body whose lines all end in CR', () => {
    const body = '\ufeffdata: a\r\rdata: b\r\rdata: [DONE]\r\r';
    expect(split(body)).toEqual({ data: ['a', 'b'], names: NO_NAMES, done: true, text: '' });
  });

  it('keeps an event without data where it has a name, as an engine hands it over', () => {
    expect(split('event: error\ndata:\n\nevent: ping\n\ndata: a\n\n')).toEqual({
      data: ['', 'a'],
      names: new Map([[0, 'error']]),
      done: false,
      text: '',
    });
  });

  it('ends at [DONE] and leaves out what follows and what is empty', () => {
    expect(split('data:\n\ndata: a\n\ndata: [DONE]\n\ndata: b\n\n')).toEqual({
      data: ['a'],
      names: NO_NAMES,
      done: true,
      text: '',
    });
  });
});
