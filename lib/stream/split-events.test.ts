import { describe, expect, it } from 'vitest';
import { splitEvents } from './split-events.ts';

describe('splitEvents', () => {
  it('joins data lines of one event, drops comments, ids and one leading space', () => {
    expect(splitEvents(': ping\n\nid: 7\nevent: x\ndata: {"a":\ndata:1}\n\ndata:  two\n\n')).toEqual({
      data: ['{"a":\n1}', ' two'],
      done: false,
    });
  });

  it('takes CRLF and CR for line ends and keeps a last event without its blank line', () => {
    expect(splitEvents('data: a\r\n\r\ndata: b\r\rdata: c')).toEqual({ data: ['a', 'b', 'c'], done: false });
  });

  it('ends at [DONE] and leaves out what follows and what is empty', () => {
    expect(splitEvents('data:\n\ndata: a\n\ndata: [DONE]\n\ndata: b\n\n')).toEqual({ data: ['a'], done: true });
  });
});
