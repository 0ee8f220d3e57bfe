import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFolder, runCli } from './support/cli.ts';
import { describeEngines } from './support/engines.ts';
import { startMockProcess } from './support/mock-process.ts';

const LOAD = ['--parallel', '2', '--number', '4', '--tokens-per-s', '500'];

describeEngines('k6-llm-perf calibrate', (engine) => {
  it('measures the error against the truth, keeps it, and later runs tell it below their tables', async () => {
    const env = { XDG_CONFIG_HOME: createFolder() };
    const mock = await startMockProcess(['--ttft-ms', '1', '--tpot-ms', '1', '--output-tokens', '5']);
    const run = ['--url', `${mock.url}/v1/chat/completions`, '--model', 'm', '--number', '2', '--engine', engine];
    try {
      expect((await runCli(run, { env })).stdout).not.toContain('Calibrated');

      const calibrated = await runCli(['calibrate', '--engine', engine, ...LOAD], { env });
      expect(calibrated.code, calibrated.stderr).toBe(0);
      expect(calibrated.stdout).toContain(
        `Error of ${engine} on this machine, 4 requests, 2 streams of 500 tokens/s, milliseconds:`,
      );
      for (const metric of ['TTFT', 'ITL', 'TPOT', 'Latency']) {
        expect(calibrated.stdout).toMatch(new RegExp(`^${metric} +\\d+\\.\\d{3} +\\d+\\.\\d{3} +\\d+\\.\\d{3}$`, 'm'));
      }
      expect(calibrated.stdout).toMatch(/^TTFT and latency hold \d+\.\d ms \(p99 \d+\.\d\) of connecting and sending/m);
      const path = join(env.XDG_CONFIG_HOME, 'k6-llm-perf', 'calibration.json');
      expect(calibrated.stderr).toContain(`kept in ${path}`);
      expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
        version: 1,
        calibrations: [{ engine, parallel: 2, tokens_per_s: 500, requests: 4, errors: { tpot: { count: 4 } } }],
      });

      expect((await runCli(run, { env })).stdout).toMatch(
        new RegExp(
          `Calibrated on this machine \\(${engine}, 2 streams of 500 tokens/s\\): TTFT ± \\S+ ms \\(\\S+\\), TPOT ± \\S+ ms \\(\\S+\\), ITL ± `,
        ),
      );
    } finally {
      await mock.stop();
    }
  });
});

describe('k6-llm-perf calibrate', () => {
  it('prints one JSON object and keeps nothing when asked to', async () => {
    const env = { XDG_CONFIG_HOME: createFolder() };
    const { stdout, code } = await runCli(['calibrate', '--engine', 'node', ...LOAD, '--json', '--no-store'], { env });
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as Record<string, unknown>;
    expect(result).toMatchObject({ engine: 'node', parallel: 2, requests: 4 });
    expect(result['server_late_p99_ms']).toBeGreaterThanOrEqual(0);
    expect(() => readFileSync(join(env.XDG_CONFIG_HOME, 'k6-llm-perf', 'calibration.json'))).toThrow('ENOENT');
  });

  it('takes no settings from the environment of the shell', async () => {
    const env = { XDG_CONFIG_HOME: createFolder(), STREAM: 'false', MAX_TOKENS: '3', NUMBER: '1' };
    const { code, stderr } = await runCli(['calibrate', '--engine', 'node', ...LOAD, '--no-store'], { env });
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('4 requests, 2 at a time');
  });

  it('refuses what it cannot do, with exit code 104', async () => {
    const { code, stderr } = await runCli(['calibrate', '--parallel', 'many']);
    expect(code).toBe(104);
    expect(stderr).toContain('--parallel');
  });
});
