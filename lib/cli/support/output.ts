import { EXIT_CODES } from '../../shared/errors.ts';

/** Where a command writes: the parts of `process` it needs, so that tests can hand in their own. */
export interface Output {
  readonly stdout: {
    write(content: string | Uint8Array): unknown;
    readonly isTTY?: boolean;
    readonly columns?: number;
    /** Set once nobody takes what is written. */
    readonly errored?: Error | null;
  };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
}

/** Ends a command with a text for a person and an exit code; the entry prints the text once. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT_CODES.badConfiguration) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Ctrl-C, a plain `kill`, and a terminal that is closed. */
export const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type StopSignal = (typeof STOP_SIGNALS)[number];
