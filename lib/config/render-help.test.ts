import { describe, expect, it } from 'vitest';
import { GROUPS } from './parameter.ts';
import { PARAMETERS } from './parameters.ts';
import { renderFlagHelp } from './render-help.ts';

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

describe('renderFlagHelp', () => {
  const help = renderFlagHelp(PARAMETERS);

  it('names every flag, variable and default by group, within 80 columns', () => {
    for (const { flag, env } of PARAMETERS) {
      expect(help).toContain(`--${flag}`);
      expect(help).toContain(`[${env}`);
    }
    expect(help).toContain('Default: 2048.');
    expect([...help.matchAll(/^\S+$/gm)].map(([group]) => group)).toEqual([...GROUPS]);
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('lays a row out like this', () => {
    expect(help).toContain(
      [
        '  -n, --number <integer ...>',
        '                            Requests in total, or conversations, where the',
        '                            dataset has them; more than there are prompts wraps',
        '                            around. In a sweep one number for all points, or one',
        '                            for each. Allowed: a whole number from 1. Default:',
        '                            one pass over the dataset. [NUMBER]',
      ].join('\n'),
    );
    expect(help).toContain('  --top-p <number>          Nucleus sampling. Allowed:');
  });
});
