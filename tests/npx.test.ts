import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFolder, startProgram } from './support/cli.ts';

const ROOT = process.cwd();
const { version, bin } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string; bin: object };

/** Nothing may be fetched: a registry that does not exist would make npx fail. */
const OFFLINE = { npm_config_offline: 'true', npm_config_update_notifier: 'false' };

describe('npx', () => {
  it('finds the command in the checkout, without a network, and leaves what is built as it is', {
    timeout: 120_000,
  }, async () => {
    const builtAt = statSync('dist/openqa.js').mtimeMs;
    // npm links the package on the first use on a machine.
    const { code, stdout } = await startProgram('npx', ['--no-install', 'k6-llm-perf', '--version'], {
      cwd: ROOT,
      env: { ...OFFLINE, npm_config_cache: createFolder() },
    }).finished;
    expect(stdout.trim()).toBe(`k6-llm-perf ${version}`);
    expect(code).toBe(0);
    expect(statSync('dist/openqa.js').mtimeMs).toBe(builtAt);
  });

  it('finds the command where the package is installed', { timeout: 120_000 }, async () => {
    const project = createFolder();
    mkdirSync(join(project, 'node_modules', '.bin'), { recursive: true });
    symlinkSync(ROOT, join(project, 'node_modules', 'k6-llm-perf'));
    symlinkSync('../k6-llm-perf/dist/node/cli.js', join(project, 'node_modules', '.bin', 'k6-llm-perf'));
    writeFileSync(join(project, 'package.json'), '{"private":true}');
    const { code, stdout } = await startProgram('npx', ['--no-install', 'k6-llm-perf', '--version'], {
      cwd: project,
      env: OFFLINE,
    }).finished;
    expect(stdout.trim()).toBe(`k6-llm-perf ${version}`);
    expect(code).toBe(0);
    expect(bin).toEqual({ 'k6-llm-perf': 'dist/node/cli.js' });
  });
});

/** What a package of the checkout holds, by npm's word. */
function listPackage(): readonly string[] {
  const text = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, ...OFFLINE },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [listed] = Object.values(JSON.parse(text) as Record<string, { files: { path: string }[] }>);
  return (listed?.files ?? []).map(({ path }) => path);
}

describe('the package', () => {
  it('holds the program, and every page and example that its README leads to', () => {
    const files = listPackage();
    const readme = readFileSync('README.md', 'utf8');
    const linked = [...readme.matchAll(/\]\(((?:docs|deploy|datasets|thresholds)\/[^)#]+)/g)].map(([, path]) => path);
    expect(linked.length).toBeGreaterThan(5);
    expect(files).toEqual(expect.arrayContaining(['dist/node/cli.js', 'dist/openqa.js', ...linked]));
    expect(files.filter((path) => path.startsWith('tests/') || path.startsWith('lib/'))).toEqual([]);
  });

  it.each(['dist/custom.js', 'dist/http/custom.js'])('%s carries the licence of Papa Parse', (bundle) => {
    const text = readFileSync(bundle, 'utf8');
    expect(text).toContain('Copyright (c) 2015 Matthew Holt');
    expect(text).toContain('shall be included in all\ncopies or substantial portions of the Software');
    expect(text.trimEnd().split('\n').at(-1)).toBe('//# sourceMappingURL=custom.js.map');
  });

  it('draws charts whose libraries have their licences with them', () => {
    const text = readFileSync('dist/page/page.js', 'utf8');
    for (const holder of ['Observable, Inc.', 'Mike Bostock', 'Mikola Lysenko']) expect(text).toContain(holder);
  });
});

/** npm asks its registry what versions there are, whatever lies in its cache. */
const hasRegistry = await startProgram('npm', ['ping', '--fetch-timeout', '10000', '--fetch-retries', '0'])
  .finished.then(({ code }) => code === 0)
  .catch(() => false);
const hasHistory = existsSync('.git');
if (!hasRegistry) console.warn('SKIPPED, NOT PASSED: installing the package needs the registry of npm');

describe.skipIf(!hasRegistry)('an empty folder', () => {
  // What an install from git builds is made of the same sources as what this checkout built.
  const env = { K6_LLM_PERF_BUILD_CACHE: join(ROOT, 'node_modules', '.cache', 'k6-llm-perf') };
  const install = async (project: string, what: string): Promise<void> => {
    writeFileSync(join(project, 'package.json'), '{"private":true}');
    const { code, stderr } = await startProgram(
      'npm',
      ['install', '--prefer-offline', '--no-audit', '--no-fund', what],
      { cwd: project, env },
    ).finished;
    expect(code, stderr).toBe(0);
  };
  const quickStart = async (project: string): Promise<void> => {
    const { code, stdout, stderr } = await startProgram(
      'npx',
      ['--no-install', 'k6-llm-perf', 'quickstart', '--number', '3'],
      { cwd: project, env: OFFLINE },
    ).finished;
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('Benchmarking summary');
    expect(stdout).toMatch(/Total requests +\| 3 /);
  };

  it('runs the quick start once the packed package is installed', { timeout: 300_000 }, async () => {
    const project = createFolder();
    const packed = await startProgram('npm', ['pack', '--ignore-scripts', '--pack-destination', project], { cwd: ROOT })
      .finished;
    expect(packed.code, packed.stderr).toBe(0);
    const archive = readdirSync(project).find((name) => name.endsWith('.tgz')) as string;
    await install(project, `./${archive}`);
    await quickStart(project);
  });

  it.skipIf(!hasHistory)('runs the quick start once it is installed from git', { timeout: 300_000 }, async () => {
    const project = createFolder();
    await install(project, `git+file://${ROOT}`);
    await quickStart(project);
  });
});
