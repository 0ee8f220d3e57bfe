import { describe, expect, it } from 'vitest';
import { ConfigError } from '../shared/errors.ts';
import { DEFAULT_OPTIONS } from './knobs.ts';
import { applyMockHeaders, MOCK_KNOBS, parseMockFlags, renderMockHelp } from './options.ts';

function problemsOf(run: () => unknown): ConfigError['problems'] {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('parseMockFlags', () => {
  it('gives every knob its default when nothing is asked for', () => {
    expect(parseMockFlags([])).toEqual(DEFAULT_OPTIONS);
  });

  it('reads values beside the flag, after an equals sign, and toggles without a value', () => {
    const options = parseMockFlags(['--ttft-ms', '12.5', '--usage=per-choice', '--no-done', '--port', '8000']);
    expect(options).toEqual({ ...DEFAULT_OPTIONS, ttftMs: 12.5, usage: 'per-choice', noDone: true, port: 8000 });
  });

  it('takes a value after a toggle only when it is on or off', () => {
    expect(parseMockFlags(['--crlf', 'off', '--split', '--html-200', 'on'])).toMatchObject({
      crlf: false,
      split: true,
      html200: true,
    });
    expect(problemsOf(() => parseMockFlags(['--crlf', 'maybe'])).map((problem) => problem.key)).toEqual([
      'a word of 5 characters, which is not shown',
    ]);
  });

  it('takes a place in a stream by name or by chunk, and off for nowhere', () => {
    expect(parseMockFlags(['--reset-at', 'headers']).resetAt).toBe('headers');
    expect(parseMockFlags(['--reset-at', '7']).resetAt).toBe(7);
    expect(parseMockFlags(['--reset-at', '7', '--reset-at', 'off']).resetAt).toBeNull();
  });

  it('lists all problems at once', () => {
    const problems = problemsOf(() =>
      parseMockFlags(['--ttft-ms', '-3', '--status', '200', '--usage', 'maybe', '--seed']),
    );
    expect(problems.map(({ key, got }) => [key, got])).toEqual([
      ['--ttft-ms', '"-3"'],
      ['--status', '"200"'],
      ['--usage', '"maybe"'],
      ['--seed', 'nothing'],
    ]);
  });

  it('suggests the nearest flag for an unknown one', () => {
    const [problem] = problemsOf(() => parseMockFlags(['--tttf-ms', '5']));
    expect(problem).toMatchObject({ key: '--tttf-ms', got: 'an unknown flag', paste: '--ttft-ms 50' });
  });

  it('never shows a key that it refuses', () => {
    const [problem] = problemsOf(() => parseMockFlags(['--require-key=']));
    expect(problem?.got).toBe('a value that is not shown');
  });

  it('offers only lines to paste that it would take', () => {
    for (const knob of MOCK_KNOBS) {
      expect(knob.parse(knob.example), `${knob.flag} ${knob.example}`).not.toBeUndefined();
    }
  });
});

describe('applyMockHeaders', () => {
  it('changes only what the headers name', () => {
    const server = { ...DEFAULT_OPTIONS, ttftMs: 5, status: 429 };
    expect(applyMockHeaders(server, { host: 'x', 'x-mock-tpot-ms': '3', 'x-mock-status': 'off' })).toEqual({
      ...server,
      tpotMs: 3,
      status: null,
    });
  });

  it('refuses unknown headers, and those of knobs that belong to the whole server', () => {
    const problems = problemsOf(() =>
      applyMockHeaders(DEFAULT_OPTIONS, { 'x-mock-port': '1', 'x-mock-require-key': 'k' }),
    );
    expect(problems.map((problem) => problem.key)).toEqual(['x-mock-port', 'x-mock-require-key']);
  });
});

describe('renderMockHelp', () => {
  it('names every flag with its default', () => {
    // A long list of choices goes on in a line of its own.
    const help = renderMockHelp().replace(/\|\n +/g, '|');
    for (const knob of MOCK_KNOBS) expect(help).toContain(`  ${knob.flag} ${knob.type}`);
    expect(help.replace(/\s+/g, ' ')).toContain('its first output chunk. Default: 50.');
  });
});
