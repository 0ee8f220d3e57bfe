import { describe, expect, it } from 'vitest';
import { findLoadFlags, findTakenSettings, takeSettings } from './settings-for-k6.ts';

const KEY = ['sk', 'Zq7xVb93LmN0pRtW'].join('-');

describe('takeSettings', () => {
  it.each([
    [['-e', `API_KEY=${KEY}`]],
    [[`-e=API_KEY=${KEY}`]],
    [[`-eAPI_KEY=${KEY}`]],
    [['--env', `API_KEY=${KEY}`]],
    [[`--env=API_KEY=${KEY}`]],
  ])('takes a key out of the words for k6: %j', (given) => {
    const taken = takeSettings(['--tag', 'a=b', ...given, '--vus', '2']);
    expect(taken).toEqual({ words: ['--tag', 'a=b', '--vus', '2'], settings: { API_KEY: KEY }, problems: [] });
  });

  it('leaves other flags as they are, and what is joined to -e in one word', () => {
    expect(takeSettings(['-qe', 'SEED=7', '--execution-segment', '0:1/2', '-i', '3'])).toMatchObject({
      words: ['-q', '--execution-segment', '0:1/2', '-i', '3'],
      settings: { SEED: '7' },
    });
  });

  it.each([
    [['-e', 'NUMBRE=3'], 'did you mean NUMBER?'],
    [['-e', KEY], 'NAME=value'],
    [['-e', `${KEY}=1`], 'NAME=value'],
    [['-e', `K6_CLOUD_TOKEN=${KEY}`], 'NAME=value'],
    [['--env'], 'NAME=value'],
    [['-e', 'MODEL'], 'NAME=value'],
  ])('refuses what is not a setting without showing a value: %j', (given, allowed) => {
    const { words, settings, problems } = takeSettings(given);
    expect([words, settings, problems.length]).toEqual([[], {}, 1]);
    expect(problems[0]?.allowed).toContain(allowed);
    expect(JSON.stringify(problems)).not.toContain(KEY);
  });
});

describe('findLoadFlags', () => {
  it('refuses flags of k6 that set a load, however they are written, with ours for the same', () => {
    const found = (...words: string[]): string[] => findLoadFlags(words).map(({ key, paste }) => `${key}: ${paste}`);
    expect(found('--vus', '10', '--duration=10s')).toEqual([
      '--vus after --: --parallel 8',
      '--duration after --: --duration 30s',
    ]);
    expect(found('-u10', '-i', '5', '-d=3s')).toEqual([
      ...['-u after --: --parallel 8', '-i after --: --number 100', '-d after --: --duration 30s'],
    ]);
    // What the Node engine lacks, and what is no load: `--dns`, `--summary-mode`, `-i` within another word.
    expect(found('--tag', 'a=b', '--dns', 'ttl=0', '--summary-mode', 'full', '--iterationsx', '--out=json=-i')).toEqual(
      [],
    );
  });
});

describe('findTakenSettings', () => {
  const keysOf = (words: readonly string[], environment = {}, hasConsole = true): string[] =>
    findTakenSettings(words, environment, hasConsole).map(({ key }) => key);

  it('names what would take the lines of the run away', () => {
    expect(keysOf(['--vus', '2', '--log-output=none', '--out', 'json=x'], { K6_LOG_OUTPUT: 'none' })).toEqual([]);
    expect(keysOf(['--log-format', 'json', '--console-output=x'])).toEqual([
      '--console-output after --',
      '--log-format after --',
    ]);
    expect(keysOf([], { K6_CONSOLE_OUTPUT: 'x', K6_LOG_FORMAT: 'json' })).toEqual([
      'K6_CONSOLE_OUTPUT',
      'K6_LOG_FORMAT',
    ]);
    expect(keysOf([], { K6_CONSOLE_OUTPUT: '', K6_LOG_FORMAT: '' })).toEqual([]);
  });

  it('leaves the console to the user where records go with the samples', () => {
    expect(keysOf(['--console-output', 'x'], { K6_CONSOLE_OUTPUT: 'x' }, false)).toEqual([]);
  });
});
