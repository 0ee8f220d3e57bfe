import { closeSync, openSync, writeSync } from 'node:fs';
import { ENGINE_EXIT_CODES, EngineError } from '../engine-error.ts';
import { describeOpenError } from '../vu/open-file.ts';

/** The file that the script's `console` goes to, as with k6's `--console-output FILE --log-format raw`. */
export interface ConsoleFile {
  /** Appends a text and a line end. What was printed is in the file when this returns, so a killed run leaves it there. */
  print(text: string): void;
  close(): void;
}

/**
 * @param onError gets the first text that could not be written; later ones are lost in silence
 * @throws {EngineError} exit code 255 when the file cannot be opened
 */
export function openConsoleFile(path: string, onError: (error: Error) => void): ConsoleFile {
  const file = open(path);
  let hasFailed = false;
  return {
    print(text) {
      try {
        writeAll(file, Buffer.from(`${text}\n`));
      } catch (error) {
        if (!hasFailed) onError(error as Error);
        hasFailed = true;
      }
    },
    close: () => closeSync(file),
  };
}

function open(path: string): number {
  try {
    return openSync(path, 'a');
  } catch (error) {
    const text = describeOpenError(path, error as NodeJS.ErrnoException);
    throw new EngineError(text, ENGINE_EXIT_CODES.other);
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
