import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { CLI_PATH, type CliRun, createFolder, startProgram } from './support/cli.ts';

const WORKFLOW = readFileSync('.github/workflows/llm-perf-gate.yml', 'utf8');

/** The lines of one step, without their common indentation. */
function stepOf(name: string): string {
  const [, step] = WORKFLOW.split(`      - name: ${name}\n`);
  if (step === undefined) throw new Error(`no step ${name}`);
  return (step.split(/^ {6}(?:- |#)/m)[0] ?? '').replace(/^ {8}/gm, '');
}

/** A key's value in a step: one line, or a block of them. */
function readKey(step: string, key: string): string {
  const block = new RegExp(`^( *)${key}: \\|\\n((?:\\1 +.*\\n)+)`, 'm').exec(step)?.[2];
  if (block !== undefined) return block.replace(/^ +/gm, '');
  return new RegExp(`^ *${key}: (.*)$`, 'm').exec(step)?.[1] ?? '';
}

describe('the workflow of a gate', () => {
  let mock: MockServer;
  let cwd: string;
  let bin: string;
  beforeAll(async () => {
    mock = await startMockServer({ ttftMs: 3, tpotMs: 1, outputTokens: 8 });
    cwd = createFolder();
    bin = createFolder();
    // `npx k6-llm-perf` as it is after an install.
    writeFileSync(join(bin, 'npx'), `#!/bin/sh\nshift\nexec "${process.execPath}" "${CLI_PATH}" "$@"\n`);
    chmodSync(join(bin, 'npx'), 0o755);
    mkdirSync(join(cwd, 'outputs'));
  });
  afterAll(() => mock.close());

  /** A step's commands in the shell that GitHub takes, with errors ending it. */
  function runStep(name: string, env: Readonly<Record<string, string>> = {}): Promise<CliRun> {
    return startProgram('bash', ['-eo', 'pipefail', '-c', readKey(stepOf(name), 'run')], {
      cwd,
      env: {
        PATH: `${bin}:${process.env['PATH']}`,
        GITHUB_ACTIONS: 'true',
        GITHUB_STEP_SUMMARY: join(cwd, 'step.md'),
        RESULTS: /RESULTS: (.*)/.exec(WORKFLOW)?.[1] ?? '',
        ...env,
      },
    }).finished;
  }

  const measure = (gates = ''): Promise<CliRun> =>
    runStep('Measure and judge', {
      URL: `${mock.url}/v1`,
      MODEL: 'mock-llm',
      ENGINE: 'node',
      GATES: `${readKey(stepOf('Measure and judge'), 'GATES')}${gates}`,
    });

  it('measures, judges and tells the verdict', async () => {
    const { code, stdout } = await measure();
    expect(stdout).toMatch(/Thresholds: 4 passed, 0 crossed[\s\S]*Gates: 3 passed, 0 crossed/);
    expect(code).toBe(0);
    expect(readFileSync(join(cwd, 'step.md'), 'utf8')).toContain('## Load test of mock-llm: passed');
    expect(readFileSync(join(cwd, 'junit.xml'), 'utf8')).toContain('tests="7" failures="0"');
    expect(existsSync(join(cwd, 'outputs/current/perf_report.html'))).toBe(true);
  });

  it('compares with a baseline, and a run is no worse than itself', async () => {
    cpSync(join(cwd, 'outputs/current'), join(cwd, 'outputs/baseline'), { recursive: true });
    const { code, stderr } = await runStep('Compare with the baseline');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(readFileSync(join(cwd, 'comparison.html'), 'utf8')).toContain('<html');
    expect(readFileSync(join(cwd, 'step.md'), 'utf8')).toContain('p99');
  });

  it('makes a run the next baseline, and fails with 99 when a gate is crossed', async () => {
    cpSync(join(cwd, 'outputs/current'), join(cwd, 'outputs/kept'), { recursive: true });
    rmSync(join(cwd, 'outputs/baseline'), { recursive: true });
    expect((await runStep('Make this run the baseline')).code).toBe(0);
    expect(existsSync(join(cwd, 'outputs/baseline/samples.json'))).toBe(true);
    const { code, stdout } = await measure('total_requests<3\n');
    expect(stdout).toMatch(/^::error title=Gate crossed::total_requests<3/m);
    expect(code).toBe(99);
  });
});
