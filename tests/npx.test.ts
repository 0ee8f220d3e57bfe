import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFolder, startProgram } from './support/cli.ts';

const ROOT = process.cwd();
const { version, bin } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string; bin: object };

/** Nothing may be fetched: a registry that does not exist would make npx fail. */
const OFFLINE = { npm_config_offline: 'true', npm_config_update_notifier: 'false' };

describe('npx', () => {
  it('finds the command in the checkout, without a network', async () => {
    const { code, stdout } = await startProgram('npx', ['--no-install', 'k6-llm-perf', '--version'], {
      cwd: ROOT,
      env: OFFLINE,
    }).finished;
    expect(stdout.trim()).toBe(`k6-llm-perf ${version}`);
    expect(code).toBe(0);
  });

  it('finds the command where the package is installed', async () => {
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
