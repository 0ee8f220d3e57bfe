import { describe, expect, it } from 'vitest';
import type { ProcessLike } from '../command.ts';
import { STOP_SIGNALS } from './output.ts';
import { withStopSignal } from './stop-signal.ts';

/** A process whose signals the test sends, and whose end it sees. */
function createProcess() {
  const listeners = new Map<string, () => void>();
  let said = '';
  const exits: number[] = [];
  const process = {
    stdout: { write: () => true },
    stderr: { write: (text: string) => (said += text) },
    env: {},
    cwd: () => '.',
    on: (name: string, listener: () => void) => listeners.set(name, listener),
    off: (name: string) => listeners.delete(name),
    exit: (code: number) => exits.push(code),
  } as unknown as ProcessLike;
  return { process, listeners, exits, said: () => said };
}

describe('withStopSignal', () => {
  it.each(STOP_SIGNALS)('stops at the first %s gracefully, and ends at the second with 105', async (name) => {
    const { process, listeners, exits, said } = createProcess();
    const result = await withStopSignal(process, async (signal) => {
      expect(signal.aborted).toBe(false);
      listeners.get(name)?.();
      expect([signal.aborted, exits]).toEqual([true, []]);
      listeners.get('SIGINT')?.();
      return exits;
    });
    expect(result).toEqual([105]);
    expect(said()).toContain('what was measured is reported');
  });

  it('listens no longer than it runs, however that ends', async () => {
    const { process, listeners } = createProcess();
    await expect(withStopSignal(process, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(listeners.size).toBe(0);
    await withStopSignal(process, async () => expect(listeners.size).toBe(STOP_SIGNALS.length));
    expect(listeners.size).toBe(0);
  });
});
