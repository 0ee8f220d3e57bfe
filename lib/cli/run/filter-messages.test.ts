import { describe, expect, it } from 'vitest';
import { createMessageFilter } from './filter-messages.ts';

const shown = (lines: readonly string[], everyFailure = false): string[] =>
  lines.filter(createMessageFilter(everyFailure));

describe('createMessageFilter', () => {
  const failures = [
    'warning: request 3 failed: refused: dial tcp: connection refused',
    'warning: request 4 failed: refused: dial tcp: connection refused',
    'warning: warm-up request 0 failed: timeout: no answer',
    'warning: request 9 failed: timeout: no answer',
    'a word of the server: request 1 failed: refused: x',
  ];

  it('lets the first failure of each kind through', () => {
    expect(shown(failures)).toEqual([failures[0], failures[2], failures[4]]);
  });

  it('lets all of them through where they are wanted', () => {
    expect(shown(failures, true)).toEqual(failures);
  });

  it('lets each warning of the script through once, and what it or k6 says without a level always', () => {
    const [note, own] = ['warning: the answers come compressed', 'Insufficient VUs'];
    expect(shown([note, own, note, own])).toEqual([note, own, own]);
  });

  it('knows the same note of two requests, and leaves the progress of requests alone', () => {
    const [first, second] = [4, 9].map((index) => `warning: request ${index}: text in the unknown field x`);
    const [every, other] = [10, 20].map((index) => `request ${index}: completed`);
    expect(shown([first, second, every, other] as string[])).toEqual([first, every, other]);
  });

  it('leaves out the lines of every n-th request where a live line says more', () => {
    const lines = [
      'request 99: completed, latency 1383.1 ms, TTFT 52.7 ms, 133 output tokens',
      'warm-up request 0: failed, latency –, TTFT –, – output tokens',
      'request 99: something else',
    ];
    expect(lines.filter(createMessageFilter(false, false))).toEqual([lines[2]]);
    expect(shown(lines)).toEqual(lines);
  });

  // As k6 2.2 writes it to its log in the format raw, one line a record.
  it('lets k6 say once that the disk is full', () => {
    const line = 'Failed to write to log, write records.jsonl: no space left on device';
    expect(shown([line, line])).toEqual([line]);
  });

  it('leaves out what k6 says of each timer of ours that it stops', () => {
    expect(shown(['setTimeout 2 was stopped because the VU iteration was interrupted'])).toEqual([]);
  });
});
