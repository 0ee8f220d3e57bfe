import { describe, expect, it } from 'vitest';
import { headersForGo } from './headers-for-go.ts';

describe('headersForGo', () => {
  it('leaves gzip to Go, which undoes what it asked for itself', () => {
    const url = 'http://h/v1';
    expect(headersForGo({ url, headers: { 'accept-encoding': 'GZIP', 'X-A': 'b' } })).toEqual({ 'X-A': 'b' });
    const others = { 'Accept-Encoding': 'identity' };
    expect(headersForGo({ url, headers: others })).toEqual(others);
  });

  it('says where it comes from without the query, so that a redirect cannot carry it away', () => {
    expect(headersForGo({ url: 'http://h/v1?key=secret', headers: {} })).toEqual({ Referer: 'http://h/v1' });
    expect(headersForGo({ url: 'http://h/v1?a=b', headers: { referer: 'mine' } })).toEqual({ referer: 'mine' });
  });
});
