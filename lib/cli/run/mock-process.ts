import { type ChildProcess, spawn } from 'node:child_process';
import { CommandError } from '../support/output.ts';
import { CLI_PATH } from '../support/package-paths.ts';

/** A mock that runs until it is killed. */
export interface MockProcess {
  /** Of its chat completions. */
  readonly url: string;
  readonly child: ChildProcess;
}

/**
 * Starts the mock in a process of its own: in ours, its work would show up in what we measure.
 *
 * @param flags of `k6-llm-perf mock`
 * @throws {CommandError} when it ends before it serves
 */
export function startMockProcess(flags: readonly string[]): Promise<MockProcess> {
  const child = spawn(process.execPath, [CLI_PATH, 'mock', ...flags], {
    // The channel ends when we do, however that comes about, and the mock with it.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    // A terminal's Ctrl-C reaches the whole group, and the server has to outlive the run that it serves.
    detached: true,
  });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (piece: Buffer) => {
      text += piece.toString();
      const url = /http:\S+\/chat\/completions/.exec(text)?.[0];
      if (url !== undefined) resolve({ url, child });
    });
    child.on('error', reject);
    child.on('exit', (code) => reject(new CommandError(`the mock server did not start (exit code ${code})`, 107)));
  });
}
