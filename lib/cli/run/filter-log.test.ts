import { describe, expect, it } from 'vitest';
import { createLogFilter } from './filter-log.ts';

function filter(pieces: readonly string[], terminal = false): string {
  let written = '';
  let now = 0;
  const log = createLogFilter({ write: (text) => (written += text), terminal, now: () => now });
  now = 3500;
  for (const piece of pieces) log.write(piece);
  log.end();
  return written;
}

const warning = (message: string): string =>
  `time="2026-11-26T15:00:00Z" level=warning msg="${message}" source=console`;

describe('createLogFilter', () => {
  it('lets the first failure of each kind through, whatever pieces it comes in', () => {
    const lines = [
      warning('request 3 failed: refused: dial tcp: connection refused'),
      warning('request 4 failed: refused: dial tcp: connection refused'),
      warning('warm-up request 0 failed: timeout: no answer'),
      warning('request 9 failed: timeout: no answer'),
      warning('a word of the server: request 1 failed: refused: x'),
    ];
    const text = `${lines.join('\n')}\nwithout a line feed`;
    const expected = `${[lines[0], lines[2], lines[4]].join('\n')}\nwithout a line feed\n`;
    expect(filter([text])).toBe(expected);
    expect(filter([...text])).toBe(expected);
  });

  it('lets each word of the script through once, and what k6 says itself always', () => {
    const note = warning('the answers come compressed');
    const own = 'time="2026-11-26T15:00:00Z" level=warning msg="Insufficient VUs"';
    expect(filter([`${note}\n${own}\n${note.replace('15:00', '15:01')}\n${own}\n`])).toBe(`${note}\n${own}\n${own}\n`);
  });

  it('knows the same note of two requests, and leaves the progress of requests alone', () => {
    const [first, second] = [4, 9].map((index) => warning(`request ${index}: text in the unknown field x`));
    const [every, other] = [10, 20].map((index) => warning(`request ${index}: completed`).replace('warning', 'info'));
    expect(filter([[first, second, every, other, ''].join('\n')])).toBe([first, every, other, ''].join('\n'));
  });

  it.each(['', '{"level":"warning","msg":"'])('knows the other formats of k6’s log: %j', (before) => {
    const line = `${before}request 3 failed: refused: x`;
    expect(filter([`${line}\n${line}\n`])).toBe(`${line}\n`);
  });

  it('lets k6 say once that the disk is full', () => {
    const [first, second] = [2285, 2548].map(
      (failed) =>
        `time="2026-11-26T15:00:00Z" level=error msg="Sample(s) couldn't be marshalled to JSON" error="write s.json: no space left on device" failed=${failed}`,
    );
    expect(filter([`${first}\n${second}\n`])).toBe(`${first}\n`);
  });

  it('leaves out what k6 says of each timer of ours that it stops', () => {
    const timer =
      'time="2026-11-26T15:00:00Z" level=warning msg="setTimeout 2 was stopped because the VU iteration was interrupted"';
    expect(filter([`${timer}\n${warning('on')}\n`])).toBe(`${warning('on')}\n`);
  });

  it('looks on a terminal as k6 does, and clears what the progress bar left in its line', () => {
    expect(filter([`${warning('request 3 failed: refused: \\"x\\"')}\n`], true)).toBe(
      `\u001b[33mWARN\u001b[0m[0003] ${'request 3 failed: refused: "x"'.padEnd(44)} \u001b[33msource\u001b[0m=console\u001b[0K\n`,
    );
  });

  it('leaves quoted what would steer a terminal', () => {
    expect(filter([`${warning('\\x1b[2J')}\n`], true)).toContain('"\\x1b[2J"');
  });
});
