import { expect, it } from 'vitest';
import { describeCut } from './run-end.ts';

it('names the stop of a person, also where it killed an engine that had only just begun, and any other kill', () => {
  const cut = (killedBy: NodeJS.Signals | null, reason?: string): string | null =>
    describeCut({
      ...{ exitCode: 105, killedBy, thresholds: {}, results: [] },
      signal: reason === undefined ? undefined : AbortSignal.abort(reason),
    });
  expect(cut(null, 'SIGINT')).toBe('stopped by Ctrl-C');
  expect(cut('SIGINT', 'SIGINT')).toBe('stopped by Ctrl-C');
  expect(cut('SIGINT')).toBe('the engine was killed (SIGINT)');
  expect(cut('SIGKILL', 'SIGINT')).toBe('the engine was killed (SIGKILL)');
});
