import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
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

interface Measuring {
  readonly run: string;
  readonly env: Readonly<Record<string, string>>;
}

/** How each example for the repository of somebody else measures. */
const EXAMPLES: Readonly<Record<string, (file: string) => Measuring>> = {
  'github.yml': (file) => {
    const { jobs } = parse(file) as { jobs: Record<string, { steps: readonly (Measuring & { name?: string })[] }> };
    return jobs['llm-perf']?.steps.find(({ name }) => name === 'Measure and judge') as Measuring;
  },
  'gitlab-ci.yml': (file) => {
    const job = (parse(file) as Record<string, { script: readonly string[]; variables: Record<string, string> }>)[
      'llm-perf'
    ];
    return { run: (job?.script ?? []).join('\n'), env: job?.variables ?? {} };
  },
  Jenkinsfile: (file) => ({ run: /'''\n(.*?)'''/s.exec(file)?.[1] ?? '', env: {} }),
};

/** `npx k6-llm-perf` as it is after an install. */
function installProgram(): string {
  const bin = createFolder();
  writeFileSync(join(bin, 'npx'), `#!/bin/sh\nshift\nexec "${process.execPath}" "${CLI_PATH}" "$@"\n`);
  chmodSync(join(bin, 'npx'), 0o755);
  return bin;
}

describe('the workflow of a gate', () => {
  let mock: MockServer;
  let cwd: string;
  let bin: string;
  beforeAll(async () => {
    mock = await startMockServer({ ttftMs: 3, tpotMs: 1, outputTokens: 8 });
    cwd = createFolder();
    bin = installProgram();
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
    expect(existsSync(join(cwd, 'outputs/baseline/records.jsonl'))).toBe(true);
    const { code, stdout } = await measure('total_requests<3\n');
    expect(stdout).toMatch(/^::error title=Gate crossed::total_requests<3/m);
    expect(code).toBe(99);
  });
});

describe('deploy/', () => {
  it.each(Object.keys(EXAMPLES))('ci/%s measures the service of its repository, and judges', async (name) => {
    const mock = await startMockServer({ ttftMs: 3, tpotMs: 1, outputTokens: 8 });
    const cwd = createFolder();
    const { run, env } = (EXAMPLES[name] as (file: string) => Measuring)(readFileSync(`deploy/ci/${name}`, 'utf8'));
    // GitHub and Jenkins fill these in themselves.
    const service = {
      LLM_URL: `${mock.url}/v1`,
      LLM_MODEL: 'mock-llm',
      URL: `${mock.url}/v1`,
      MODEL: 'mock-llm',
      API_KEY: '',
    };
    const { code, stdout } = await startProgram('bash', ['-eo', 'pipefail', '-c', run], {
      cwd,
      env: { PATH: `${installProgram()}:${process.env['PATH']}`, ENGINE: 'node', ...env, ...service },
    }).finished;
    await mock.close();
    expect(stdout).toContain('Gates: 2 passed, 0 crossed');
    expect(code).toBe(0);
    expect(readFileSync(join(cwd, 'junit.xml'), 'utf8')).toContain('p99(ttft)&lt;2000');
    expect(existsSync(join(cwd, 'outputs/llm-perf/perf_report.html'))).toBe(true);
  });

  it('Dockerfile copies what is there, and keeps datasets where bundles look for them', () => {
    const lines = readFileSync('deploy/Dockerfile', 'utf8').split('\n');
    const copied = lines.flatMap((line) => /^COPY (\S+) (\S+)$/.exec(line)?.slice(1, 3) ?? []);
    expect(copied).toEqual([
      ...['dist/*.js', 'dist/', 'dist/http/*.js', 'dist/http/'],
      ...['datasets/*.jsonl', 'datasets/', 'thresholds/*.json', 'thresholds/'],
    ]);
    for (const folder of ['dist', 'dist/http', 'datasets', 'thresholds']) expect(existsSync(folder)).toBe(true);
    expect(lines).toContain('ARG K6_IMAGE');
    expect(readFileSync('dist/openqa.js', 'utf8')).toContain('../datasets');
  });
});
