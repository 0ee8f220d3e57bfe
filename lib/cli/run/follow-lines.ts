import { type FileHandle, open } from 'node:fs/promises';
import { createLineScanner } from '../../records/node-line-scanner.ts';
import type { Milliseconds } from '../../shared/units.ts';

/** Reads the lines of a file that another program, or another part of this one, writes. */
export interface LineFollower {
  /** Gives the lines that have come to their end since the last time; none while the file is not there. */
  read(): Promise<void>;
  /** Gives what is left, a last line without its end too, and closes the file. */
  end(): Promise<void>;
}

/** Larger than what comes between two looks at 1,000 records/s. */
const PIECE = 256 * 1024;

/** @param onLine gets each line without its end, as bytes; empty ones are left out */
export function followLines(path: string, onLine: (line: Buffer) => void): LineFollower {
  let file: FileHandle | null = null;
  let offset = 0;
  const scanner = createLineScanner({ onLine, onLongLine: () => undefined });
  /** null where the file is not there yet, or not to be had: the report reads it again, and complains then. */
  const readPiece = async (): Promise<Buffer | null> => {
    try {
      file ??= await open(path, 'r');
      const piece = Buffer.allocUnsafe(PIECE);
      const { bytesRead } = await file.read(piece, 0, PIECE, offset);
      return piece.subarray(0, bytesRead);
    } catch {
      return null;
    }
  };
  const read = async (): Promise<void> => {
    for (let isFull = true; isFull; ) {
      const piece = await readPiece();
      if (piece === null || piece.length === 0) return;
      offset += piece.length;
      scanner.push(piece);
      isFull = piece.length === PIECE;
    }
  };
  return {
    read,
    async end() {
      await read();
      scanner.end();
      await file?.close();
    },
  };
}

/** Calls again and again, never twice at a time, the first time after `firstMs`. @returns stops, once the call under way is over */
export function repeat(
  call: () => Promise<void>,
  everyMs: Milliseconds,
  firstMs: Milliseconds = everyMs,
): () => Promise<void> {
  let timer: NodeJS.Timeout | null = null;
  let isOver = false;
  let turn = Promise.resolve();
  const schedule = (inMs: Milliseconds): void => {
    timer = setTimeout(() => {
      turn = call().finally(() => {
        if (!isOver) schedule(everyMs);
      });
    }, inMs);
  };
  schedule(firstMs);
  return async () => {
    isOver = true;
    if (timer !== null) clearTimeout(timer);
    await turn;
  };
}
