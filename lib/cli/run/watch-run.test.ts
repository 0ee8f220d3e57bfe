import { expect, it } from 'vitest';
import { watchRun } from './watch-run.ts';

async function show(text: string, terminal: { isTTY?: boolean; columns?: number }): Promise<string> {
  let shown = '';
  const watch = watchRun({
    file: 'no-such-file.jsonl',
    stderr: { ...terminal, write: (piece) => (shown += piece) },
    draws: false,
    everyFailure: false,
    mask: (line) => line,
    stall: null,
    total: 1,
    durationMs: null,
    parallel: 1,
    warmups: 0,
    readTimeoutMs: 60_000,
  });
  watch.say(text);
  await watch.end();
  return shown;
}

it('breaks messages between words where a terminal ends, and nowhere in a log', async () => {
  const text = 'warning: the service redirects to another place\n';
  expect(await show(text, { isTTY: true, columns: 30 })).toBe('warning: the service redirects\nto another place\n');
  expect(await show(text, {})).toBe(text);
});
