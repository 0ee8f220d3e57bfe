import { describe, expect, it } from 'vitest';
import { toEventTexts } from '../stream/event-texts.ts';
import type { Exchange } from '../stream/exchange.ts';
import { describeTransport } from './transport-notes.ts';

const EXCHANGE: Exchange = {
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

describe('describeTransport', () => {
  it('says nothing about an answer that came as it was asked for', () => {
    expect(describeTransport(EXCHANGE, true)).toEqual([]);
    expect(describeTransport({ ...EXCHANGE, headers: { 'Content-Encoding': 'identity' } }, true)).toEqual([]);
  });

  it('says where requests are redirected, and that a stream is compressed', () => {
    const seen = describeTransport(
      { ...EXCHANGE, redirectedTo: 'http://h/b', headers: { 'content-encoding': 'br' } },
      true,
    );
    expect(seen.join('\n')).toMatch(/http:\/\/h\/b.*\n.*\(br\)/);
  });

  it('leaves redirects to the connection test where there was one', () => {
    expect(describeTransport({ ...EXCHANGE, redirectedTo: 'http://h/b' }, false)).toEqual([]);
  });

  it('has no word on the compression of a body that came whole, which moves no time', () => {
    expect(describeTransport({ ...EXCHANGE, times: null, headers: { 'Content-Encoding': 'gzip' } }, true)).toEqual([]);
  });
});
