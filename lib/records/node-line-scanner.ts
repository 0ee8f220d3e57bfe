const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Far longer than a request with a prompt of a million tokens and its answer. What is longer is passed over, so that a file
 * of one endless line, which packs to nothing, takes no more memory than this.
 */
export const LONGEST_LINE = 32 << 20;

/** Takes a file in pieces and gives its lines, as bytes. */
export interface LineScanner {
  /** The next piece; lines are views of it, and it may be overwritten afterwards. */
  push(piece: Buffer): void;
  /** Ends the file: what follows the last line end, if anything, is given as a last line. */
  end(): void;
}

/** What a scanner finds. */
export interface LineTaker {
  /** @param complete whether the line's end was there: false only for a last, cut line */
  readonly onLine: (line: Buffer, complete: boolean) => void;
  /** In place of a line that is longer than `LONGEST_LINE`. */
  readonly onLongLine: () => void;
}

/**
 * Splits bytes into lines without decoding them; empty lines are left out, as a byte order mark is, `\r\n` is one line end.
 *
 * A line that spans pieces is put together once, when its end has come, so a long line costs no more than its length.
 */
export function createLineScanner({ onLine, onLongLine }: LineTaker, longest = LONGEST_LINE): LineScanner {
  let open: Buffer[] = [];
  let length = 0;
  let isFirst = true;

  function give(line: Buffer, complete: boolean): void {
    let trimmed = line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
    if (isFirst) {
      isFirst = false;
      if (trimmed.subarray(0, 3).equals(BYTE_ORDER_MARK)) trimmed = trimmed.subarray(3);
    }
    if (trimmed.length > 0) onLine(trimmed, complete);
  }

  function keep(piece: Buffer): void {
    length += piece.length;
    if (length <= longest) open.push(Buffer.from(piece));
    else open = [];
  }

  function close(complete: boolean): void {
    const isLong = length > longest;
    const pieces = open;
    open = [];
    length = 0;
    if (isLong) onLongLine();
    else give(Buffer.concat(pieces), complete);
  }

  return {
    push(piece) {
      let from = 0;
      let to = piece.indexOf(NEWLINE);
      if (to !== -1 && length > 0) {
        keep(piece.subarray(0, to));
        close(true);
        from = to + 1;
        to = piece.indexOf(NEWLINE, from);
      }
      while (to !== -1) {
        if (to > from) give(piece.subarray(from, to), true);
        from = to + 1;
        to = piece.indexOf(NEWLINE, from);
      }
      if (from < piece.length) keep(piece.subarray(from));
    },
    end() {
      if (length > 0) close(false);
    },
  };
}
