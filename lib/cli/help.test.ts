import { describe, expect, it } from 'vitest';
import { GROUPS } from '../config/parameter.ts';
import { renderCommandHelp } from './command.ts';
import { COMMANDS, runCli } from './run-cli.ts';

/** What the command line prints for these words, and its exit code. */
async function print(...args: string[]): Promise<{ readonly code: number; readonly text: string }> {
  let text = '';
  const sink = { write: (piece: string) => (text += piece) };
  const none = (): void => undefined;
  const process = {
    stdout: sink,
    stderr: sink,
    env: {},
    cwd: () => '.',
    on: none,
    off: none,
    exit: () => undefined as never,
  };
  return { code: await runCli(args, process), text };
}

function longest(text: string): number {
  return Math.max(...text.split('\n').map((line) => [...line].length));
}

it.each([
  ['http://gpu:80/v1', 'http://gpu:80/v1'],
  ['http://me:hunter2@gpu/v1', 'http://127.0.0.1:8000/v1'],
  ['http://gpu/v1?key=abc123', 'http://127.0.0.1:8000/v1'],
  ['http://gpu/v1?x=abc123', 'http://127.0.0.1:8000/v1'],
])('answers %s without a flag with the line to write, and repeats no secret', async (given, shown) => {
  expect((await print(given)).text).toBe(`a URL needs its flag\n  try: k6-llm-perf --url ${shown}\n`);
});

describe.each(Object.entries(COMMANDS))('k6-llm-perf %s --help', (name, { load }) => {
  it('fits 80 columns', async () => {
    const { code, text } = await print(name, '--help');
    expect(code).toBe(0);
    expect(longest(text)).toBeLessThanOrEqual(80);
    expect(text).not.toContain('undefined');
  });

  it('begins with the usage and three examples', async () => {
    const { help } = (await load()).command;
    const lines = renderCommandHelp(help).split('\n');
    expect(lines[0]).toMatch(/^Usage: k6-llm-perf /);
    expect(lines.slice(2, 6)).toEqual(['Examples', ...help.examples.map((line) => `  ${line}`)]);
  });

  it('shows examples of this command, with flags that it has', async () => {
    const { help } = (await load()).command;
    const known = renderCommandHelp(
      name === 'quickstart' ? ((await COMMANDS['run']?.load())?.command.help ?? help) : help,
    );
    const [, ...rest] = known.split('\n\n');
    for (const example of help.examples) {
      expect(example).toMatch(name === 'run' ? /^k6-llm-perf --/ : new RegExp(`k6-llm-perf ${name}\\b`));
      for (const [flag] of example.matchAll(/(?<= )--?[a-z][a-z-]*/g))
        expect(rest.slice(1).join('\n')).toMatch(new RegExp(`${flag}\\b`));
    }
  });

  it('groups its flags under the headings that all commands share, and names each of them', async () => {
    const { help } = (await load()).command;
    const { text } = await print(name, '-h');
    for (const { flag } of help.flags) expect(text).toContain(`--${flag}`);
    const headings = [...text.matchAll(/^[A-Z][a-z]+$/gm)]
      .map(([heading]) => heading)
      .filter((heading) => heading !== 'Examples');
    if (name !== 'mock') expect(GROUPS.filter((group) => headings.includes(group))).toEqual(headings);
  });
});

describe('k6-llm-perf --help', () => {
  it('shows the overview with every command, within 80 columns', async () => {
    const { code, text } = await print('--help');
    expect(code).toBe(0);
    for (const name of Object.keys(COMMANDS)) expect(text).toContain(`\n  ${name} `);
    expect(longest(text)).toBeLessThanOrEqual(80);
    expect((await print('help')).text).toBe(text);
    expect((await print('-h')).text).toBe(text);
    expect((await print()).text).toBe(text);
  });

  it('shows the flags of a run after one of them, and is not looked for after --', async () => {
    expect((await print('--parallel', '4', '--help')).text).toMatch(/^Usage: k6-llm-perf \[run\]/);
    expect((await print('report', '--', '--help')).text).not.toContain('Usage:');
  });
});
