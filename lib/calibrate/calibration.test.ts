import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Calibration, chooseCalibration, describeCalibration } from './calibration.ts';
import { calibrationPath, readCalibrations, storeCalibration } from './node-calibration-file.ts';

const error = (median_ms: number, p99_ms: number) => ({ count: 9, median_ms, p99_ms, max_ms: p99_ms });
const calibration = (changes: Partial<Calibration> = {}): Calibration => ({
  engine: 'k6',
  parallel: 64,
  tokens_per_s: 50,
  requests: 192,
  measured_at: '2026-03-01T12:00:00.000Z',
  errors: { ttft: error(0.312, 1.24), itl: error(0.0461, 0.93), tpot: error(0.0021, 12.6), latency: error(0.4, 2) },
  ...changes,
});

describe('chooseCalibration', () => {
  const known = [calibration({ parallel: 256 }), calibration({ parallel: 16 }), calibration({ engine: 'node' })];

  it('takes the smallest load that is no smaller than the run, else the largest', () => {
    expect(chooseCalibration(known, 'k6', 1)?.parallel).toBe(16);
    expect(chooseCalibration(known, 'k6', 17)?.parallel).toBe(256);
    expect(chooseCalibration(known, 'k6', 1000)?.parallel).toBe(256);
  });

  it('takes none of another engine', () => {
    expect(chooseCalibration([calibration()], 'node', 64)).toBeNull();
    expect(chooseCalibration([], 'k6', 1)).toBeNull();
  });
});

describe('describeCalibration', () => {
  it('tells median and p99 of TTFT, TPOT and ITL, and the load they are of', () => {
    expect(describeCalibration(calibration(), 64)).toBe(
      'Calibrated on this machine (k6, 64 streams of 50 tokens/s): TTFT ± 0.31 ms (1.2), TPOT ± 0.002 ms (13), ' +
        'ITL ± 0.046 ms (0.93) (median; p99 in parentheses).',
    );
  });

  it('says when the run had more streams', () => {
    expect(describeCalibration(calibration({ parallel: 1 }), 8)).toContain(
      '1 stream of 50 tokens/s; this run had 8, so expect more',
    );
  });
});

describe('the calibration file', () => {
  const machine = { cores: 4, cpu: 'Example CPU' };
  const environment = () => ({ XDG_CONFIG_HOME: mkdtempSync(join(tmpdir(), 'k6-llm-perf-')) });

  it('is written to the user’s configuration, and its folder is made', () => {
    const env = environment();
    const path = storeCalibration(env, calibration(), machine);
    expect(path).toBe(join(env.XDG_CONFIG_HOME, 'k6-llm-perf', 'calibration.json'));
    expect(readCalibrations(env, machine)).toMatchObject([calibration()]);
    expect(calibrationPath({ HOME: '/home/x' })).toBe(join('/home/x', '.config', 'k6-llm-perf', 'calibration.json'));
  });

  it('replaces the one of the same engine and load, and keeps all others', () => {
    const env = environment();
    storeCalibration(env, calibration({ requests: 1 }), machine);
    storeCalibration(env, calibration({ requests: 2 }), { ...machine, cores: 8 });
    storeCalibration(env, calibration({ requests: 3, parallel: 16 }), machine);
    storeCalibration(env, calibration({ requests: 4 }), machine);
    expect(readCalibrations(env, machine).map(({ requests }) => requests)).toEqual([3, 4]);
    expect(readCalibrations(env, { ...machine, cores: 8 }).map(({ requests }) => requests)).toEqual([2]);
    expect(readCalibrations(env, { ...machine, cpu: 'Other' })).toEqual([]);
  });

  it('is as good as absent when it cannot be read', () => {
    const env = environment();
    expect(readCalibrations(env, machine)).toEqual([]);
    const path = calibrationPath(env);
    mkdirSync(dirname(path), { recursive: true });
    for (const text of [
      'no JSON',
      'null',
      '{"version":2,"calibrations":[{}]}',
      '{"version":1}',
      '{"version":1,"calibrations":[null,{"cores":4,"cpu":"Example CPU"}]}',
    ]) {
      writeFileSync(path, text);
      expect(readCalibrations(env, machine), text).toEqual([]);
    }
    storeCalibration(env, calibration(), machine);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ version: 1, calibrations: [{ cores: 4 }] });
  });
});
