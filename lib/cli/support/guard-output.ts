import { EXIT_CODES } from '../../shared/errors.ts';

/** What is needed of a stream of the process. */
interface OutputStream {
  write(text: string): unknown;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

interface OutputGuard {
  /** The exit code, once what was lost is taken into account. */
  finish(exitCode: number): number;
}

/**
 * Keeps a command going whose output nobody takes any more, since its files and its exit code matter all the same: a reader
 * such as `head` has read enough, a terminal is closed, a disk is full.
 *
 * Only what was lost on a full disk, or to another error of the file system, is a fault: where the exit code would be 0 it
 * becomes that of an exception.
 */
export function guardOutput(process: { readonly stdout: OutputStream; readonly stderr: OutputStream }): OutputGuard {
  const { stdout, stderr } = process;
  let lost: NodeJS.ErrnoException | null = null;
  stdout.on('error', (error) => {
    lost ??= error;
  });
  stderr.on('error', () => undefined);
  return {
    finish(exitCode) {
      if (lost === null || READER_IS_GONE.includes(lost.code ?? '')) return exitCode;
      stderr.write(`standard output could not be written: ${lost.message}\n`);
      return exitCode === EXIT_CODES.ok ? EXIT_CODES.exception : exitCode;
    },
  };
}

/** A closed pipe, and a closed terminal. */
const READER_IS_GONE = ['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED'];
