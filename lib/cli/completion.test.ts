// biome-ignore-all lint/suspicious/noTemplateCurlyInString: bash's own variables
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS, runCli } from './run-cli.ts';

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'completion-'));
  writeFileSync(join(folder, 'my prompts.jsonl'), '');
  mkdirSync(join(folder, 'my results'));
  for (const shell of ['bash', 'zsh', 'fish']) writeFileSync(join(folder, shell), await print(shell));
});

async function print(...args: string[]): Promise<string> {
  let text = '';
  const sink = { write: (piece: string) => (text += piece) };
  const none = (): void => undefined;
  const process = { stdout: sink, stderr: sink, env: {}, cwd: () => '.', on: none, off: none };
  const code = await runCli(['completion', ...args], { ...process, exit: () => undefined as never });
  return code === 0 ? text : `${code} ${text}`;
}

/** What a shell offers for the last of these words, sorted. */
type Complete = (...words: string[]) => string[];

function lines(shell: string, args: readonly string[]): string[] {
  const { stdout, stderr, status } = spawnSync(shell, args, { cwd: folder, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return stdout
    .split('\n')
    .map((line) => line.split('\t')[0] as string)
    .filter((line) => line !== '')
    .sort();
}

const inBash: Complete = (...words) => {
  const script =
    'source ./bash; COMP_WORDS=(k6-llm-perf "$@"); COMP_CWORD=$#; _k6_llm_perf; printf "%s\\n" "${COMPREPLY[@]}"';
  return lines('bash', ['--norc', '-c', script, 'bash', ...words]);
};

const inFish: Complete = (...words) =>
  lines('fish', ['--no-config', '-c', `source ./fish; complete -C "k6-llm-perf ${words.join(' ')}"`]);

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

describe.each([
  ['bash', inBash],
  ['fish', inFish],
] as const)('completion in %s', (shell, complete) => {
  const isHere = has(shell);
  if (!isHere) console.warn(`SKIPPED, NOT PASSED: completion in ${shell}, which is not installed`);

  it.skipIf(!isHere)('offers every command', () => {
    expect(complete('')).toEqual(expect.arrayContaining(Object.keys(COMMANDS)));
    expect(complete('rep')).toEqual(['report']);
  });

  it.skipIf(!isHere)('offers the flags of the command, and those of a run without one', () => {
    expect(complete('report', '--any')).toContain('--anyway');
    expect(complete('compare', '--fail')).toEqual(['--fail-on']);
    expect(complete('--max-tok')).toEqual(['--max-tokens', '--max-tokens-field']);
    expect(complete('run', '--no-str')).toEqual(['--no-stream', '--no-stream-options']);
    expect(complete('mock', '--ttft-m')).toEqual(['--ttft-ms']);
    expect(complete('quickstart', '--paral')).toEqual(['--parallel']);
    expect(complete('report', '--paral')).toEqual(['--parallel']);
  });

  it.skipIf(!isHere)('offers the words that a flag takes', () => {
    expect(complete('run', '--engine', '')).toEqual(['auto', 'k6', 'node']);
    expect(complete('--dataset', 'openq')).toEqual(['openqa']);
    expect(complete('mock', '--words', 'ch')).toEqual(['chinese']);
    expect(complete('completion', 'z')).toEqual(expect.arrayContaining(['zsh']));
    expect(complete('prepare', 'longa')).toContain('longalpaca');
  });

  it.skipIf(!isHere)('offers files and folders where they belong', () => {
    const plain = (words: readonly string[]): string[] => words.map((word) => word.replace(/\\/g, ''));
    expect(plain(complete('--dataset-path', 'my'))).toContain('my prompts.jsonl');
    expect(plain(complete('--outputs-dir', 'my')).join('|')).toMatch(/^my results\/?$/);
    expect(plain(complete('report', 'my')).join('|')).toContain('my prompts.jsonl');
  });
});

describe('completion in bash', () => {
  it('knows --flag=value, which bash takes for three words', () => {
    expect(inBash('run', '--engine', '=', 'n')).toEqual(['node']);
    expect(inBash('run', '--engine', '=')).toEqual(['auto', 'k6', 'node']);
  });
});

describe('completion in zsh', () => {
  const isHere = has('zsh');
  if (!isHere) console.warn('SKIPPED, NOT PASSED: completion in zsh, which is not installed');

  it.skipIf(!isHere)('is a function that zsh registers for the command', () => {
    const script = 'autoload -U compinit && compinit -u -D; source ./zsh; print -- $_comps[k6-llm-perf]';
    expect(lines('zsh', ['-f', '-c', script])).toEqual(['_k6_llm_perf']);
  });
});

describe('k6-llm-perf completion', () => {
  it('wants a shell that it knows', async () => {
    expect(await print()).toContain('completion takes one of bash, zsh, fish');
    expect(await print('csh')).toMatch(/^104 .*k6-llm-perf completion bash/s);
  });
});
