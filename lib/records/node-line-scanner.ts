const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Takes a file in pieces and gives its lines, as bytes. */
export interface LineScanner {
  /** The next piece; it must not be changed afterwards, since lines are views of it. */
  push(piece: Buffer): void;
  /** Ends the file: what follows the last line end, if anything, is given as a last line. */
  end(): void;
}

/**
 * Splits bytes into lines without decoding them; empty lines are left out, `\r\n` is one line end.
 *
 * A line that spans pieces is put together once, when its end has come, so a long line costs no more than its length.
 * @param onLine gets the line without its end, and whether that end was there: false only for a last, cut line
 */
export function createLineScanner(onLine: (line: Buffer, complete: boolean) => void): LineScanner {
  let open: Buffer[] = [];

  function give(line: Buffer, complete: boolean): void {
    const trimmed = line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
    if (trimmed.length > 0) onLine(trimmed, complete);
  }

  function takeOpen(rest: Buffer): Buffer {
    const line = Buffer.concat([...open, rest]);
    open = [];
    return line;
  }

  return {
    push(piece) {
      let from = 0;
      let to = piece.indexOf(NEWLINE);
      if (to !== -1 && open.length > 0) {
        give(takeOpen(piece.subarray(0, to)), true);
        from = to + 1;
        to = piece.indexOf(NEWLINE, from);
      }
      while (to !== -1) {
        if (to > from) give(piece.subarray(from, to), true);
        from = to + 1;
        to = piece.indexOf(NEWLINE, from);
      }
      if (from < piece.length) open.push(piece.subarray(from));
    },
    end() {
      if (open.length > 0) give(takeOpen(Buffer.alloc(0)), false);
    },
  };
}
