import { describe, expect, it } from 'vitest';
import { toEventTexts } from '../stream/event-texts.ts';
import type { ReceivedAnswer } from '../stream/received-answer.ts';
import { noteTransport } from './transport-notes.ts';

const ANSWER: ReceivedAnswer = {
  status: 200,
  headers: {},
  error: '',
  times: [1],
  data: toEventTexts(['{}']),
  done: true,
  text: '',
  firstByteMs: null,
  endMs: 2,
};

describe('noteTransport', () => {
  it('has nothing to note of an answer that came as it was asked for', () => {
    expect(noteTransport(ANSWER)).toEqual([]);
    // A server that says so and sends plain text: k6 would have shown no event of a compressed one.
    expect(noteTransport({ ...ANSWER, headers: { 'Content-Encoding': 'gzip' } })).toEqual([]);
    expect(noteTransport({ ...ANSWER, inflated: '' })).toEqual([]);
  });

  it('notes a redirect, and a stream that came compressed', () => {
    const seen = noteTransport({ ...ANSWER, redirectedTo: 'http://h/b', inflated: 'br' });
    expect(seen.join('\n')).toMatch(/^a redirect.*\na compressed stream \(br\)/);
  });

  it('has one note for all redirects, however their URLs differ', () => {
    const noteOf = (redirectedTo: string) => noteTransport({ ...ANSWER, redirectedTo });
    expect(noteOf('http://h/session/1')).toEqual(noteOf('http://h/session/2'));
  });

  it('says of gzip that was asked for what nobody knows: the engine undoes it without a word', () => {
    expect(noteTransport({ ...ANSWER, inflated: null }).join()).toMatch(/^a stream that may be compressed/);
  });

  it('has no word on the compression of a body that came whole, which moves no time of a chunk', () => {
    expect(noteTransport({ ...ANSWER, times: null, inflated: 'gzip' })).toEqual([]);
  });
});
