import { describe, expect, it } from 'vitest';
import { PARAMETERS } from './parameters.ts';
import { renderHelp, renderParameterTable } from './render-help.ts';

describe('the table of parameters', () => {
  it('gives every flag, short form and environment variable once', () => {
    const flags = PARAMETERS.flatMap(({ flag, aliases = [], short }) => [flag, ...aliases, ...(short ? [short] : [])]);
    const envs = PARAMETERS.flatMap(({ env, envFallbacks = [] }) => [env, ...envFallbacks]);
    expect(new Set(flags).size).toBe(flags.length);
    expect(new Set(envs).size).toBe(envs.length);
  });

  it('names the environment variable after the flag, except where a shell or another program uses that name, or a flag is repeated', () => {
    const others = PARAMETERS.filter(({ env, flag }) => env !== flag.toUpperCase().replace(/-/g, '_'));
    expect(others.map(({ env }) => env)).toEqual(['GATES', 'RUN_NAME', 'LLM_DEBUG']);
  });

  it('never uses a name that k6 reads', () => {
    expect(PARAMETERS.filter(({ env }) => env.startsWith('K6_'))).toEqual([]);
  });
});

describe('renderHelp', () => {
  it('names every flag, variable and default within 100 columns', () => {
    const help = renderHelp();
    for (const { flag, env } of PARAMETERS) {
      expect(help).toContain(`--${flag}`);
      expect(help).toContain(`[${env}`);
    }
    expect(help).toContain('Default: 2048.');
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('lays a row out like this', () => {
    expect(renderHelp()).toContain(
      [
        '  -n, --number <integer ...>      Requests in total; more than there are prompts wraps around. In a',
        '                                  sweep one number for all points, or one for each. Allowed: a whole',
        '                                  number from 1. Default: one pass over the dataset. [NUMBER]',
      ].join('\n'),
    );
  });
});

describe('renderParameterTable', () => {
  it('has a row of five cells for every setting', () => {
    const lines = renderParameterTable().split('\n');
    expect(lines).toHaveLength(PARAMETERS.length + 2);
    for (const line of lines) expect(line.replace(/\\\|/g, '').split('|')).toHaveLength(7);
    expect(lines).toContain(
      '| `--max-tokens` | `MAX_TOKENS` | `2048` | a whole number from 1 | Most output tokens of one answer; always sent. |',
    );
  });
});
